"""Which points are where, against the plain way of asking each of them."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from histoviewer.domain.plane import PointIndex

# A few places on a small lattice: points on edges and corners come up all the time.
_places = st.integers(-4, 4).map(float)
_points = st.integers(0, 40).flatmap(lambda count: arrays(np.float32, (count, 2), elements=_places))
_polygons = st.integers(0, 9).flatmap(lambda k: arrays(np.float64, (k, 2), elements=_places))


def is_inside(x: float, y: float, polygon: list[list[float]]) -> bool:
    """Count the edges that a ray to the right crosses, one point and one edge after the other."""
    inside = False
    for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        (low_x, low_y), (high_x, high_y) = sorted(((x0, y0), (x1, y1)), key=lambda end: end[1])
        if low_y <= y < high_y:
            inside ^= x < low_x + (y - low_y) / (high_y - low_y) * (high_x - low_x)
    return inside


@given(points=_points, polygon=_polygons)
def test_a_lasso_holds_what_a_ray_from_each_point_says(points, polygon) -> None:
    found = PointIndex.of(points).inside(polygon)

    corners = polygon.tolist()
    expected = [
        place
        for place, (x, y) in enumerate(points.tolist())
        if len(corners) >= 3 and is_inside(x, y, corners)
    ]
    assert found.tolist() == expected


@given(points=_points, polygon=_polygons, turn=st.integers(0, 8))
def test_a_lasso_is_the_same_from_wherever_and_however_it_is_drawn(points, polygon, turn) -> None:
    index = PointIndex.of(points)
    again = np.roll(polygon, turn, axis=0)[::-1]

    assert index.inside(again).tolist() == index.inside(polygon).tolist()


def test_a_square_holds_what_lies_in_it() -> None:
    points = np.array([[0, 0], [2, 2], [-0.5, 0.5], [0.9, -0.9]], np.float32)
    square = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])

    assert PointIndex.of(points).inside(square).tolist() == [0, 2, 3]


@given(points=_points, x=_places, y=_places, within=st.floats(0, 6))
def test_the_nearest_point_is_the_nearest_of_all(points, x, y, within) -> None:
    found = PointIndex.of(points).nearest(x, y, within=within)

    distances = [math.hypot(px - x, py - y) for px, py in points.tolist()]
    near = min(distances, default=math.inf)
    if found is None:
        assert near**2 >= within**2 - 1e-9
    else:
        assert distances[found] == near <= within + 1e-9


@given(points=_points, low=_places, high=_places)
def test_a_band_is_what_lies_between_two_heights(points, low, high) -> None:
    index = PointIndex.of(points)

    found = sorted(index.order[index.band(low, high)].tolist())

    expected = [at for at, y in enumerate(points[:, 1].tolist()) if low <= y < high]
    assert found == expected


def test_no_points_are_nowhere() -> None:
    index = PointIndex.of(np.zeros((0, 2), np.float32))

    assert index.nearest(0, 0, within=10) is None
    assert index.bounds == (0.0, 0.0, 1.0, 1.0)
