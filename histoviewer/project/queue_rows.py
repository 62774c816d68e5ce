"""Weights of waiting tiles in the database."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from histoviewer.domain.queue_weights import QueueWeight
from histoviewer.project.schema import QUEUE_WEIGHTS


def read_queue_weights(connection: Connection) -> list[QueueWeight]:
    """Return every weight that was given, by tile."""
    rows = connection.execute(select(QUEUE_WEIGHTS).order_by(QUEUE_WEIGHTS.c.tile)).mappings()
    return [QueueWeight(**row) for row in rows]


def write_queue_weights(connection: Connection, weights: Sequence[QueueWeight]) -> None:
    """Store weights in place of those that the same tiles had."""
    if not weights:
        return
    tiles = [{"number": each.tile} for each in weights]
    connection.execute(
        delete(QUEUE_WEIGHTS).where(QUEUE_WEIGHTS.c.tile == bindparam("number")), tiles
    )
    rows = [
        {"tile": each.tile, "weight": each.weight, "reader": each.reader, "time": each.time}
        for each in weights
    ]
    connection.execute(insert(QUEUE_WEIGHTS), rows)
