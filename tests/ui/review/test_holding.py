"""What is in view stays where it is while the cells are laid out anew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QScrollBar

from histoviewer.domain.triage import Query
from histoviewer.ui.review.facts import cell_facts
from histoviewer.ui.review.geometry import GridGeometry
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.holding import Holder
from histoviewer.ui.review.selection import Selection
from tests.ui.review.conftest import PlainTiles, make_session

COUNT = 400


@pytest.fixture(autouse=True)
def tiles(grid: TileGrid) -> None:
    """400 tiles, in the order of the data set."""
    session = make_session(COUNT)
    grid.show_project(COUNT, lambda index: cell_facts(session, Query(), index), PlainTiles(COUNT))
    grid.set_order(np.arange(COUNT))


def top_of(grid: TileGrid, tile: int) -> int:
    """How far below the top of the view a tile is."""
    place = grid.selection.place(tile)
    assert place is not None
    return grid.cell_rect(place).y()


def test_the_current_tile_stays_to_the_pixel_when_sorted(grid: TileGrid) -> None:
    grid.go_to(200)
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().value() + 31)
    before = top_of(grid, 200)

    grid.set_order(np.arange(COUNT)[::-1].copy())

    assert (grid.current, top_of(grid, 200)) == (200, before)


def test_with_the_current_tile_out_of_view_the_view_stays(grid: TileGrid) -> None:
    grid.go_to(3)
    grid.verticalScrollBar().setValue(4321)
    shown = int(grid.order[grid.geometry_now().visible(4321).start + 4])
    before = top_of(grid, shown)

    grid.set_order(np.delete(np.arange(COUNT), [10, 20, 30, 41, 42]))

    assert (grid.current, top_of(grid, shown)) == (3, before)


def test_where_nothing_in_view_is_left_the_current_tile_is_shown(grid: TileGrid) -> None:
    grid.go_to(50)
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())

    grid.set_order(np.arange(100))

    assert grid.current == 50
    assert 0 <= top_of(grid, 50) < grid.viewport().height()


def test_the_tile_that_takes_the_place_of_the_current_one_takes_it_in_the_view(
    grid: TileGrid,
) -> None:
    grid.go_to(200)
    before = top_of(grid, 200)

    grid.set_order(np.delete(np.arange(COUNT), 200))

    assert (grid.current, top_of(grid, 201)) == (201, before)


def test_a_window_made_smaller_and_larger_again_ends_where_it_began(grid: TileGrid) -> None:
    grid.verticalScrollBar().setValue(5555)

    for width in (460, 420, 330, 260, 330, 420, 470, 500):
        grid.resize(width, 400)

    assert grid.verticalScrollBar().value() == 5555


def test_so_do_tiles_made_larger_and_smaller_again(grid: TileGrid) -> None:
    grid.verticalScrollBar().setValue(5555)

    for size in (110, 150, 384, 200, 96):
        grid.set_tile_size(size)

    assert abs(grid.verticalScrollBar().value() - 5555) <= 1


def test_a_resize_does_not_go_to_a_current_tile_out_of_view(grid: TileGrid) -> None:
    grid.go_to(0)
    grid.verticalScrollBar().setValue(5000)

    grid.resize(510, 300)

    assert grid.verticalScrollBar().value() == 5000


@settings(max_examples=60)
@given(data=st.data())
def test_the_current_tile_in_view_is_never_lost(data: st.DataObject) -> None:
    def geometry() -> GridGeometry:
        return GridGeometry(
            count=len(selection.order),
            tile=data.draw(st.integers(20, 120)),
            margin=4,
            width=data.draw(st.integers(50, 600)),
            height=data.draw(st.integers(130, 500)),
        )

    bar, selection = QScrollBar(), Selection()
    bar.setRange(0, 10**6)
    selection.reset(100)
    selection.reorder(np.arange(100))
    selection.go(data.draw(st.integers(0, 99)))
    holder, old = Holder(bar, selection), geometry()
    place = selection.current_place or 0
    bar.setValue(old.scroll_to_show(place, data.draw(st.integers(0, 4000))))
    holder.note(old, 1.0)
    selection.reorder(np.random.default_rng(data.draw(st.integers(0, 9))).permutation(100))
    new = geometry()
    holder.restore(new, 1.0)

    assert bar.value() == new.scroll_to_show(selection.current_place or 0, bar.value())
