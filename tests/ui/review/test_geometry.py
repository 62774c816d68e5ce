"""Geometry of the grid against plain counting."""

from hypothesis import given
from hypothesis import strategies as st

from histoviewer.ui.review.geometry import GridGeometry, Move

GEOMETRIES = st.builds(
    GridGeometry,
    count=st.integers(1, 500),
    tile=st.integers(8, 120),
    margin=st.integers(0, 9),
    width=st.integers(1, 900),
    height=st.integers(1, 700),
)


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

    assert found <= top
    assert top + geometry.pitch <= found + geometry.height or found == top


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

    if down == place + geometry.columns:
        assert geometry.moved(down, Move.UP) == place


def test_a_page_is_the_rows_that_fit() -> None:
    geometry = GridGeometry(count=100, tile=90, margin=5, width=400, height=350)

    assert geometry.moved(1, Move.PAGE_DOWN) == 1 + 3 * 4


def test_a_million_cells_fit_a_scroll_bar_at_the_largest_size() -> None:
    geometry = GridGeometry(count=1_000_000, tile=384 * 2, margin=14, width=900, height=900)

    assert geometry.greatest_scroll < 2**31
