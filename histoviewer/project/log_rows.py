"""The verdict log in the database: appending batches, and reading them all back."""

from collections.abc import Sequence
from itertools import pairwise
from math import isnan
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, func, insert, select

from histoviewer.domain.arrays import Float32, Int8, Int64
from histoviewer.domain.verdicts import Batch, Mode, Sources
from histoviewer.project.bulk import execute_many, fetch_columns
from histoviewer.project.schema import BATCHES, VERDICTS

_HEAD: Final = [
    BATCHES.c[name]
    for name in ("number", "first_sequence", "time", "reader", "undoes", "model", "mode")
]
_MODES: Final = tuple(Mode)  # by number; calling the class takes longer than making the batch


def append_batches(connection: Connection, batches: Sequence[Batch]) -> None:
    """Append the next batches.

    Raises:
        ValueError: They do not follow on what is stored, so something was lost on the way.
    """
    number = connection.scalar(select(func.max(BATCHES.c.number))) or 0
    sequence = connection.scalar(select(func.max(VERDICTS.c.sequence))) or 0
    for batch in batches:
        if (batch.number, batch.first_sequence) != (number + 1, sequence + 1):
            raise ValueError(f"batch {batch.number} does not follow batch {number}")
        number, sequence = batch.number, sequence + len(batch)
    connection.execute(insert(BATCHES), [_batch_row(batch) for batch in batches])
    execute_many(connection, insert(VERDICTS), _verdict_columns(batches))


def _batch_row(batch: Batch) -> dict[str, Any]:
    return {
        "number": batch.number,
        "first_sequence": batch.first_sequence,
        "time": batch.when,
        "reader": batch.reader,
        "model": batch.model,
        "undoes": batch.undoes,
        "mode": int(batch.mode),
    }


def _verdict_columns(batches: Sequence[Batch]) -> dict[str, list[Any]]:
    rows = sum(len(batch) for batch in batches)
    scores = np.concatenate([batch.scores for batch in batches])
    return {
        "sequence": list(range(batches[0].first_sequence, batches[0].first_sequence + rows)),
        "batch": np.repeat([b.number for b in batches], [len(b) for b in batches]).tolist(),
        "tile": np.concatenate([batch.tiles for batch in batches]).tolist(),
        "action": np.concatenate([batch.actions for batch in batches]).tolist(),
        "before": np.concatenate([batch.before for batch in batches]).tolist(),
        "after": np.concatenate([batch.after for batch in batches]).tolist(),
        "score": [None if isnan(score) else score for score in scores.tolist()],
        **_source_columns(batches),
    }


def _source_columns(batches: Sequence[Batch]) -> dict[str, list[Any]]:
    """Return reader, time and origin of every row, None where the batch tells them."""
    readers: list[str | None] = []
    times: list[int | None] = []
    origins: list[int | None] = []
    for batch in batches:
        nothing = [None] * len(batch)
        sources = batch.sources
        readers += [sources.readers[n] for n in sources.reader.tolist()] if sources else nothing
        times += sources.times.tolist() if sources else nothing
        origins += sources.sequences.tolist() if sources else nothing
    return {"reader": readers, "time": times, "origin": origins}


def read_batches(connection: Connection) -> list[Batch]:
    """Return all batches, oldest first."""
    heads = connection.execute(select(*_HEAD).order_by(BATCHES.c.number)).fetchall()
    tiles, actions, before, after, scores = _read_verdicts(connection)
    # Row i of the log has sequence i + 1, so a batch begins at its first sequence less one.
    starts = [first_sequence - 1 for _, first_sequence, *_ in heads]
    bounds = [slice(*pair) for pair in pairwise([*starts, len(tiles)])]
    return [
        Batch(
            number=number,
            first_sequence=first_sequence,
            when=time,
            reader=reader,
            undoes=undoes,
            model=model,
            mode=_MODES[mode],
            tiles=tiles[rows],
            actions=actions[rows],
            before=before[rows],
            after=after[rows],
            scores=scores[rows],
            sources=_read_sources(connection, rows) if mode == Mode.MERGED else None,
        )
        for (number, first_sequence, time, reader, undoes, model, mode), rows in zip(
            heads, bounds, strict=True
        )
    ]


def _read_sources(connection: Connection, rows: slice) -> Sources:
    """Return where the rows of a merged batch come from, by their places in the log."""
    sequence = VERDICTS.c.sequence
    among = sequence.between(rows.start + 1, rows.stop)
    query = select(VERDICTS.c.reader, VERDICTS.c.time, VERDICTS.c.origin).where(among)
    names, times, origins = fetch_columns(connection, query.order_by(sequence))
    readers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return Sources(
        readers=tuple(readers),
        reader=np.array([readers[name] for name in names], np.int32),
        times=np.array(times, np.int64),
        sequences=np.array(origins, np.int64),
    )


def _read_verdicts(connection: Connection) -> tuple[Int64, Int8, Int8, Int8, Float32]:
    """Return tiles, actions, labels before and after, and scores of all rows by sequence."""
    labels = (VERDICTS.c.before, VERDICTS.c.after)
    query = select(VERDICTS.c.tile, VERDICTS.c.action, *labels, VERDICTS.c.score)
    columns = fetch_columns(connection, query.order_by(VERDICTS.c.sequence))
    tiles, actions, before, after, scores = columns
    return (
        np.array(tiles, np.int64),
        np.array(actions, np.int8),
        np.array(before, np.int8),
        np.array(after, np.int8),
        np.array(scores, np.float32),  # NULL becomes NaN
    )
