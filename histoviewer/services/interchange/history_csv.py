"""The history of verdicts as CSV: one line a verdict, oldest first.

Lines that were taken back are in it, too, and say so. `sequence`, `time` and `reader` are those of
the machine where the verdict was first given, and together name it for good; `batch` is a number
of the log that was exported.
"""

import csv
import io
import math
from collections.abc import Iterator
from typing import BinaryIO, Final

from histoviewer.domain.batches import Action, Mode, as_time
from histoviewer.domain.labels import UNLABELLED, ClassNames
from histoviewer.services.interchange.snapshot import Snapshot

COLUMNS: Final = (
    "sequence", "time", "reader", "id", "action", "before", "after",
    "model", "score", "batch", "mode", "undone",
)  # fmt: skip
YES: Final = "yes"
NO: Final = "no"


def write_history(snapshot: Snapshot, stream: BinaryIO) -> int:
    """Write every verdict as UTF-8; return how many there are."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(history_lines(snapshot))
    text.detach()  # the stream stays open: its owner closes it
    return len(snapshot.ledger)


def history_lines(snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    """Yield the fields of each verdict, in the order of `COLUMNS`."""
    ledger, ids = snapshot.ledger, snapshot.tiles.ids
    words = _words(snapshot.classes)
    for row in zip(
        ledger.sequences.tolist(),
        ledger.times.tolist(),
        ledger.reader.tolist(),
        ledger.tiles.tolist(),
        ledger.actions.tolist(),
        ledger.before.tolist(),
        ledger.after.tolist(),
        ledger.model.tolist(),
        ledger.scores.tolist(),
        ledger.batches.tolist(),
        ledger.modes.tolist(),
        ledger.stands.tolist(),
        strict=True,
    ):
        sequence, time, reader, tile, action, before, after, model, score, batch, mode, stands = row
        yield (
            str(sequence),
            time_text(time),
            ledger.readers[reader],
            ids[tile],
            Action(action).word,
            words[before],
            words[after],
            "" if model < 0 else ledger.models[model],
            "" if math.isnan(score) else f"{score:.9g}",
            str(batch),
            Mode(mode).word,
            NO if stands else YES,
        )


def time_text(ticks: int) -> str:
    """Return microseconds since 1970 as UTC in ISO 8601, to the microsecond."""
    return as_time(ticks).isoformat(timespec="microseconds")


def _words(classes: ClassNames) -> dict[int, str]:
    """Return how each label is written: by the name of its class, '' for none."""
    return {UNLABELLED: "", 0: classes.negative, 1: classes.positive}
