"""Giving tiles another group and side of the split, and the note of what they had before."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from histoviewer.domain.arrays import Int64
from histoviewer.domain.regrouping import Regrouping, TileMove, last_regrouping
from histoviewer.domain.tiles import Split
from histoviewer.project.bulk import execute_many, fetch_columns
from histoviewer.project.schema import GROUPS, REGROUPINGS, TILES
from histoviewer.project.tile_rows import number_groups


def write_regrouping(connection: Connection, plan: Regrouping) -> None:
    """Store the groups and sides of a plan, and what they were.

    Args:
        connection: Inside a write transaction.
        plan: What changes.

    Raises:
        ValueError: A tile would leave validation or the test: figures would lose what they are of.
    """
    before = _read(connection, plan.tiles)
    splits = np.array([row.split for row in before], np.int8)
    if ((splits != Split.TRAIN) & (splits != plan.splits)).any():
        raise ValueError("only training tiles may change their side of the split")
    _write(connection, plan, before)


def write_parting(connection: Connection, plan: Regrouping) -> None:
    """Give tiles back what the newest regrouping took from them, and note that, too.

    Args:
        connection: Inside a write transaction.
        plan: What changes, as `plan_parting` returns it.

    Raises:
        ValueError: The plan is not what the newest regrouping noted: figures would lose what they
            are of.
    """
    last = last_regrouping(read_regroupings(connection))
    noted = {(move.tile, int(move.split_before), move.group_before) for move in last}
    if not noted.issuperset(
        zip(plan.tiles.tolist(), plan.splits.tolist(), plan.groups, strict=True)
    ):
        raise ValueError("tiles can be given back only what was noted of them")
    _write(connection, plan, _read(connection, plan.tiles))


def _write(connection: Connection, plan: Regrouping, before: list[Row[Any]]) -> None:
    after = {
        "tile": plan.tiles.tolist(),
        "side": plan.splits.tolist(),
        "group": number_groups(connection, plan.groups),
    }
    statement = update(TILES).where(TILES.c.number == bindparam("tile"))
    statement = statement.values(split=bindparam("side"), group_number=bindparam("group"))
    execute_many(connection, statement, after)
    _note(connection, before, list(zip(after["side"], after["group"], strict=True)))


def _read(connection: Connection, tiles: Int64) -> list[Row[Any]]:
    """Return number, side and group of some tiles, in their order."""
    columns = (TILES.c.number, TILES.c.split, TILES.c.group_number)
    rows = connection.execute(select(*columns).order_by(TILES.c.number)).all()
    return [rows[tile] for tile in tiles.tolist()]


def _note(connection: Connection, before: list[Row[Any]], after: list[tuple[int, Any]]) -> None:
    """Append what tiles were, and the side and group they have from now on."""
    first = 1 + (connection.scalar(select(func.max(REGROUPINGS.c.number))) or 0)
    now = datetime.now(UTC)
    noted = [
        {
            "number": number,
            "time": now,
            "tile": old.number,
            "split_before": old.split,
            "split_after": side,
            "group_before": old.group_number,
            "group_after": group,
        }
        for number, (old, (side, group)) in enumerate(zip(before, after, strict=True), start=first)
    ]
    if noted:
        connection.execute(insert(REGROUPINGS), noted)


def read_regroupings(connection: Connection) -> list[TileMove]:
    """Return which tiles were given another group or side, oldest first."""
    names = dict(
        zip(*fetch_columns(connection, select(GROUPS.c.number, GROUPS.c.name)), strict=True)
    )
    rows = connection.execute(select(REGROUPINGS).order_by(REGROUPINGS.c.number))
    return [
        TileMove(
            time=row.time,
            tile=row.tile,
            split_before=Split(row.split_before),
            split_after=Split(row.split_after),
            group_before=names.get(row.group_before, ""),
            group_after=names.get(row.group_after, ""),
        )
        for row in rows
    ]
