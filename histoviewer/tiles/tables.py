"""Reading the CSV files that people have: whatever wrote them, they are read.

Taken as they come: a byte order mark, UTF-16 and Windows-1252, CRLF, semicolons and tabs, an index
column with or without a name, columns in any order and case, '.tif' behind ids, labels as floats.
"""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from histoviewer.errors import InputError
from histoviewer.tiles.listing import strip_suffix

ID_COLUMNS: Final = (
    "id", "ids", "image_id", "tile_id", "imageid", "tile", "image", "name", "image_name",
    "filename", "file_name", "file", "path",
)  # fmt: skip
LABEL_COLUMNS: Final = ("label", "labels", "class", "target", "y", "category", "diagnosis")
GROUP_COLUMNS: Final = (
    "group", "group_id", "slide", "slide_id", "wsi", "patient", "patient_id", "case", "case_id",
)  # fmt: skip
PATH_COLUMNS: Final = (
    "path", "filepath", "file_path", "image_path", "file", "filename", "file_name", "image",
)  # fmt: skip
SPLIT_COLUMNS: Final = ("split", "set", "subset", "fold", "partition")
_NO_VALUE: Final = frozenset(("", "nan", "na", "n/a", "none", "null", "?"))


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Args:
        path: The file it was read from.
        header: Column names, lower case, blanks trimmed.
        rows: The other lines; all as long as the header.
    """

    path: Path
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def find(self, names: Sequence[str]) -> int | None:
        """Return the number of the first column that has one of these names, best name first."""
        return next((self.header.index(name) for name in names if name in self.header), None)

    def column(self, names: Sequence[str]) -> list[str] | None:
        """Return the trimmed cells of the column that has one of these names, None without one."""
        number = self.find(names)
        return None if number is None else [row[number].strip() for row in self.rows]

    def required(self, names: Sequence[str]) -> list[str]:
        """Return a column as `column` does.

        Raises:
            InputError: There is no such column; names those there are.
        """
        cells = self.column(names)
        if cells is None:
            shown = ", ".join(name or "(no name)" for name in self.header)
            raise InputError(
                f"{self.path.name} has no '{names[0]}' column, only: {shown or 'nothing'}.",
                f"Name the column '{names[0]}' in its first line.",
            )
        return cells


def read_table(path: Path) -> Table:
    """Read a CSV file.

    Raises:
        InputError: It cannot be opened, is no text, or its rows do not fit its header.
    """
    text = _read_text(path)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        lines = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise InputError(f"{path.name} is not a CSV file: {error}.", "Save it as CSV.") from error
    header = [name.strip().lower() for name in lines[0]] if lines else []
    rows = lines[1:]
    if rows and all(len(row) == len(header) + 1 for row in rows):
        header = ["", *header]  # as R writes it: the index column has no place in the header
    for number, row in enumerate(rows, start=2):
        if len(row) < len(header):
            rows[number - 2] = [*row, *[""] * (len(header) - len(row))]
    return Table(path, header, rows)


def read_columns(path: Path) -> list[str]:
    """Return the column names of a CSV file, lower case, reading its first lines only."""
    try:
        with path.open("rb") as file:
            text = _decode(file.read(4096))
    except OSError:
        return []
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    return [name.strip().strip('"').lower() for name in first.split(delimiter)]


def clean_id(cell: str) -> str:
    """Return an id as tiles have it: no blanks, no image suffix, forward slashes."""
    return strip_suffix(cell.strip().replace("\\", "/"))


def clean_label(cell: str) -> str:
    """Return a label: whole numbers without decimals ('1.0' and '1,0' are '1'), '' for none."""
    text = cell.strip()
    if text.lower() in _NO_VALUE:
        return ""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return str(int(number)) if math.isfinite(number) and number.is_integer() else text


def read_labels(path: Path) -> dict[str, str]:
    """Return the label of each id, '' where the cell is empty.

    Raises:
        InputError: A column is missing, or an id has two labels.
    """
    table = read_table(path)
    labels = table.required(LABEL_COLUMNS)
    ids = table.required(ID_COLUMNS)
    return _mapping(path, "label", map(clean_id, ids), map(clean_label, labels))


def read_groups(path: Path) -> dict[str, str]:
    """Return the group of each id, from a file with the columns id and group.

    Raises:
        InputError: A column is missing, or an id is in two groups.
    """
    table = read_table(path)
    groups = table.required(GROUP_COLUMNS)
    return _mapping(path, "group", map(clean_id, table.required(ID_COLUMNS)), groups)


def read_id_list(path: Path) -> list[str]:
    """Return the ids in a file: its id column, or its lines where it has one column without a name.

    Raises:
        InputError: It has several columns and none is named as ids are.
    """
    table = read_table(path)
    cells = table.column(ID_COLUMNS)
    if cells is None and len(table.header) == 1:
        cells = [*_first_line(path), *(row[0] for row in table.rows)]
    if cells is None:
        cells = table.required(ID_COLUMNS)
    return [clean_id(cell) for cell in cells if cell.strip()]


def _first_line(path: Path) -> list[str]:
    """Return the first line in its own case, for files without a header."""
    return _read_text(path).strip().splitlines()[:1]


def _mapping(path: Path, what: str, ids: Iterable[str], values: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in zip(ids, values, strict=True):
        if found.setdefault(name, value) != value:
            raise InputError(
                f"{path.name} gives {name} two {what}s: '{found[name]}' and '{value}'.",
                "Remove the wrong line.",
            )
    found.pop("", None)  # lines that are blank but for the index
    return found


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", "Check its name and your right to read it."
        ) from error
    text = _decode(data)
    if "\0" in text:
        raise InputError(f"{path.name} is not a CSV file.", "Give a text file with columns.")
    return text


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
