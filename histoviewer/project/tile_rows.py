"""Tiles, groups and problems in the database, whole columns at a time: there are 277,483 tiles."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from histoviewer.domain.arrays import Int8, Int64, UInt16
from histoviewer.domain.tiles import Catalogue, Problem, ProblemFlag, ProblemKind, Split, TileTable
from histoviewer.errors import InputError
from histoviewer.project.bulk import execute_many, fetch_columns
from histoviewer.project.new_tiles import find_new
from histoviewer.project.schema import GROUPS, PROBLEMS, SAMPLE_SUBMISSION, TILES

SCAN: Final = "scan"
PIXELS: Final = "pixels"


def read_tiles(connection: Connection) -> TileTable:
    """Return the tiles in index order."""
    columns = (TILES.c.id, TILES.c.location, TILES.c.given, TILES.c.split, TILES.c.problems)
    group = func.coalesce(TILES.c.group_number, -1)
    query = select(*columns, group).order_by(TILES.c.number)
    ids, locations, given, splits, problems, groups = fetch_columns(connection, query)
    names = fetch_columns(connection, select(GROUPS.c.name).order_by(GROUPS.c.number))[0]
    return TileTable(
        ids=ids,
        locations=locations,
        given=np.array(given, np.int8),
        splits=np.array(splits, np.int8),
        groups=np.array(groups, np.int32),
        group_names=names,
        problems=np.array(problems, np.uint16),
    )


def count_tiles(connection: Connection) -> int:
    """Return the number of tiles."""
    return connection.execute(select(func.count()).select_from(TILES)).scalar_one()


def add_new_tiles(connection: Connection, catalogue: Catalogue) -> Int64:
    """Append the tiles of a catalogue that the project does not have, in the catalogue's order.

    Returns:
        Their indexes.

    Raises:
        InputError: A test tile needs an id that another tile has, or a name is no text.
    """
    known = dict(zip(*fetch_columns(connection, select(TILES.c.id, TILES.c.location)), strict=True))
    sample_ids = set(catalogue.sample_ids or read_sample(connection))
    rows, ids = find_new(catalogue, known=known, sample_ids=sample_ids)
    index = np.arange(len(known), len(known) + len(rows), dtype=np.int64)
    columns = {
        "number": index.tolist(),
        "id": ids,
        "location": [catalogue.locations[row] for row in rows],
        "given": catalogue.given[rows].tolist(),
        "split": catalogue.splits[rows].tolist(),
        "group_number": number_groups(connection, [catalogue.groups[row] for row in rows]),
        "problems": [0] * len(rows),
    }
    check_names(columns["id"])
    check_names(columns["location"])
    execute_many(connection, insert(TILES), columns)
    return index


def number_groups(connection: Connection, names: Sequence[str]) -> list[int | None]:
    """Return the number of each group name, adding the groups that are new; None for ''."""
    known = fetch_columns(connection, select(GROUPS.c.name, GROUPS.c.number))
    numbers: dict[str, int | None] = dict(zip(*known, strict=True))
    new = [name for name in dict.fromkeys(names) if name and name not in numbers]
    added = range(len(numbers), len(numbers) + len(new))
    check_names(new)
    execute_many(connection, insert(GROUPS), {"number": added, "name": new})
    numbers.update(zip(new, added, strict=True))
    numbers[""] = None
    return [numbers[name] for name in names]


def check_names(names: Sequence[str]) -> None:
    """Refuse names that no database can hold: bytes of a file name that are no Unicode text.

    Raises:
        InputError: Names the first of them.
    """
    try:
        "".join(names).encode()
    except UnicodeEncodeError:
        wrong = next(name for name in names if not _is_text(name))
        raise InputError(
            f"The name {wrong!r} holds bytes that are no Unicode text.", "Rename the file."
        ) from None


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def replace_sample(connection: Connection, ids: Sequence[str]) -> None:
    """Store the ids of the sample submission in its order."""
    check_names(ids)
    connection.execute(delete(SAMPLE_SUBMISSION))
    columns = {"position": range(len(ids)), "id": ids}
    execute_many(connection, insert(SAMPLE_SUBMISSION), columns)


def read_sample(connection: Connection) -> tuple[str, ...]:
    """Return the ids of the sample submission in its order."""
    query = select(SAMPLE_SUBMISSION.c.id).order_by(SAMPLE_SUBMISSION.c.position)
    return fetch_columns(connection, query)[0]


def read_problems(connection: Connection) -> list[Problem]:
    """Return all problems, those of the data set first."""
    found = (PROBLEMS.c.kind, PROBLEMS.c.subject, PROBLEMS.c.detail)
    query = select(*found).order_by(PROBLEMS.c.origin.desc(), PROBLEMS.c.number)
    kinds, subjects, details = fetch_columns(connection, query)
    rows = zip(kinds, subjects, details, strict=True)
    # Packing and scanning can find the same; it is shown once.
    return list(dict.fromkeys(Problem(ProblemKind[kind], *rest) for kind, *rest in rows))


def replace_problems(connection: Connection, origin: str, problems: Sequence[Problem]) -> None:
    """Replace the problems of one origin, then set the flags of every tile from all problems."""
    connection.execute(delete(PROBLEMS).where(PROBLEMS.c.origin == origin))
    first = connection.scalar(select(func.coalesce(func.max(PROBLEMS.c.number), 0))) or 0
    columns = {
        "number": range(first + 1, first + 1 + len(problems)),
        "origin": [origin] * len(problems),
        "kind": [problem.kind.name for problem in problems],
        "subject": [_as_text(problem.subject) for problem in problems],
        "detail": [_as_text(problem.detail) for problem in problems],
    }
    execute_many(connection, insert(PROBLEMS), columns)
    _derive_flags(connection)


def _as_text(words: str) -> str:
    """Return words that a database can hold; a problem may well be about a name that is no text."""
    return words.encode(errors="backslashreplace").decode()


def _derive_flags(connection: Connection) -> None:
    query = select(TILES.c.id, TILES.c.problems).order_by(TILES.c.number)
    ids, before = fetch_columns(connection, query)
    index_of = {name: index for index, name in enumerate(ids)}
    flags = np.zeros(len(ids), np.uint16)
    for problem in read_problems(connection):
        tile = index_of.get(problem.subject)
        if tile is not None:
            flags[tile] |= np.uint16(ProblemFlag.of(problem.kind))
    _update(connection, "problems", np.array(before, np.uint16), flags)


def assign_splits(connection: Connection, splits: Int8, *, fixed: int) -> None:
    """Store the split of every tile.

    Args:
        connection: Inside a write transaction.
        splits: (N,) int8 of `Split`.
        fixed: The first so many tiles keep their side. Test tiles always do.

    Raises:
        ValueError: A tile would leave a side that it keeps, or the length is wrong.
    """
    query = select(TILES.c.split).order_by(TILES.c.number)
    before = np.array(fetch_columns(connection, query)[0], np.int8)
    if len(before) != len(splits):
        raise ValueError(f"{len(splits)} splits for {len(before)} tiles")
    keeps = (np.arange(len(before)) < fixed) | (before == Split.TEST)
    moved = keeps & (before != splits)
    if moved.any():
        raise ValueError(f"{int(moved.sum())} tiles would change their side of the split")
    _update(connection, "split", before, splits)


def _update(
    connection: Connection, column: str, before: Int8 | UInt16, after: Int8 | UInt16
) -> None:
    """Write one column of the tiles where it changes."""
    changed = np.flatnonzero(before != after)
    statement = update(TILES).where(TILES.c.number == bindparam("tile"))
    execute_many(
        connection,
        statement.values({column: bindparam("value")}),
        {"value": after[changed].tolist(), "tile": changed.tolist()},
    )
