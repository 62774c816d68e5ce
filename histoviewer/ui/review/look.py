"""How the reader looks at tiles: one value that inspector and large view share, and tiles keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

from histoviewer.tiles.adjusting import NEUTRAL, Adjustments, Channel
from histoviewer.ui.review.viewport import WHOLE, Viewport


class CentreSquare(Enum):
    """How the centre square is shown; the value is remembered from one session to the next."""

    OFF = "off"
    BOX = "box"
    DIM = "dim"

    def next(self) -> "CentreSquare":
        """Return what the key C leads to."""
        ways = list(CentreSquare)
        return ways[(ways.index(self) + 1) % len(ways)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the reader looks at tiles.

    Args:
        centre: How the centre square is shown.
        adjustments: Stain, brightness, contrast.
        viewport: Zoom and pan.
    """

    centre: CentreSquare = CentreSquare.OFF
    adjustments: Adjustments = NEUTRAL
    viewport: Viewport = WHOLE

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can hold."""
        return {
            "centre": self.centre.value,
            "channel": self.adjustments.channel.value,
            "brightness": self.adjustments.brightness,
            "contrast": self.adjustments.contrast,
            "zoom": self.viewport.zoom,
            "x": self.viewport.x,
            "y": self.viewport.y,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return what `to_dict` wrote.

        Raises:
            ValueError: A value cannot be.
            KeyError: A value is missing.
            TypeError: A value is of another type.
        """
        return cls(
            centre=CentreSquare(values["centre"]),
            adjustments=Adjustments(
                channel=Channel(values["channel"]),
                brightness=int(values["brightness"]),
                contrast=int(values["contrast"]),
            ),
            viewport=Viewport(
                zoom=float(values["zoom"]), x=float(values["x"]), y=float(values["y"])
            ),
        )
