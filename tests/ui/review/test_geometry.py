"""Geometry of the grid against plain counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.ui.review.geometry import GridGeometry, Move


@st.composite
def geometries(draw: st.DrawFn) -> GridGeometry:
    """Layouts with and without sections."""
    count = draw(st.integers(1, 300))
    starts = {0} | draw(st.sets(st.integers(1, max(1, count - 1)), max_size=8))
    return GridGeometry(
        count=count,
        tile=draw(st.integers(8, 120)),
        margin=draw(st.integers(0, 9)),
        width=draw(st.integers(1, 900)),
        height=draw(st.integers(60, 700)),
        starts=np.array(sorted(start for start in starts if start < count)),
        header=draw(st.sampled_from([0, 7, 30])),
    )


GEOMETRIES = geometries()


def plain_rows(geometry: GridGeometry) -> list[tuple[int, list[int]]]:
    """The top edge and the places of each row, laid out one cell after the other."""
    rows: list[tuple[int, list[int]]] = []
    top = -geometry.pitch
    for place in range(geometry.count):
        starts_section = place in geometry.starts
        if starts_section or len(rows[-1][1]) == geometry.columns:
            top += geometry.pitch + (geometry.header if starts_section else 0)
            rows.append((top, []))
        rows[-1][1].append(place)
    return rows


@given(geometry=GEOMETRIES)
def test_rows_are_those_of_plain_counting(geometry: GridGeometry) -> None:
    expected = plain_rows(geometry)

    found = [(geometry.row_top(row), list(geometry.row(row))) for row in range(geometry.rows)]

    assert found == expected
    assert geometry.greatest_scroll == max(0, expected[-1][0] + geometry.pitch - geometry.height)


@given(geometry=GEOMETRIES, scroll=st.integers(0, 5000))
def test_visible_cells_are_those_that_meet_the_view(geometry: GridGeometry, scroll: int) -> None:
    tops = [geometry.origin(place)[1] for place in range(geometry.count)]
    expected = [
        place
        for place, top in enumerate(tops)
        if top < scroll + geometry.height and top + geometry.pitch > scroll
    ]

    assert list(geometry.visible(scroll)) == expected


@given(geometry=GEOMETRIES, data=st.data())
def test_a_point_in_a_cell_finds_it(geometry: GridGeometry, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, geometry.count - 1))
    x, y = geometry.origin(place)
    within = st.integers(0, geometry.pitch - 1)

    assert geometry.at(x + data.draw(within), y + data.draw(within)) == place


@given(geometry=GEOMETRIES, corners=st.tuples(*[st.integers(-100, 1500)] * 4))
def test_a_band_touches_tiles_and_not_margins(
    geometry: GridGeometry, corners: tuple[int, int, int, int]
) -> None:
    left, right = sorted((corners[0], corners[2]))
    top, bottom = sorted((corners[1], corners[3]))
    expected = []
    for place in range(geometry.count):
        x, y = (edge + geometry.margin for edge in geometry.origin(place))
        if x <= right and x + geometry.tile > left and y <= bottom and y + geometry.tile > top:
            expected.append(place)

    assert geometry.inside(*corners).tolist() == expected


@given(geometry=GEOMETRIES, scroll=st.integers(0, 5000), data=st.data())
def test_scrolling_to_a_cell_shows_all_of_it_that_fits(
    geometry: GridGeometry, scroll: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, geometry.count - 1))
    top = geometry.origin(place)[1]

    found = geometry.scroll_to_show(place, scroll)

    assert found <= top - geometry.header
    assert top + geometry.pitch <= found + geometry.height or found == top - geometry.header


@given(geometry=GEOMETRIES, move=st.sampled_from(Move), data=st.data())
def test_a_move_ends_on_a_cell(geometry: GridGeometry, move: Move, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, geometry.count - 1))

    assert 0 <= geometry.moved(place, move) < geometry.count


@given(geometry=GEOMETRIES, data=st.data())
def test_down_and_up_return_where_the_row_below_is_full(
    geometry: GridGeometry, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, geometry.count - 1))

    down = geometry.moved(place, Move.DOWN)

    if geometry.column_of(down) == geometry.column_of(place) and down != place:
        assert geometry.moved(down, Move.UP) == place


def test_a_page_is_the_rows_that_fit() -> None:
    geometry = GridGeometry(count=100, tile=90, margin=5, width=400, height=350)

    assert geometry.moved(1, Move.PAGE_DOWN) == 1 + 3 * 4


def test_a_million_cells_fit_a_scroll_bar_at_the_largest_size() -> None:
    geometry = GridGeometry(count=1_000_000, tile=384 * 2, margin=14, width=900, height=900)

    assert geometry.greatest_scroll < 2**31


@given(geometry=GEOMETRIES, data=st.data())
def test_a_short_row_does_not_lose_the_column(geometry: GridGeometry, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, geometry.count - 1))
    column = geometry.column_of(place)

    down = geometry.moved(place, Move.DOWN, column=column)
    back = geometry.moved(down, Move.UP, column=column)

    assert place in (back, down)


@given(geometry=GEOMETRIES, scroll=st.integers(0, 5000))
def test_headers_lie_above_their_sections_or_stick_to_the_top(
    geometry: GridGeometry, scroll: int
) -> None:
    scroll = min(scroll, geometry.greatest_scroll)
    own = [geometry.row_top(geometry.row_of(int(s))) - geometry.header for s in geometry.starts]
    following = [*own[1:], own[-1] + 10**6]
    expected = []
    for section, (top, end) in enumerate(zip(own, following, strict=True)):
        y = max(top, min(scroll, end - geometry.header)) - scroll
        if geometry.header and -geometry.header < y < geometry.height:
            expected.append((section, y))

    assert [tuple(header) for header in geometry.headers(scroll)] == expected


@pytest.mark.parametrize(
    ("place", "move", "expected"),
    [
        (12, Move.SECTION_DOWN, 20),
        (12, Move.SECTION_UP, 10),
        (10, Move.SECTION_UP, 0),
        (25, Move.SECTION_DOWN, 29),
        (0, Move.SECTION_UP, 0),
    ],
)
def test_moves_from_section_to_section(place: int, move: Move, expected: int) -> None:
    starts = np.array([0, 10, 20])
    geometry = GridGeometry(
        count=30, tile=90, margin=5, width=400, height=350, starts=starts, header=20
    )

    assert geometry.moved(place, move) == expected
