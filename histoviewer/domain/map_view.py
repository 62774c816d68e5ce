"""What is seen of a map: where its middle is, and how near one is."""

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from histoviewer.domain.arrays import Float64

_AIR: Final = 0.04  # of the view that stays free on each side of all points
_LEAST_EXTENT: Final = 1e-6  # of points that all lie in one place
_FARTHEST: Final = 0.5  # of the scale at which all is seen
_NEAREST: Final = 2000.0

Box = tuple[float, float, float, float]
"""Least x and y, greatest x and y."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """Which part of a plane a picture shows. A value: moving makes another one.

    Args:
        x: Of the plane, in the middle of the picture.
        y: Of the plane, in the middle of the picture.
        scale: Pixels a unit of the plane.
        width: Of the picture, pixels.
        height: Of the picture, pixels.
        whole: Scale at which all points are just seen; limits how far one goes away and comes near.
    """

    x: float
    y: float
    scale: float
    width: int
    height: int
    whole: float

    @classmethod
    def of_all(cls, bounds: Box, *, width: int, height: int) -> Self:
        """Return the view that shows everything within bounds.

        Args:
            bounds: Of the points.
            width: Of the picture, pixels; at least 1.
            height: Of the picture, pixels; at least 1.
        """
        left, top, right, bottom = bounds
        free = 1 - 2 * _AIR
        across, down = max(right - left, _LEAST_EXTENT), max(bottom - top, _LEAST_EXTENT)
        scale = free * min(width / across, height / down)
        middle = ((left + right) / 2, (top + bottom) / 2)
        return cls(x=middle[0], y=middle[1], scale=scale, width=width, height=height, whole=scale)

    @property
    def zoom(self) -> float:
        """Return how many times nearer one is than where all is just seen."""
        return self.scale / self.whole

    @property
    def box(self) -> Box:
        """Return the part of the plane that is seen."""
        across, down = self.width / self.scale / 2, self.height / self.scale / 2
        return self.x - across, self.y - down, self.x + across, self.y + down

    def to_plane(self, pixels: Float64) -> Float64:
        """Return places of the plane.

        Args:
            pixels: (n, 2) places in the picture, from its top left corner.
        """
        middle = np.array([self.width, self.height]) / 2
        return np.asarray((pixels - middle) / self.scale + (self.x, self.y))

    def to_picture(self, points: Float64) -> Float64:
        """Return places in the picture, pixels from its top left corner; turns `to_plane` around.

        Args:
            points: (n, 2) places of the plane.
        """
        middle = np.array([self.width, self.height]) / 2
        return np.asarray((points - (self.x, self.y)) * self.scale + middle)

    def panned(self, right: float, down: float) -> Self:
        """Return the view after the points were moved by so many pixels."""
        return replace(self, x=self.x - right / self.scale, y=self.y - down / self.scale)

    def zoomed(self, factor: float, about: tuple[float, float] | None = None) -> Self:
        """Return the view from nearer by a factor above 1, from farther by one below.

        Args:
            factor: Of the scale; held where nothing more would be seen.
            about: Pixels that show the same place before and after; the middle for None.
        """
        scale = min(max(self.scale * factor, self.whole * _FARTHEST), self.whole * _NEAREST)
        if about is None:
            return replace(self, scale=scale)
        from_middle = (about[0] - self.width / 2, about[1] - self.height / 2)
        shift = 1 / self.scale - 1 / scale
        return replace(
            self,
            scale=scale,
            x=self.x + from_middle[0] * shift,
            y=self.y + from_middle[1] * shift,
        )

    def resized(self, bounds: Box, *, width: int, height: int) -> Self:
        """Return the view in a picture of another size.

        Where all was just seen, it is again; else the same place stays in the middle, as near.

        Args:
            bounds: Of the points.
            width: Of the picture, pixels; at least 1.
            height: Of the picture, pixels; at least 1.
        """
        everything = self.of_all(bounds, width=width, height=height)
        if self == self.of_all(bounds, width=self.width, height=self.height):
            return everything
        return replace(self, width=width, height=height, whole=everything.whole)

    def magnified(self, ratio: float) -> Self:
        """Return the same view in a picture of `ratio` times as many pixels a side."""
        return replace(
            self,
            width=max(1, round(self.width * ratio)),
            height=max(1, round(self.height * ratio)),
            scale=self.scale * ratio,
            whole=self.whole * ratio,
        )

    def widened(self, margin: int) -> Self:
        """Return the view of a picture that is larger by so many pixels on each side."""
        return replace(self, width=self.width + 2 * margin, height=self.height + 2 * margin)
