"""Charts as SVG: drawn without a screen, so that the command line makes the same report.

Lines are told apart by colour and by dash. Colours are those of the page's style sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

import numpy as np

from histoviewer.domain.arrays import Float64
from histoviewer.services.data_report.markup import element

_WIDTH: Final = 640
_HEIGHT: Final = 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 56, 44
_HEAD: Final = 32  # above the rows of a chart without a legend
_ENTRY: Final = 150  # width of a name in the legend
_TICKS: Final = 5
_ROW: Final = 20  # height of a row of a chart with names
_NAMES: Final = 150
_AIR: Final = 1.06
_FEW: Final = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """A curve.

    Args:
        name: In the legend.
        look: Its class in the style sheet.
        x: (k,) ascending; of steps one more than of y.
        y: (k,) values.
    """

    name: str
    look: str
    x: Float64
    y: Float64


@dataclass(frozen=True, kw_only=True)
class Range:
    """A value with how far it spreads, in a row of its own.

    Args:
        name: Beside the row.
        value: Where the dot stands.
        deviation: How far the line reaches to both sides.
    """

    name: str
    value: float
    deviation: float


def step_chart(lines: Sequence[Line], *, title: str, x_title: str, y_title: str) -> Element:
    """Return a chart of histograms: each bin is as wide as it is."""
    stepped = [
        Line(
            name=line.name,
            look=line.look,
            x=np.repeat(line.x, 2),
            y=np.r_[0.0, np.repeat(line.y, 2), 0.0],
        )
        for line in lines
    ]
    return line_chart(stepped, title=title, x_title=x_title, y_title=y_title)


def line_chart(lines: Sequence[Line], *, title: str, x_title: str, y_title: str) -> Element:
    """Return a chart of curves; its y axis begins at 0."""
    low = min(float(line.x.min()) for line in lines)
    high = max(float(line.x.max()) for line in lines)
    across = _Axis(low=low, high=high, begin=_LEFT, end=_WIDTH - _RIGHT)
    top = max(float(line.y.max()) for line in lines) * _AIR
    up = _Axis(low=0.0, high=top, begin=_HEIGHT - _BOTTOM, end=_TOP)
    drawn = _frame(title, height=_HEIGHT)
    drawn.extend(_up_ticks(up, y_title))
    drawn.extend(_across_ticks(across, x_title, foot=_HEIGHT - _BOTTOM, top=_HEIGHT - _BOTTOM))
    for line in lines:
        points = zip(across.places(line.x), up.places(line.y), strict=True)
        words = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(element("polyline", points=words, class_=f"line {line.look}"))
    drawn.extend(_legend(lines))
    return drawn


def range_chart(rows: Sequence[Range], *, title: str, x_title: str) -> Element:
    """Return a chart with a row for each value, the deviation as a line."""
    low = min(row.value - row.deviation for row in rows)
    high = max(row.value + row.deviation for row in rows)
    across = _Axis(low=min(low, 0.0), high=high, begin=_NAMES, end=_WIDTH - _RIGHT)
    foot = _HEAD + _ROW * len(rows)
    drawn = _frame(title, height=foot + _BOTTOM)
    drawn.extend(_across_ticks(across, x_title, foot=foot, top=_HEAD))
    for place, row in enumerate(rows):
        middle = _HEAD + _ROW * (place + 0.5)
        ends = across.places(np.array([row.value - row.deviation, row.value + row.deviation]))
        name = element("text", row.name, x=_NAMES - 8, y=middle + 4, class_="name")
        name.append(element("title", f"{row.name}: {row.value:.3f} ± {row.deviation:.3f}"))
        drawn.append(name)
        drawn.append(element("line", x1=ends[0], x2=ends[1], y1=middle, y2=middle, class_="range"))
        at = float(across.places(np.array([row.value]))[0])
        drawn.append(element("circle", cx=at, cy=middle, r=4, class_="dot"))
    return drawn


@dataclass(frozen=True, kw_only=True)
class _Axis:
    """From values to places.

    Args:
        low: The smallest value.
        high: The largest value.
        begin: Where the smallest stands, pixels.
        end: Where the largest stands.
    """

    low: float
    high: float
    begin: float
    end: float

    def places(self, values: Float64) -> Float64:
        """Return where values stand."""
        span = max(self.high - self.low, _FEW)
        return np.asarray(self.begin + (values - self.low) / span * (self.end - self.begin))

    @property
    def ticks(self) -> Float64:
        """Return round values, some five of them."""
        rough = max(self.high - self.low, _FEW) / _TICKS
        power = 10.0 ** np.floor(np.log10(rough))
        step = power * min((1, 2, 5, 10), key=lambda factor: abs(factor * power - rough))
        first = np.ceil(self.low / step - _FEW)
        last = np.floor(self.high / step + _FEW)
        return np.asarray(np.arange(first, last + 1) * step + 0.0)  # no -0


def _frame(title: str, *, height: float) -> Element:
    drawn = element("svg", viewBox=f"0 0 {_WIDTH} {height:.0f}", role="img", aria_label=title)
    drawn.append(element("text", title, x=_LEFT, y=18, class_="title"))
    return drawn


def _up_ticks(axis: _Axis, title: str) -> list[Element]:
    parts = [element("text", title, x=_WIDTH - _RIGHT, y=18, class_="axis end")]
    for value, place in zip(axis.ticks, axis.places(axis.ticks), strict=True):
        parts.append(
            element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=place, y2=place, class_="grid")
        )
        parts.append(element("text", f"{value:g}", x=_LEFT - 8, y=place + 4, class_="axis end"))
    return parts


def _across_ticks(axis: _Axis, title: str, *, foot: float, top: float) -> list[Element]:
    middle = (axis.begin + axis.end) / 2
    parts = [element("text", title, x=middle, y=foot + 36, class_="axis middle")]
    for value, place in zip(axis.ticks, axis.places(axis.ticks), strict=True):
        parts.append(element("line", x1=place, x2=place, y1=top, y2=foot + 4, class_="grid"))
        parts.append(element("text", f"{value:g}", x=place, y=foot + 18, class_="axis middle"))
    return parts


def _legend(lines: Sequence[Line]) -> list[Element]:
    """Return the names of the curves beside each other, each with its line; none for one curve."""
    if len(lines) == 1:
        return []
    parts = []
    for place, line in enumerate(lines):
        at = _LEFT + _ENTRY * place
        parts.append(element("line", x1=at, x2=at + 28, y1=38, y2=38, class_=f"line {line.look}"))
        parts.append(element("text", line.name, x=at + 36, y=42, class_="axis"))
    return parts
