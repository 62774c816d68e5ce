"""The verdict log in the database: appending batches, and reading them all back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, insert, select

from histoviewer.domain.verdicts import Batch
from histoviewer.project.engine import execute_many, fetch_columns
from histoviewer.project.schema import BATCHES, VERDICTS


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
    }


def _verdict_columns(batches: Sequence[Batch]) -> dict[str, list[Any]]:
    rows = sum(len(batch) for batch in batches)
    scores = np.concatenate([batch.scores for batch in batches]).astype(object)
    scores[np.array([score != score for score in scores], bool)] = None  # noqa: PLR0124 - NaN
    return {
        "sequence": list(range(batches[0].first_sequence, batches[0].first_sequence + rows)),
        "batch": np.repeat([b.number for b in batches], [len(b) for b in batches]).tolist(),
        "tile": np.concatenate([batch.tiles for batch in batches]).tolist(),
        "action": np.concatenate([batch.actions for batch in batches]).tolist(),
        "before": np.concatenate([batch.before for batch in batches]).tolist(),
        "after": np.concatenate([batch.after for batch in batches]).tolist(),
        "score": scores.tolist(),
    }


def read_batches(connection: Connection) -> list[Batch]:
    """Return all batches, oldest first."""
    heads = connection.execute(select(BATCHES).order_by(BATCHES.c.number)).all()
    columns = (VERDICTS.c.tile, VERDICTS.c.action, VERDICTS.c.before, VERDICTS.c.after)
    query = select(*columns, VERDICTS.c.score).order_by(VERDICTS.c.sequence)
    tiles, actions, before, after, scores = fetch_columns(connection, query)
    # Row i of the log has sequence i + 1, so a batch begins at its first sequence less one.
    starts = np.array([head.first_sequence - 1 for head in heads[1:]], np.int64)
    return [
        Batch(
            number=head.number,
            first_sequence=head.first_sequence,
            when=head.time,
            reader=head.reader,
            undoes=head.undoes,
            model=head.model,
            tiles=part[0],
            actions=part[1],
            before=part[2],
            after=part[3],
            scores=part[4],
        )
        for head, *part in zip(
            heads,
            np.split(np.array(tiles, np.int64), starts),
            np.split(np.array(actions, np.int8), starts),
            np.split(np.array(before, np.int8), starts),
            np.split(np.array(after, np.int8), starts),
            np.split(np.array(scores, np.float32), starts),
            strict=True,
        )
    ]
