"""Where to go after a verdict: the next tile that nobody has decided on."""

from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.verdicts import TileStates

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
        for start in range(low, high, _LOOK):
            tiles = order[start : min(start + _LOOK, high)]
            is_open = (states.decided[tiles] == UNLABELLED) & ~states.skipped[tiles]
            if is_open.any():
                return start + int(np.argmax(is_open))
    return None
