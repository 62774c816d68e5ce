"""The colours that mean something, for dark and light windows; everything else is the palette's.

Blue and orange stay apart under every common colour blindness (Okabe and Ito, 2008). Each colour
has a contrast of at least 4.5:1 with the window behind it and with the text on it.
"""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

from histoviewer.domain import palettes
from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.palettes import Palette, Tint

_DARK_BELOW = 128  # lightness of the window, 0-255


@dataclass(frozen=True, slots=True)
class LabelColours:
    """One colour scheme.

    Args:
        positive: Border and badge of the positive class.
        negative: Border and badge of the negative class.
        unlabelled: Border and badge of tiles without a label.
        on_label: Signs on these badges.
    """

    positive: QColor
    negative: QColor
    unlabelled: QColor
    on_label: QColor

    def of(self, label: int) -> QColor:
        """Return the colour of a label."""
        known = {POSITIVE: self.positive, NEGATIVE: self.negative}
        return known.get(label, self.unlabelled)


def _colours(palette: Palette, *, on_label: str) -> LabelColours:
    tints = palette.tints
    return LabelColours(
        positive=QColor(tints[Tint.POSITIVE]),
        negative=QColor(tints[Tint.NEGATIVE]),
        unlabelled=QColor(tints[Tint.UNLABELLED]),
        on_label=QColor(on_label),
    )


LIGHT = _colours(palettes.LIGHT, on_label="#ffffff")
DARK = _colours(palettes.DARK, on_label="#101010")

# Marks over the pixels of a tile stand on a dark plate, since tissue can have any colour.
PLATE = QColor(0, 0, 0, 190)
ON_PLATE = QColor("#ffffff")
QUEUED = QColor("#e9bdf7")
FLAGGED = QColor("#ffb8c4")
DISAGREES = QColor("#ffe04d")


def is_dark(palette: QPalette) -> bool:
    """Return whether a palette is of a dark window."""
    return palette.color(QPalette.ColorRole.Window).lightness() < _DARK_BELOW


def label_colours(palette: QPalette) -> LabelColours:
    """Return the scheme that goes with a palette."""
    return DARK if is_dark(palette) else LIGHT


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast ratio of two colours, 1-21 (WCAG 2.1, 2018, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = (_linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's own numbers
