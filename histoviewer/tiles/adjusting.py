"""How a reader looks at pixels: one stain alone, brighter, with more contrast.

What is stored never changes: models, exports and the packed store know nothing of adjustments,
which are made to a picture on its way to the screen.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from histoviewer.domain.arrays import UInt8
from histoviewer.tiles.deconvolution import Stain, show_alone

LIMIT: Final = 100  # of brightness and contrast, both ways, percent
_MIDDLE: Final = 127.5  # grey level that contrast leaves as it is
_STRONGEST: Final = 4.0  # slope of the tone curve at the greatest contrast


class Channel(StrEnum):
    """What is seen of a tile; the value is remembered from one session to the next."""

    COLOUR = "colour"
    HAEMATOXYLIN = "haematoxylin"
    EOSIN = "eosin"

    def next(self) -> "Channel":
        """Return the one after this, going round."""
        every = list(Channel)
        return every[(every.index(self) + 1) % len(every)]


_STAINS: Final = {Channel.HAEMATOXYLIN: Stain.HAEMATOXYLIN, Channel.EOSIN: Stain.EOSIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustments:
    """How tiles are looked at.

    Args:
        channel: All colours, or one stain.
        brightness: -100 to 100; 0 leaves it, 100 lifts mid grey to white.
        contrast: -100 to 100; 0 leaves it, each 50 doubles the difference to mid grey.
    """

    channel: Channel = Channel.COLOUR
    brightness: int = 0
    contrast: int = 0

    def __post_init__(self) -> None:
        """Refuse what no control can lead to.

        Raises:
            ValueError: Brightness or contrast is out of range.
        """
        for name in ("brightness", "contrast"):
            if abs(getattr(self, name)) > LIMIT:
                raise ValueError(f"{name} {getattr(self, name)} is not within {-LIMIT} to {LIMIT}")

    @property
    def is_neutral(self) -> bool:
        """Return whether pixels are shown as they are."""
        return self == NEUTRAL

    def stepped(self, *, brightness: int = 0, contrast: int = 0) -> "Adjustments":
        """Return these with brightness and contrast changed by so much, as far as that goes."""
        return replace(
            self,
            brightness=_limited(self.brightness + brightness),
            contrast=_limited(self.contrast + contrast),
        )


NEUTRAL: Final = Adjustments()


def adjust(rgb: UInt8, adjustments: Adjustments) -> UInt8:
    """Return pixels as a reader wants to see them; the very same ones where nothing is adjusted.

    Any thread. On one core, 0.1 ms for 96 x 96 pixels and 80 ms for 2000 x 2000.

    Args:
        rgb: (H, W, 3) uint8 RGB.
        adjustments: What to do, the stain first.
    """
    stain = _STAINS.get(adjustments.channel)
    shown = rgb if stain is None else show_alone(rgb, stain)
    if adjustments.brightness or adjustments.contrast:
        shown = np.take(_tone_curve(adjustments), shown)
    return shown


def _tone_curve(adjustments: Adjustments) -> UInt8:
    """Return (256,) uint8: what each grey level becomes."""
    slope = _STRONGEST ** (adjustments.contrast / LIMIT)
    lift = _MIDDLE * (1 + adjustments.brightness / LIMIT)
    levels = (np.arange(256) - _MIDDLE) * slope + lift
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


def _limited(value: int) -> int:
    return min(LIMIT, max(-LIMIT, value))
