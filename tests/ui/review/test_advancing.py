"""Where the keys for the next and the previous undecided tile lead."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.arrays import Int64
from histoviewer.domain.labels import POSITIVE
from histoviewer.domain.tile_states import TileStates
from histoviewer.ui.review import advancing
from histoviewer.ui.review.advancing import next_undecided, previous_undecided

MARKS = st.lists(st.sampled_from(["open", "decided", "skipped"]), min_size=1, max_size=12)


@st.composite
def shown(draw: st.DrawFn) -> tuple[Int64, int, TileStates]:
    """Some tiles in some order, the place of one of them, and what was said of all."""
    marks = draw(MARKS)
    states = TileStates.blank(len(marks))
    for tile, mark in enumerate(marks):
        states.decided[tile] = POSITIVE if mark == "decided" else states.decided[tile]
        states.skipped[tile] = mark == "skipped"
    order = np.array(draw(st.permutations(range(len(marks)))), np.int64)
    return order, draw(st.integers(0, len(marks) - 1)), states


def plain(order: Int64, place: int, states: TileStates, step: int) -> int | None:
    """Look at one place after the other, all the way round."""
    blank = TileStates.blank(1).decided[0]
    for away in range(1, len(order)):
        there = (place + step * away) % len(order)
        tile = order[there]
        if states.decided[tile] == blank and not states.skipped[tile]:
            return there
    return None


@pytest.fixture(autouse=True, scope="module")
def _look_at_few() -> Iterator[None]:
    """Let the search take several steps even on a dozen tiles."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(advancing, "_LOOK", 3)
        yield


@given(shown())
def test_the_next_one_is_the_first_found_looking_ahead(
    where: tuple[Int64, int, TileStates],
) -> None:
    assert next_undecided(*where) == plain(*where, step=1)


@given(shown())
def test_the_previous_one_is_the_first_found_looking_back(
    where: tuple[Int64, int, TileStates],
) -> None:
    assert previous_undecided(*where) == plain(*where, step=-1)
