"""A block or layer in a line, as the list of a form shows it. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from histoviewer.ui.models.recipes.words import block_title
from histoviewer.ui.translation import translate

# What an entry is known by, whichever it has.
_FIRST: Final = ("filters", "units", "name", "rate")


def summary(entry: Mapping[str, Any]) -> str:
    """Return 'Convolution 32, 5x5, stride 2, norm'.

    Args:
        entry: A table of the recipe; what it leaves out has its default and is not said.
    """
    named = [block_title(str(entry["kind"]))] if "kind" in entry else []
    named += [f"{entry[key]:g}" if _is_number(entry[key]) else str(entry[key]) for key in _FIRST
              if key in entry]  # fmt: skip
    parts = [" ".join(named), *_sizes(entry), *_extras(entry)]
    return ", ".join(part for part in parts if part)


def _sizes(entry: Mapping[str, Any]) -> list[str]:
    side = entry.get("kernel", entry.get("size"))
    parts = [] if side is None else [f"{side}x{side}"]
    if entry.get("stride", 1) != 1:
        parts.append(translate("recipes", "stride {step}").format(step=entry["stride"]))
    return parts


def _extras(entry: Mapping[str, Any]) -> list[str]:
    parts = []
    if entry.get("norm", "none") != "none":
        parts.append(translate("recipes", "norm"))
    if entry.get("per_tile", "none") != "none":
        parts.append(translate("recipes", "half by tile"))
    if entry.get("dropout"):
        parts.append(translate("recipes", "dropout {rate}").format(rate=entry["dropout"]))
    if "activation" in entry and entry["activation"] != "relu":
        parts.append(str(entry["activation"]))
    if entry.get("repeat", 1) != 1:
        parts.append(translate("recipes", "{count} times").format(count=entry["repeat"]))
    return parts


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)
