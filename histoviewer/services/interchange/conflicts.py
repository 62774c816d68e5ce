"""On which tiles readers differ after an import: who says what, when, and which label stands."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.domain.batches import Action
from histoviewer.domain.opinions import read_opinions
from histoviewer.domain.tiles import TileTable
from histoviewer.domain.verdicts import VerdictLog

_GIVES_LABEL = (Action.CONFIRM, Action.RELABEL)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one reader says of a tile.

    Args:
        reader: Name.
        label: The label given.
        time: When, UTC.
    """

    reader: str
    label: int
    time: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """A tile on which readers differ.

    Args:
        tile: Its id.
        opinions: Who says what, and when; oldest first.
        stands: The label that holds now.
    """

    tile: str
    opinions: tuple[Opinion, ...]
    stands: int


def find_conflicts(log: VerdictLog, table: TileTable, tiles: Int64) -> tuple[Conflict, ...]:
    """Return the conflicts about some tiles that nobody has settled. Any thread, see `replica`.

    Args:
        log: The verdicts.
        table: The tiles of the project.
        tiles: (n,) indexes of the tiles to look at, each at most once.
    """
    found = read_opinions(log, tiles)
    places = np.flatnonzero(found.disputed)
    effective = log.states.effective_of(tiles[places], table.given)
    return tuple(
        Conflict(
            table.ids[tiles[place]],
            _opinions(log, int(tiles[place]), dict(zip(found.readers, labels, strict=True))),
            int(stands),
        )
        for place, labels, stands in zip(
            places.tolist(), found.labels[:, places].T.tolist(), effective.tolist(), strict=True
        )
    )


def _opinions(log: VerdictLog, tile: int, labels: dict[str, int]) -> tuple[Opinion, ...]:
    """Return who thinks what of a tile, with the time they said so last; oldest first."""
    times: dict[str, datetime] = {}
    for batch, row in log.history(tile):
        reader = batch.reader_of(row)
        gives = batch.actions[row] in _GIVES_LABEL and batch.after[row] == labels[reader]
        if gives and log.stands(batch):
            times[reader] = max(times.get(reader, batch.time_of(row)), batch.time_of(row))
    opinions = [Opinion(reader, labels[reader], time) for reader, time in times.items()]
    return tuple(sorted(opinions, key=lambda each: each.time))
