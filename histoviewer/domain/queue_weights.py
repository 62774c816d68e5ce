"""How much waiting tiles weigh in the next retraining, where readers changed that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import numpy as np

from histoviewer.domain.arrays import Float32, Int64
from histoviewer.domain.batches import as_ticks

USUAL: Final = 1.0
LEFT_OUT: Final = 0.0
HEAVIEST: Final = 100.0


@dataclass(frozen=True, kw_only=True)
class QueueWeight:
    """What a reader said of a waiting tile.

    Args:
        tile: Its index.
        weight: How often it counts in place of once, 0 to 100; 0 leaves it out.
        reader: Who said so.
        time: When, UTC.
    """

    tile: int
    weight: float
    reader: str
    time: datetime


@dataclass(frozen=True, kw_only=True, eq=False)
class QueueWeights:
    """The weights of all tiles.

    A weight is about the verdict that stood when it was given: a newer verdict on the tile ends it,
    so that what a reader decides anew waits in the queue again.

    Args:
        values: (N,) float32.
        times: (N,) int64 microseconds since 1970 at which each was given; 0 where none was.
    """

    values: Float32
    times: Int64

    @classmethod
    def of(cls, count: int, given: Iterable[QueueWeight] = ()) -> Self:
        """Return the weights of `count` tiles, of which some were given one."""
        made = cls(values=np.full(count, USUAL, np.float32), times=np.zeros(count, np.int64))
        for each in given:
            made.values[each.tile] = each.weight
            made.times[each.tile] = as_ticks(each.time)
        return made

    def put(self, tiles: Int64, weight: float, *, when: datetime) -> None:
        """Give some tiles a weight."""
        self.values[tiles] = weight
        self.times[tiles] = as_ticks(when)

    def standing(self, label_times: Int64, tiles: Int64 | slice = slice(None)) -> Float32:
        """Return the weights that are in force.

        Args:
            label_times: (N,) int64 when each tile's label was written, as in `TileStates`.
            tiles: (n,) which tiles; all by default.

        Returns:
            (n,) float32.
        """
        holds = self.times[tiles] >= label_times[tiles]
        return np.where(holds, self.values[tiles], np.float32(USUAL))
