"""Where to go after a verdict: the next tile that nobody has decided on."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.tile_states import TileStates

_LOOK: Final = 4096  # tiles looked at in one step: the next undecided one is nearly always near


def next_undecided(order: Int64, after: int, states: TileStates) -> int | None:
    """Return the place of the next undecided tile, going round at the end.

    Args:
        order: The tiles shown.
        after: Place to start behind.
        states: What the verdict log says.

    Returns:
        None where every other tile has been decided or skipped.
    """
    for low, high in ((after + 1, len(order)), (0, after)):
        for start, end in _steps(low, high):
            is_open = _undecided(order[start:end], states)
            if is_open.any():
                return start + int(np.argmax(is_open))
    return None


def previous_undecided(order: Int64, before: int, states: TileStates) -> int | None:
    """Return the place of the undecided tile before a place, going round at the start.

    Args:
        order: The tiles shown.
        before: Place to start ahead of.
        states: What the verdict log says.

    Returns:
        None where every other tile has been decided or skipped.
    """
    following = next_undecided(order[::-1], len(order) - 1 - before, states)
    return None if following is None else len(order) - 1 - following


def _steps(low: int, high: int) -> Iterator[tuple[int, int]]:
    for start in range(low, high, _LOOK):
        yield start, min(start + _LOOK, high)


def _undecided(tiles: Int64, states: TileStates) -> np.ndarray:
    return np.asarray((states.decided[tiles] == UNLABELLED) & ~states.skipped[tiles])
