"""Tables of numbers as CSV files."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from histoviewer.errors import storage_error
from histoviewer.files import whole_file

Cell = str | int | float


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table.

    Args:
        header: Names of the columns.
        rows: As many cells each.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def as_csv(self) -> str:
        """Return the table as CSV with a header."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return text.getvalue()


def write_tables(folder: Path, tables: Mapping[str, Table]) -> list[Path]:
    """Write each table as '<name>.csv'; return the files.

    Raises:
        StorageError: The folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(folder / f"{name}.csv", table) for name, table in tables.items()]
    except OSError as error:
        raise storage_error(error, f"the tables in {folder}") from error


def _write(path: Path, table: Table) -> Path:
    with whole_file(path) as stream:
        stream.write(table.as_csv().encode())
    return path
