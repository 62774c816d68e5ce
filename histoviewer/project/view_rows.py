"""Saved views in the database."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from histoviewer.domain.views import SavedView
from histoviewer.errors import InputError
from histoviewer.project.schema import VIEWS
from histoviewer.project.tile_rows import check_names


def read_views(connection: Connection) -> list[SavedView]:
    """Return all saved views in the order in which they were made."""
    query = select(VIEWS.c.name, VIEWS.c.rule).order_by(VIEWS.c.created, VIEWS.c.name)
    return [SavedView(name=row.name, rule=row.rule) for row in connection.execute(query)]


def write_view(connection: Connection, name: str, rule: Mapping[str, Any]) -> None:
    """Store a view; one of that name gets the new rule and keeps its place.

    Raises:
        InputError: The name is empty or no text.
    """
    name = name.strip()
    if not name:
        raise InputError("A saved view needs a name.", "Give it one.")
    check_names([name])
    changed = connection.execute(
        update(VIEWS).where(VIEWS.c.name == name).values(rule=dict(rule))
    ).rowcount
    if not changed:
        values = {"name": name, "rule": dict(rule), "created": datetime.now(UTC)}
        connection.execute(insert(VIEWS), values)


def remove_view(connection: Connection, name: str) -> None:
    """Remove a view.

    Raises:
        InputError: There is none of that name.
    """
    if not connection.execute(delete(VIEWS).where(VIEWS.c.name == name)).rowcount:
        raise InputError(
            f"There is no saved view called '{name}'.", "List the saved views to see their names."
        )
