"""Selection: kept by tile, never on what is hidden."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.ui.review.selection import Pick, Selection


@pytest.fixture
def selection() -> Selection:
    made = Selection()
    made.reset(10)
    made.reorder(np.arange(10)[::-1].copy())
    return made


def test_the_first_tile_is_current_at_first(selection: Selection) -> None:
    assert selection.current == 9
    assert selection.targets().tolist() == [9]


def test_until_a_tile_is_chosen_a_new_order_begins_at_its_top(selection: Selection) -> None:
    selection.reorder(np.array([4, 5, 9]))

    assert selection.current == 4


def test_the_current_tile_and_the_selection_survive_sorting(selection: Selection) -> None:
    selection.go(2)
    selection.extend(4)

    selection.reorder(np.arange(10))

    assert selection.current == 5
    assert selection.tiles().tolist() == [5, 6, 7]


def test_tiles_that_are_hidden_leave_the_selection(selection: Selection) -> None:
    selection.choose_all()

    selection.reorder(np.array([3, 4]))

    assert selection.targets().tolist() == [3, 4]


def test_where_the_current_tile_is_hidden_the_one_in_its_place_follows(
    selection: Selection,
) -> None:
    selection.go(8)

    selection.reorder(np.array([9, 8, 7, 6]))

    assert selection.current == 6


def test_extending_goes_from_the_anchor_both_ways(selection: Selection) -> None:
    selection.go(5)
    selection.extend(7)
    selection.extend(3)

    assert selection.tiles().tolist() == [6, 5, 4]
    assert selection.current_place == 3


def test_without_a_selection_a_verdict_falls_on_the_current_tile(selection: Selection) -> None:
    selection.go(1)
    selection.choose_none()

    assert selection.count == 0
    assert selection.targets().tolist() == [8]


@pytest.mark.parametrize(
    ("pick", "places"), [(Pick.REPLACE, [4]), (Pick.ADD, [0, 1, 4]), (Pick.TOGGLE, [0, 4])]
)
def test_a_band_replaces_adds_or_turns_over(
    selection: Selection, pick: Pick, places: list[int]
) -> None:
    selection.pick(range(2))
    selection.begin_band()
    selection.stretch_band(np.array([1, 4, 5, 6]), pick)
    selection.stretch_band(np.array([1, 4]), pick)

    expected = sorted({*places, 1} if pick is not Pick.TOGGLE else places)
    assert selection.places(selection.tiles()).tolist() == expected


def test_a_band_that_is_given_up_leaves_no_trace(selection: Selection) -> None:
    selection.go(3)
    selection.begin_band()
    selection.go(5)
    selection.stretch_band(np.array([5, 6]), Pick.REPLACE)

    selection.cancel_band()

    assert (selection.current_place, selection.tiles().tolist()) == (3, [6])
    selection.extend(4)
    assert selection.tiles().tolist() == [6, 5]


def test_adding_a_range_keeps_what_was_selected(selection: Selection) -> None:
    selection.go(0)
    selection.toggle(4)

    selection.extend(6, pick=Pick.ADD)

    assert selection.places(selection.tiles()).tolist() == [0, 4, 5, 6]


def test_pointing_selects_nothing(selection: Selection) -> None:
    selection.go(1)

    selection.point(5)

    assert (selection.current_place, selection.places(selection.tiles()).tolist()) == (5, [1])


def test_nothing_is_selected_in_an_empty_order(selection: Selection) -> None:
    selection.reorder(np.zeros(0, np.int64))

    assert selection.current is None
    assert len(selection.targets()) == 0


@given(
    shown=st.sets(st.integers(0, 19)),
    toggled=st.lists(st.integers(0, 19)),
)
def test_inverting_is_the_complement_among_the_shown(shown: set[int], toggled: list[int]) -> None:
    selection = Selection()
    selection.reset(20)
    selection.reorder(np.array(sorted(shown), np.int64))
    selection.choose_none()
    for place in toggled:
        if place < len(shown):
            selection.toggle(place)
    before = set(selection.tiles().tolist())

    selection.invert()

    assert set(selection.tiles().tolist()) == shown - before
