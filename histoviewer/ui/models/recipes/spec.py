"""What a form asks for, read off the dataclasses of the recipe: the one place that knows a key.

Pure. A key that is added to a table of the domain appears in the form by itself.
"""

import dataclasses
from dataclasses import dataclass
from enum import Enum, auto
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from histoviewer.domain.recipe_text import is_tag
from histoviewer.domain.strict import Between

Hint = Any  # as in `domain.strict`

# What a new table begins with where the key has no default: what is most used.
_STARTS: Final = {"filters": 32, "rate": 0.25, "units": 64, "name": "MobileNetV2"}

_NO_LIMITS: Final = Between(0, 0)


class FieldKind(Enum):
    """What is asked for."""

    FLAG = auto()
    CHOICE = auto()
    WHOLE = auto()
    NUMBER = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One key of a table.

    Args:
        name: Of the key.
        kind: What is asked for.
        start: Its default, or what a new table begins with.
        choices: Allowed values of a choice.
        limits: Allowed range of a number.
        optional: Whether it may be left out, which means None.
    """

    name: str
    kind: FieldKind
    start: object
    choices: tuple[str, ...] = ()
    limits: Between = _NO_LIMITS
    optional: bool = False


def fields_of(table: type) -> tuple[FieldSpec, ...]:
    """Return the keys of a table of the recipe, but for lists of tables and what names its kind."""
    hints = get_type_hints(table, include_extras=True)
    fields = {field.name: field for field in dataclasses.fields(table)}
    return tuple(
        _spec(field, hints[name])
        for name, field in fields.items()
        if get_origin(hints[name]) is not tuple and not is_tag(hints[name])
    )


def tables_in(hint: Hint) -> tuple[type, ...]:
    """Return the tables that a list of tables may hold."""
    (item, _) = get_args(hint)
    origin: object = get_origin(item)
    return get_args(item) if origin in (Union, UnionType) else (item,)


def kind_name(table: type) -> str:
    """Return what tells a table from others in the same list: 'conv'; '' where nothing does."""
    hint = get_type_hints(table).get("kind")
    return str(get_args(hint)[0]) if is_tag(hint) else ""


def _spec(field: "dataclasses.Field[Any]", hint: Hint) -> FieldSpec:
    origin: object = get_origin(hint)
    optional = origin in (Union, UnionType) and NoneType in get_args(hint)
    if optional:
        (hint,) = (option for option in get_args(hint) if option is not NoneType)
    kind, choices, limits = _read(hint)
    return FieldSpec(
        name=field.name,
        kind=kind,
        start=_start(field, choices, limits),
        choices=choices,
        limits=limits,
        optional=optional,
    )


def _read(hint: Hint) -> tuple[FieldKind, tuple[str, ...], Between]:
    origin: object = get_origin(hint)
    if origin is Literal:
        return FieldKind.CHOICE, get_args(hint), _NO_LIMITS
    if origin is Annotated:
        number, limits = get_args(hint)
        return (FieldKind.WHOLE if number is int else FieldKind.NUMBER), (), limits
    return (FieldKind.FLAG if hint is bool else FieldKind.TEXT), (), _NO_LIMITS


def _start(field: "dataclasses.Field[Any]", choices: tuple[str, ...], limits: Between) -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.name in _STARTS:
        return _STARTS[field.name]
    return choices[0] if choices else limits.low
