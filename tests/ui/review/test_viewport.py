"""Zoom and pan as numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.ui.review.viewport import FIT, GREATEST, WHOLE, Frame, Viewport

SIDES = st.integers(1, 3000)
VIEWS = st.integers(50, 2000)
SHARES = st.floats(0, 1)


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    wanted = Viewport(zoom=draw(st.floats(FIT, GREATEST)), x=draw(SHARES), y=draw(SHARES))
    image = (draw(SIDES), draw(SIDES))
    view = (draw(VIEWS), draw(VIEWS))
    return Frame(image, view, Frame(image, view, wanted).viewport)


@given(frames())
def test_an_image_larger_than_the_view_leaves_no_room_beside_it(frame: Frame) -> None:
    left, top, width, height = frame.target

    for near, size, view in ((left, width, frame.view[0]), (top, height, frame.view[1])):
        if size > view:
            assert near <= 1e-6 * size
            assert near + size >= view - 1e-6 * size
        else:
            assert near == pytest.approx((view - size) / 2, abs=1e-6 * view)


@given(frames(), st.floats(1, 3), SHARES, SHARES)
def test_zooming_in_keeps_what_is_under_the_mouse(
    frame: Frame, factor: float, across: float, down: float
) -> None:
    left, top, width, height = frame.target
    mouse = (
        max(0.0, left) + across * min(width, frame.view[0]),
        max(0.0, top) + down * min(height, frame.view[1]),
    )
    before = frame.pixel_at(mouse)

    nearer = Frame(frame.image, frame.view, frame.zoomed(factor, mouse))

    for axis in range(2):  # where the image still fits on a side, it stays in the middle
        if nearer.image[axis] * frame.scale >= frame.view[axis]:
            slack = 1e-6 * frame.image[axis]
            assert nearer.pixel_at(mouse)[axis] == pytest.approx(before[axis], abs=slack)


@given(frames(), st.floats(0.1, 10))
def test_zoom_stays_within_its_limits(frame: Frame, factor: float) -> None:
    assert FIT <= frame.zoomed(factor).zoom <= GREATEST


@given(frames())
def test_zooming_all_the_way_out_shows_the_whole_image(frame: Frame) -> None:
    assert frame.zoomed(1 / GREATEST).zoom == FIT
    assert Frame(frame.image, frame.view, WHOLE).target[2] <= frame.view[0] * (1 + 1e-9)


def test_dragging_moves_the_image_with_the_mouse() -> None:
    frame = Frame((100, 100), (500, 500), Viewport(zoom=4))

    moved = Frame((100, 100), (500, 500), frame.panned((40, -20)))

    assert moved.target[:2] == pytest.approx((frame.target[0] + 40, frame.target[1] - 20))


def test_near_shows_the_centre_square_of_a_small_tile() -> None:
    frame = Frame((96, 96), (480, 480), WHOLE)

    near = Frame((96, 96), (480, 480), frame.near())

    assert near.pixel_at((0, 0)) == pytest.approx((32, 32))
    assert near.pixel_at((480, 480)) == pytest.approx((64, 64))


def test_near_shows_a_large_image_pixel_by_pixel() -> None:
    frame = Frame((2000, 2000), (400, 400), WHOLE)

    assert Frame((2000, 2000), (400, 400), frame.near()).scale == pytest.approx(1)


@pytest.mark.parametrize("wrong", [{"zoom": 0.5}, {"zoom": 33}, {"x": 1.1}, {"y": float("nan")}])
def test_what_no_zooming_leads_to_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no view of an image"):
        Viewport(**wrong)
