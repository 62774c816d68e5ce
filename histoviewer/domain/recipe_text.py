"""A recipe as the text of its file."""

import dataclasses
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from histoviewer.domain.recipe import Recipe

# The one control character that TOML wants escaped and JSON does not.
_DELETE: Final = "\x7f"


def write_recipe(recipe: "Recipe") -> str:
    """Return a recipe as TOML, laid out like those that are shipped.

    Keys with their default value are left out, as by someone who writes by hand. Reading the text
    gives the same recipe again, `name` and `source` apart.
    """
    head, sections = "", []
    for name, value in table_of(recipe).items():
        if isinstance(value, Mapping):
            sections.append(f"[{name}]\n{_lines(value)}")
        elif isinstance(value, list) and value:
            sections += [f"[[{name}]]\n{_lines(entry)}" for entry in value]
        else:
            head += f"{name} = {_value(value)}\n"
    return "\n".join((head, *sections))


def table_of(values: "DataclassInstance") -> dict[str, Any]:
    """Return what a file would say of a dataclass: tables and values by their keys."""
    hints = get_type_hints(type(values))
    return {
        field.name: _plain(getattr(values, field.name))
        for field in dataclasses.fields(values)
        if field.metadata.get("in_file", True)
        and (is_tag(hints[field.name]) or getattr(values, field.name) != _default(field))
    }


def is_tag(hint: object) -> bool:
    """Return whether a key tells one table from another, as the `kind` of a block does."""
    return get_origin(hint) is Literal and len(get_args(hint)) == 1


def _default(field: "dataclasses.Field[Any]") -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [table_of(entry) for entry in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return table_of(value)
    return value


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in table.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # escaped as in JSON
        return json.dumps(value, ensure_ascii=False).replace(_DELETE, "\\u007F")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, list):
        return (
            "[\n" + "".join(f"    {_value(entry)},\n" for entry in value) + "]" if value else "[]"
        )
    return repr(value)
