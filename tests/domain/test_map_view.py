"""What is seen of a map while it is moved and zoomed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.map_view import MapView

_SIZE = st.integers(1, 3000)
_PLACE = st.floats(-1e3, 1e3)
_FACTOR = st.floats(0.1, 10)


@st.composite
def views(draw: st.DrawFn) -> MapView:
    left, top = draw(_PLACE), draw(_PLACE)
    across, down = draw(st.floats(0.1, 1e3)), draw(st.floats(0.1, 1e3))
    bounds = (left, top, left + across, top + down)
    view = MapView.of_all(bounds, width=draw(_SIZE), height=draw(_SIZE))
    return view.zoomed(draw(_FACTOR)).panned(draw(st.floats(-500, 500)), 0)


@given(view=views(), pixels=st.lists(st.tuples(_PLACE, _PLACE), min_size=1, max_size=5))
def test_there_and_back_is_the_same_place(view, pixels) -> None:
    places = np.array(pixels)

    assert view.to_picture(view.to_plane(places)) == pytest.approx(places, abs=1e-4)


@given(view=views(), factor=_FACTOR, x=st.floats(0, 3000), y=st.floats(0, 3000))
def test_zooming_keeps_what_is_below_the_pointer_there(view, factor, x, y) -> None:
    pointer = np.array([[x, y]])

    after = view.zoomed(factor, (x, y))

    seen = after.to_picture(view.to_plane(pointer))
    assert seen == pytest.approx(pointer, abs=1e-3 * max(1, after.zoom))


@given(view=views(), right=st.floats(-900, 900), down=st.floats(-900, 900))
def test_panning_moves_every_place_by_as_much(view, right, down) -> None:
    place = np.array([[view.x, view.y]])

    moved = view.panned(right, down).to_picture(place) - view.to_picture(place)

    assert moved[0] == pytest.approx((right, down), abs=1e-3)


@given(
    left=_PLACE,
    top=_PLACE,
    across=st.floats(0, 1e3),
    down=st.floats(0, 1e3),
    width=_SIZE,
    height=_SIZE,
)
def test_all_points_are_seen_at_first(left, top, across, down, width, height) -> None:
    view = MapView.of_all((left, top, left + across, top + down), width=width, height=height)

    corners = view.to_picture(np.array([[left, top], [left + across, top + down]]))
    assert (corners >= -1e-3).all()
    assert (corners <= np.array([width, height]) + 1e-3).all()


@given(view=views(), factors=st.lists(_FACTOR, max_size=8))
def test_one_never_gets_lost_by_zooming(view, factors) -> None:
    for factor in factors:
        view = view.zoomed(factor)

    assert 0.499 <= view.zoom <= 2001


def test_a_larger_picture_shows_the_same_in_its_middle() -> None:
    bounds = (0, 0, 10, 10)
    view = MapView.of_all(bounds, width=100, height=100).zoomed(3)

    larger = view.resized(bounds, width=200, height=300)

    assert (larger.x, larger.y, larger.scale) == (view.x, view.y, view.scale)
    assert view.widened(20).to_plane(np.array([[70.0, 70.0]])) == pytest.approx(
        view.to_plane(np.array([[50.0, 50.0]]))
    )


def test_all_stays_seen_in_a_picture_of_another_shape() -> None:
    bounds = (0, 0, 10, 20)
    view = MapView.of_all(bounds, width=100, height=300)

    assert view.resized(bounds, width=300, height=100) == MapView.of_all(
        bounds, width=300, height=100
    )


@given(view=views(), ratio=st.floats(0.5, 3))
def test_a_finer_picture_shows_the_same(view, ratio) -> None:
    finer = view.magnified(ratio)

    corner = finer.to_plane(np.array([[finer.width / 2, finer.height / 2]]))
    assert corner[0] == pytest.approx((view.x, view.y))
    assert finer.zoom == pytest.approx(view.zoom)
