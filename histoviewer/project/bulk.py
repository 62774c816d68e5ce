"""Whole columns into and out of the database: one call of the driver, no object for each row."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.sql.dml import UpdateBase


def execute_many(
    connection: Connection, statement: UpdateBase, columns: Mapping[str, Sequence[Any]]
) -> None:
    """Run one statement for each row of some columns, in one call of the driver.

    Takes half the time of a list of dictionaries, which matters for 277,483 tiles.

    Args:
        connection: Inside a write transaction.
        statement: An insert of all `columns`, or an update with a bind parameter for each.
        columns: Plain Python values of equal length by parameter name. They reach the driver as
            they are, so types that need conversion (times, JSON) do not belong here.
    """
    compiled = statement.compile(connection, column_keys=list(columns))
    names = compiled.positiontup or list(columns)
    rows = list(zip(*(columns[name] for name in names), strict=True))
    if not rows:
        return
    if compiled.positiontup is not None:
        connection.exec_driver_sql(str(compiled), rows)
    else:  # the driver of another database takes names
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def fetch_columns(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """Return the columns of a query as the driver gives them, without a Row object for each row.

    Only for types that need no conversion: numbers and text.
    """
    with no_collection():
        result = connection.execute(query)
        rows = result.cursor.fetchall()
        result.close()
        return list(zip(*rows, strict=True)) if rows else [() for _ in query.selected_columns]


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from walking again and again what is being read and all lives.

    Of the time to read 300,000 rows it took a quarter.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
