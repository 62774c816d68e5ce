"""What an export says of each tile, as plain values: one pass over the columns."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.domain.labels import NEGATIVE, UNLABELLED, ClassNames
from histoviewer.domain.tiles import Split
from histoviewer.services.interchange.snapshot import Snapshot

_NOTHING = UNLABELLED % 256  # as a byte


class ExportedTile(NamedTuple):
    """One tile. Labels are names of classes, None for none.

    Args:
        number: Its index in the project.
        id: Its id.
        group: Slide or patient, '' where unknown.
        split: Side of the split.
        given: What the data set says.
        decided: What the readers' verdicts come to.
        predicted: What the champion says.
        confidence: How sure it is of that, 0-1; 0 where it says nothing.
        flagged: Marked for a second look.
        skipped: Passed over.
        disputed: Readers differ.
        opinions: Reader and label of everybody who has an opinion.
    """

    number: int
    id: str
    group: str
    split: str
    given: str | None
    decided: str | None
    predicted: str | None
    confidence: float
    flagged: bool
    skipped: bool
    disputed: bool
    opinions: list[tuple[str, str]]

    @property
    def label(self) -> str | None:
        """Return the label that holds."""
        return self.decided or self.given


def exported_tiles(snapshot: Snapshot, tiles: Int64) -> Iterator[ExportedTile]:
    """Yield some tiles, in their order."""
    table, states, names = snapshot.tiles, snapshot.states, _Names(snapshot.classes)
    groups = [*table.group_names, ""]  # -1 is the last one
    splits = {int(split): split.word for split in Split}
    predicted = snapshot.predicted[tiles]
    scores = snapshot.scores[tiles].astype(np.float64)
    confidence = np.where(predicted == NEGATIVE, 1 - scores, scores)
    columns = (
        tiles.tolist(),
        table.groups[tiles].tolist(),
        table.splits[tiles].tolist(),
        names.of(table.given[tiles]),
        names.of(states.decided[tiles]),
        names.of(predicted),
        np.nan_to_num(confidence.round(6)).tolist(),
        states.flagged[tiles].tolist(),
        states.skipped[tiles].tolist(),
        snapshot.opinions.disputed[tiles].tolist(),
        _opinions(snapshot, tiles),
    )
    for number, group, split, *rest in zip(*columns, strict=True):
        yield ExportedTile(number, table.ids[number], groups[group], splits[split], *rest)


class _Names:
    """Turns labels into names."""

    def __init__(self, classes: ClassNames) -> None:
        self._names = (classes.negative, classes.positive, None)  # -1 is the last one

    def of(self, labels: Int8) -> list[str | None]:
        return [self._names[label] for label in labels.tolist()]


def _opinions(snapshot: Snapshot, tiles: Int64) -> Iterator[list[tuple[str, str]]]:
    """Yield who thinks what of each tile. Bytes, as most tiles have no opinion, or one."""
    readers, names = (
        snapshot.opinions.readers,
        (snapshot.classes.negative, snapshot.classes.positive),
    )
    width = len(readers)
    rows = np.ascontiguousarray(snapshot.opinions.labels[:, tiles].T).tobytes()
    for start in range(0, len(tiles) * width, width) if width else ():
        row = rows[start : start + width]
        yield [
            (reader, names[label])
            for reader, label in zip(readers, row, strict=True)
            if label != _NOTHING
        ]
    if not width:
        yield from ([] for _ in tiles)
