"""The colours that mean something, light and dark, as '#rrggbb': of windows and of pictures alike.

Blue and orange stay apart under every common colour blindness; so do the others among themselves as
far as eight can (Okabe and Ito, 2008). No meaning hangs on a colour alone: each has a sign, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Tint(StrEnum):
    """A meaning that has a colour."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNLABELLED = "unlabelled"
    PROBABLY_NEGATIVE = "probably negative"
    UNCERTAIN = "uncertain"
    PROBABLY_POSITIVE = "probably positive"
    GREEN = "green"
    PURPLE = "purple"
    YELLOW = "yellow"
    RED = "red"
    PINK = "pink"
    SKY = "sky"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours for one ground.

    Args:
        ground: What they are painted on.
        tints: By meaning; each has a contrast of 3 or more with the ground.
        faint: What matters little now.
        mark: What is chosen; no class has it.
    """

    ground: str
    tints: Mapping[Tint, str]
    faint: str
    mark: str


LIGHT: Final = Palette(
    ground="#ffffff",
    tints={
        Tint.POSITIVE: "#a84a00",
        Tint.NEGATIVE: "#005ea8",
        Tint.UNLABELLED: "#616161",
        Tint.PROBABLY_NEGATIVE: "#4a8fc4",
        Tint.UNCERTAIN: "#878787",
        Tint.PROBABLY_POSITIVE: "#c9803a",
        Tint.GREEN: "#00795c",
        Tint.PURPLE: "#7b3fa0",
        Tint.YELLOW: "#8a6d00",
        Tint.RED: "#c0392b",
        Tint.PINK: "#c2478c",
        Tint.SKY: "#2b86b8",
    },
    faint="#c9cdd6",
    mark="#5250c4",
)
DARK: Final = Palette(
    ground="#121419",
    tints={
        Tint.POSITIVE: "#ffa630",
        Tint.NEGATIVE: "#62bdf5",
        Tint.UNLABELLED: "#b0b0b0",
        Tint.PROBABLY_NEGATIVE: "#5b94b8",
        Tint.UNCERTAIN: "#8f8f8f",
        Tint.PROBABLY_POSITIVE: "#c08f50",
        Tint.GREEN: "#3fc79a",
        Tint.PURPLE: "#c79bf0",
        Tint.YELLOW: "#f0e04d",
        Tint.RED: "#ff7a6b",
        Tint.PINK: "#ff9ecb",
        Tint.SKY: "#8fd3ff",
    },
    faint="#3a3f4b",
    mark="#a09eff",
)


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0-255, of '#rrggbb'."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
