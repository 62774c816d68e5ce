"""Reading a table of settings into frozen dataclasses, refusing what is not allowed.

The dataclass is the only description of what a table may hold: field names are the keys, types and
`Between` the allowed values, defaults make a key optional. A wrong key or value is one sentence
that names the file, the key and what is allowed.
"""

import dataclasses
import difflib
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NoReturn,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from histoviewer.errors import InputError

Table = TypeVar("Table")

# What `get_type_hints` yields: a class, or a special form that typing has no common type for.
Hint = Any

# Metadata of a dataclass field that is filled in by the program and is no key of the file.
NOT_IN_FILE: Final = types.MappingProxyType({"in_file": False})


@dataclass(frozen=True, slots=True)
class Between:
    """The allowed range of a number, both ends included.

    Args:
        low: Smallest value.
        high: Largest value.
    """

    low: float
    high: float

    def __str__(self) -> str:
        """Return the range as shown to people."""
        return f"{self.low:g} to {self.high:g}"


def read_table(kind: type[Table], table: Mapping[str, Any], *, file: str, key: str = "") -> Table:
    """Return the dataclass `kind` filled from a table.

    Args:
        kind: A frozen dataclass whose fields are numbers, strings, booleans, `Literal`s, other such
            dataclasses or tuples of them; a union of dataclasses is told apart by `kind`.
        table: The table as read from TOML or JSON.
        file: Name of the file, for messages.
        key: Path of the table inside the file, '' for the whole.

    Raises:
        InputError: A key is unknown or missing, or a value has the wrong type or range.
    """
    hints = get_type_hints(kind, include_extras=True)
    known = {f.name: f for f in dataclasses.fields(kind) if f.metadata.get("in_file", True)}  # type: ignore[arg-type]  # a dataclass, by how it is called
    for name in table:
        if name not in known:
            _refuse_key(file, _join(key, name), known)
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in table:
            values[name] = _read(hints[name], table[name], file=file, key=_join(key, name))
        elif _is_required(field):
            raise InputError(
                f"{file}: the key '{_join(key, name)}' is missing.", "Add it to the file."
            )
    return kind(**values)


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _refuse_key(file: str, key: str, allowed: Iterable[str]) -> NoReturn:
    name = key.rsplit(".", 1)[-1]
    names = sorted(allowed)
    near = difflib.get_close_matches(name, names, n=1)
    guess = f"Did you mean '{near[0]}'? " if near else ""
    raise InputError(f"{file}: '{key}' is not a known key.", f"{guess}Allowed: {', '.join(names)}.")


def _refuse(file: str, key: str, value: object, allowed: str) -> NoReturn:
    raise InputError(f"{file}: '{key}' cannot be {value!r}.", f"Allowed: {allowed}.")


def _read(hint: Hint, value: object, *, file: str, key: str) -> object:
    """Return `value` checked against a type hint."""
    origin: object = get_origin(hint)
    if origin is Annotated:
        return _read_number(hint, value, file=file, key=key)
    if origin is Literal:
        return _read_choice(get_args(hint), value, file=file, key=key)
    if origin is tuple:
        return _read_tuple(get_args(hint)[0], value, file=file, key=key)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(hint), value, file=file, key=key)
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, Mapping):
            _refuse(file, key, value, "a table")
        return read_table(hint, value, file=file, key=key)  # type: ignore[arg-type]  # a dataclass, by how it is called
    if type(value) is not hint:
        _refuse(file, key, value, "true or false" if hint is bool else "text")
    return value


def _read_number(hint: Hint, value: object, *, file: str, key: str) -> int | float:
    number, limits = get_args(hint)
    is_number = type(value) is int or (number is float and type(value) is float)
    if not is_number or not limits.low <= value <= limits.high:
        word = "a whole number" if number is int else "a number"
        _refuse(file, key, value, f"{word}, {limits}")
    checked: int | float = number(value)
    return checked


def _read_choice(choices: tuple[object, ...], value: object, *, file: str, key: str) -> object:
    for choice in choices:
        if type(value) is type(choice) and value == choice:
            return choice
    _refuse(file, key, value, ", ".join(repr(choice) for choice in choices))


def _read_tuple(item: Hint, value: object, *, file: str, key: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        _refuse(file, key, value, "a list")
    return tuple(
        _read(item, entry, file=file, key=f"{key}[{number}]")
        for number, entry in enumerate(value, start=1)
    )


def _read_union(options: tuple[Hint, ...], value: object, *, file: str, key: str) -> object:
    """Read 'something or None', or one of several tables told apart by their `kind`."""
    tables = [option for option in options if option is not types.NoneType]
    if len(tables) == 1:
        return _read(tables[0], value, file=file, key=key)
    if not isinstance(value, Mapping):
        _refuse(file, key, value, "a table")
    kinds = {get_args(get_type_hints(table)["kind"])[0]: table for table in tables}
    if value.get("kind") not in kinds:
        _refuse(file, _join(key, "kind"), value.get("kind"), ", ".join(sorted(kinds)))
    return read_table(kinds[value["kind"]], value, file=file, key=key)
