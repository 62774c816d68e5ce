"""Reading a table of settings into frozen dataclasses, refusing what is not allowed.

The dataclass is the only description of what a table may hold: field names are the keys, types and
`Between` the allowed values, defaults make a key optional. A wrong key or value is one sentence
that names the file, the key and what is allowed; who has the text adds the line.
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

# Where a value stands in a file: names of tables and keys, and places in lists, counted from 0.
KeyPath = tuple[str | int, ...]

# What `get_type_hints` yields: a class, or a special form that typing has no common type for.
Hint = Any

# Metadata of a dataclass field that is filled in by the program and is no key of the file.
NOT_IN_FILE: Final = types.MappingProxyType({"in_file": False})

_MOST_SHOWN: Final = 80  # characters of a value that is refused


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


class TableError(InputError):
    """A key is missing, or a key or value is not allowed.

    Args:
        message: A sentence that names the key, not the file.
        hint: What is allowed.
        key: Where it is.
        file: Name of the file, and the line where it is known: 'my.toml, line 12'.
    """

    def __init__(self, message: str, hint: str = "", *, key: KeyPath = (), file: str = "") -> None:
        super().__init__(message, hint)
        self.sentence = message
        self.key = key
        self.message = f"{file}: {message}" if file else message

    def at(self, place: str) -> "TableError":
        """Return the same error with another place in front: 'my.toml, line 12'."""
        return TableError(self.sentence, self.hint, key=self.key, file=place)


def key_text(key: KeyPath) -> str:
    """Return a path as shown to people, who count from 1: 'blocks[3].filters'."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_table(
    kind: type[Table], table: Mapping[str, Any], *, file: str, key: KeyPath = ()
) -> Table:
    """Return the dataclass `kind` filled from a table.

    Args:
        kind: A frozen dataclass whose fields are numbers, strings, booleans, `Literal`s, other such
            dataclasses, or tuples of them or mappings from text to them, all of which may be None
            where the type says so; a union of dataclasses is told apart by `kind`.
        table: The table as read from TOML or JSON.
        file: Name of the file, for messages; '' where there is none.
        key: Path of the table inside the file.

    Raises:
        TableError: A key is unknown or missing, or a value has the wrong type or range.
    """
    hints = get_type_hints(kind, include_extras=True)
    known = {f.name: f for f in dataclasses.fields(kind) if f.metadata.get("in_file", True)}  # type: ignore[arg-type]  # a dataclass, by how it is called
    for name in table:
        if name not in known:
            _refuse_key(file, (*key, name), known)
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in table:
            values[name] = _read(hints[name], table[name], file=file, key=(*key, name))
        elif _is_required(field):
            place = (*key, name)
            sentence = f"the key '{key_text(place)}' is missing."
            raise TableError(sentence, "Add it.", key=place, file=file)
    return kind(**values)


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _refuse_key(file: str, key: KeyPath, allowed: Iterable[str]) -> NoReturn:
    names = sorted(allowed)
    near = difflib.get_close_matches(str(key[-1]), names, n=1)
    guess = f"Did you mean '{near[0]}'? " if near else ""
    sentence = f"'{key_text(key)}' is not a known key."
    raise TableError(sentence, f"{guess}Allowed: {', '.join(names)}.", key=key, file=file)


def _refuse(file: str, key: KeyPath, value: object, allowed: str) -> NoReturn:
    sentence = f"'{key_text(key)}' cannot be {_shown(value)}."
    raise TableError(sentence, f"Allowed: {allowed}.", key=key, file=file)


def _shown(value: object) -> str:
    """Return a value as a sentence can hold it: its beginning, where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits; tables within tables
        return "what is written there"
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _read(hint: Hint, value: object, *, file: str, key: KeyPath) -> object:
    """Return `value` checked against a type hint."""
    origin: object = get_origin(hint)
    if origin is Annotated:
        return _read_number(hint, value, file=file, key=key)
    if origin is Literal:
        return _read_choice(get_args(hint), value, file=file, key=key)
    if origin is tuple:
        return _read_tuple(get_args(hint)[0], value, file=file, key=key)
    if origin is Mapping:
        return _read_mapping(get_args(hint)[1], value, file=file, key=key)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(hint), value, file=file, key=key)
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, Mapping):
            _refuse(file, key, value, "a table")
        return read_table(hint, value, file=file, key=key)  # type: ignore[arg-type]  # a dataclass, by how it is called
    if type(value) is not hint:
        _refuse(file, key, value, "true or false" if hint is bool else "text")
    return value


def _read_number(hint: Hint, value: object, *, file: str, key: KeyPath) -> int | float:
    number, limits = get_args(hint)
    is_number = type(value) is int or (number is float and type(value) is float)
    if not is_number or not limits.low <= value <= limits.high:
        word = "a whole number" if number is int else "a number"
        _refuse(file, key, value, f"{word}, {limits}")
    checked: int | float = number(value)
    return checked


def _read_choice(choices: tuple[object, ...], value: object, *, file: str, key: KeyPath) -> object:
    for choice in choices:
        if type(value) is type(choice) and value == choice:
            return choice
    _refuse(file, key, value, ", ".join(repr(choice) for choice in choices))


def _read_tuple(item: Hint, value: object, *, file: str, key: KeyPath) -> tuple[object, ...]:
    if not isinstance(value, list):
        _refuse(file, key, value, "a list")
    return tuple(
        _read(item, entry, file=file, key=(*key, place)) for place, entry in enumerate(value)
    )


def _read_mapping(item: Hint, value: object, *, file: str, key: KeyPath) -> dict[str, object]:
    if not isinstance(value, Mapping):
        _refuse(file, key, value, "a table")
    return {name: _read(item, entry, file=file, key=(*key, name)) for name, entry in value.items()}


def _read_union(options: tuple[Hint, ...], value: object, *, file: str, key: KeyPath) -> object:
    """Read 'something or None', or one of several tables told apart by their `kind`."""
    if value is None and types.NoneType in options:
        return None
    tables = [option for option in options if option is not types.NoneType]
    if len(tables) == 1:
        return _read(tables[0], value, file=file, key=key)
    if not isinstance(value, Mapping):
        _refuse(file, key, value, "a table")
    kinds = {get_args(get_type_hints(table)["kind"])[0]: table for table in tables}
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        _refuse(file, (*key, "kind"), kind, ", ".join(sorted(kinds)))
    return read_table(kinds[kind], value, file=file, key=key)
