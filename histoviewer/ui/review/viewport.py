"""Which part of an image is seen, and how large: zoom and pan as plain numbers, no Qt.

Zoom counts from the size at which the image just fits, so that one viewport suits the small picture
of the inspector and the large view alike, and tiles of any size after one another.
"""

from dataclasses import dataclass, replace
from typing import Final

FIT: Final = 1.0
GREATEST: Final = 32.0
_NEAR: Final = 3.0  # the centre square, a third of the side, fills the view

Pair = tuple[float, float]  # x, y or width, height
Box = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewport:
    """What a reader has zoomed and panned to.

    Args:
        zoom: Times the size at which the image fits, 1 to 32.
        x: Place in the image that is in the middle of the view, share of its width.
        y: As x, share of its height.
    """

    zoom: float = FIT
    x: float = 0.5
    y: float = 0.5

    def __post_init__(self) -> None:
        """Refuse what no zooming leads to.

        Raises:
            ValueError: A number is out of range, or none.
        """
        in_image = 0 <= self.x <= 1 and 0 <= self.y <= 1
        if not (FIT <= self.zoom <= GREATEST and in_image):
            raise ValueError(f"no view of an image: {self.zoom} times at {self.x}, {self.y}")


WHOLE: Final = Viewport()


@dataclass(frozen=True, slots=True)
class Frame:
    """An image in a view, as a viewport has it. All lengths of the view in one unit.

    Args:
        image: Width and height in its own pixels, 1 or more.
        view: Width and height of the view.
        wanted: What to see of the image; where that would leave room beside an image that is larger
            than the view, the nearest that does not is seen.
    """

    image: Pair
    view: Pair
    wanted: Viewport

    @property
    def fit(self) -> float:
        """Return the scale at which the image just fits, view units a pixel."""
        return min(self.view[0] / self.image[0], self.view[1] / self.image[1])

    @property
    def scale(self) -> float:
        """Return view units a pixel of the image."""
        return self.fit * self.wanted.zoom

    @property
    def viewport(self) -> Viewport:
        """Return what is seen."""
        x, y = (
            _kept(place, self.view[axis] / (self.image[axis] * self.scale))
            for axis, place in enumerate((self.wanted.x, self.wanted.y))
        )
        return replace(self.wanted, x=x, y=y)

    @property
    def target(self) -> Box:
        """Return where the whole image would be in the view; parts of it may be outside."""
        seen, scale = self.viewport, self.scale
        width, height = self.image[0] * scale, self.image[1] * scale
        left = self.view[0] / 2 - seen.x * width
        top = self.view[1] / 2 - seen.y * height
        return (left, top, width, height)

    def pixel_at(self, point: Pair) -> Pair:
        """Return the place in the image, in its pixels, under a point of the view."""
        left, top, _, _ = self.target
        return ((point[0] - left) / self.scale, (point[1] - top) / self.scale)

    def zoomed(self, factor: float, about: Pair | None = None) -> Viewport:
        """Return the viewport that is larger by a factor and keeps a point where it is.

        Args:
            factor: Above 1 to come nearer.
            about: Point of the view; its middle by default.
        """
        centre = (self.view[0] / 2, self.view[1] / 2)
        point = about or centre
        zoom = min(GREATEST, max(FIT, self.wanted.zoom * factor))
        pixel, scale = self.pixel_at(point), self.fit * zoom
        x, y = (
            (pixel[axis] - (point[axis] - centre[axis]) / scale) / self.image[axis]
            for axis in range(2)
        )
        return self._seen(Viewport(zoom=zoom, x=_share(x), y=_share(y)))

    def panned(self, by: Pair) -> Viewport:
        """Return the viewport after the image was dragged by so much."""
        seen, scale = self.viewport, self.scale
        x = seen.x - by[0] / (self.image[0] * scale)
        y = seen.y - by[1] / (self.image[1] * scale)
        return self._seen(replace(seen, x=_share(x), y=_share(y)))

    def near(self) -> Viewport:
        """Return the close view of one key: pixel by pixel where the image is larger than the view.

        A small tile is shown at three times its fitting size: its centre square fills the view.
        """
        zoom = min(GREATEST, max(_NEAR, 1 / self.fit))
        return self._seen(replace(self.wanted, zoom=zoom))

    def _seen(self, wanted: Viewport) -> Viewport:
        return Frame(self.image, self.view, wanted).viewport


def _kept(place: float, seen: float) -> float:
    """Return the place nearest to one that leaves no room beside the image.

    Args:
        place: Share of the image that should be in the middle.
        seen: How much of it the view can hold; 1 and more is all of it.
    """
    return 0.5 if seen >= 1 else min(1 - seen / 2, max(seen / 2, place))


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
