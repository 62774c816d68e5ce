"""The retraining queue: what readers decided that the champion has not learned yet."""

import numpy as np

from histoviewer.domain.arrays import Bool, Int8, Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.tiles import Split, TileTable
from histoviewer.domain.verdicts import TileStates


def queued(
    *,
    tiles: TileTable,
    states: TileStates,
    learned: Int8 | None,
    learned_through: int,
    among: Int64 | None = None,
) -> Bool:
    """Return which tiles wait for retraining.

    A training tile waits if its verdict is newer than the champion, or if the champion learned a
    label that no longer holds (an undone verdict, or an earlier model made champion again).

    Args:
        tiles: The tiles of the project.
        states: What the verdict log says.
        learned: (N,) int8 labels that the champion was trained on, `UNLABELLED` where the tile was
            not among them; None without a champion.
        learned_through: The newest verdict sequence the champion was trained on; 0 without one.
        among: (n,) indexes of the tiles asked about; None for all. After a verdict only those it
            concerned can have changed.

    Returns:
        (n,) bool.
    """
    rows = slice(None) if among is None else among
    decided, given = states.decided[rows], tiles.given[rows]
    waiting = (decided != UNLABELLED) & (states.decided_at[rows] > learned_through)
    if learned is not None:
        learned = learned[rows]
        effective = np.where(decided != UNLABELLED, decided, given)
        holds = learned == effective
        waiting |= ((learned != UNLABELLED) | (decided != UNLABELLED)) & ~holds
    return np.asarray(waiting & (tiles.splits[rows] == Split.TRAIN) & tiles.usable[rows])


def trainable(*, tiles: TileTable, effective: Int8, split: Split) -> Bool:
    """Return which tiles of a split can be trained or validated on: labelled, with sound pixels."""
    return np.asarray((tiles.splits == split) & (effective != UNLABELLED) & tiles.usable)
