"""The tiles on which readers differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.opinions import disputed_tiles, read_opinions
from histoviewer.domain.verdicts import VerdictLog


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """A tile on which readers differ; `ReviewSession.settle` ends it.

    Args:
        tile: Its index.
        labels: What each reader who labelled it says, by name.
    """

    tile: int
    labels: Mapping[str, int]


def read_disputes(log: VerdictLog) -> list[Dispute]:
    """Return the disputed tiles by index. Safe in another thread than the one that reviews."""
    tiles = disputed_tiles(log)
    opinions = read_opinions(log, tiles)
    columns = opinions.labels.T.tolist()
    return [
        Dispute(
            tile=tile,
            labels={
                reader: label
                for reader, label in zip(opinions.readers, labels, strict=True)
                if label != UNLABELLED
            },
        )
        for tile, labels in zip(tiles.tolist(), columns, strict=True)
    ]
