"""Reading CSV files from elsewhere: bounded, strict, with one clear sentence where it fails."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from histoviewer.errors import InputError

_MOST_BYTES: Final = 256 << 20  # about two million verdicts
_LOOKED_AT: Final = 8192
_DELIMITERS: Final = (";", "\t", ",")
_HINT: Final = "Give a list with the columns id and action, or an exported history of verdicts."


@dataclass(frozen=True, slots=True)
class Rejection:
    """A line that was left out.

    Args:
        line: Its number in the file, from 1.
        reason: Why, as a clause.
    """

    line: int
    reason: str

    def __str__(self) -> str:
        """Return line and reason."""
        return f"line {self.line}: {self.reason}"


class LineError(Exception):
    """A line cannot be used; the text says why."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """An open CSV file below its header.

    Args:
        path: The file.
        columns: Names of the columns, in lower case.
        lines: Yields line numbers and fields, without blanks around them, as many as columns.
    """

    path: Path
    columns: Sequence[str]
    lines: Iterator[tuple[int, list[str]]]


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open a CSV file in UTF-8, delimited by commas, semicolons or tabs.

    Lines that are short are filled up, blank ones are left out.

    Raises:
        InputError: It cannot be read, is empty, too large, or is no such file; also while its lines
            are read.
    """
    try:
        _refuse(path)
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = stream.readline()
            reader = csv.reader(stream, delimiter=_delimiter(header), strict=True)
            columns = _columns(path, header)
            yield Table(path=path, columns=columns, lines=_lines(reader, len(columns)))
    except UnicodeDecodeError as error:
        raise _no_text(path) from error
    except csv.Error as error:
        raise InputError(f"The file {path} is broken: {error}.", _HINT) from error
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"The file {path} cannot be read: {reason}.", _HINT) from error


def _refuse(path: Path) -> None:
    """Refuse what is no file of a sensible size, or no text."""
    size = path.stat().st_size
    if not path.is_file():
        raise InputError(f"{path} is no file.", _HINT)
    if size == 0:
        raise InputError(f"The file {path} is empty.", _HINT)
    if size > _MOST_BYTES:
        raise InputError(
            f"The file {path} has {size / 1e6:,.0f} MB, more than the {_MOST_BYTES / 1e6:,.0f} MB "
            "that verdicts are read from.",
            "Split it into several files.",
        )
    with path.open("rb") as stream:
        if b"\0" in stream.read(_LOOKED_AT):
            raise _no_text(path)


def _no_text(path: Path) -> InputError:
    return InputError(f"The file {path} is not text in UTF-8.", _HINT)


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _columns(path: Path, header: str) -> list[str]:
    found = next(csv.reader([header], delimiter=_delimiter(header), strict=True), [])
    columns = [name.strip().lower() for name in found]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise InputError(f"The file {path} has the column '{twice[0]}' twice.", _HINT)
    return columns


def _lines(reader: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str]]]:
    for fields in reader:
        if fields:
            # The header was read before the reader began to count.
            line = reader.line_num + 1  # type: ignore[attr-defined]  # its class has no name
            yield line, [field.strip() for field in fields] + [""] * (width - len(fields))
