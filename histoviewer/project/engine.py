"""The connection to the database; the only module that knows it is SQLite.

Threads: any thread may read or write. Each transaction has a connection to itself. Writes of this
process wait for one another at a lock, without limit and without SQLite's polling; a write of
another program is waited for `BUSY_TIMEOUT_S`. Readers never wait: in WAL mode they see the last
commit. A commit that returned is on the disk (synchronous=FULL).
"""

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from histoviewer.errors import InputError, StorageError, UserError

BUSY_TIMEOUT_S: Final = 5.0

_ROOM_TO_OPEN: Final = 64 * 1024  # bytes of the log and its index
_PRIMARY_CODE: Final = 0xFF  # an extended SQLite result code keeps the primary one in its low byte
_NO_RIGHT: Final = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
_LOCKED: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_DISK: Final = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


class Database:
    """One open `project.db`.

    Args:
        path: The file; made where it does not exist, unless `read_only`.
        name: What errors call the project.
        read_only: Refuse to write. Works in a folder without the right to write, too.
    """

    def __init__(self, path: Path, *, name: str, read_only: bool = False) -> None:
        self.path = path
        self.name = name
        self.read_only = read_only
        self._engine = _make_engine(path, read_only=read_only)
        self._writer = self._engine.execution_options(histoviewer_write=True)
        self._writing = threading.RLock()
        self._closed = False
        self._file: tuple[int, int] | None = None  # device and inode, once it was written to

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one consistent state of the database.

        Raises:
            InputError: The file is not a database, or damaged.
            StorageError: It cannot be read.
            RuntimeError: It is closed.
        """
        self._check_open()
        with _translated(self.name, self.path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that is on the disk, whole, when the block has been left.

        Raises:
            InputError: The project was opened for reading only.
            StorageError: Nothing was written: disk full, no right, locked by another program, or
                the file is gone.
            RuntimeError: It is closed.
        """
        self.refuse_if_read_only()
        with self._writing, _translated(self.name, self.path):
            self._check_open()
            with self._writer.begin() as connection:
                self._check_in_place()
                yield connection

    def refuse_if_read_only(self) -> None:
        """Raise `InputError` where the project was opened for reading only."""
        if self.read_only:
            raise InputError(
                f"The project {self.name} is open for reading only, so nothing can be changed.",
                "Open it from a folder that you may write to.",
            )

    def close(self) -> None:
        """Close when no write is under way; the last connection folds the log into the file."""
        with self._writing:
            self._closed = True
            self._engine.dispose()

    def _check_in_place(self) -> None:
        """Refuse to write to a file that was deleted or moved away: nobody would find it again."""
        try:
            status = self.path.stat()
        except OSError:
            status = None
        found = status and (status.st_dev, status.st_ino)
        self._file = self._file or found
        if found is None or found != self._file:
            raise StorageError(
                f"The database of the project {self.name} is no longer where it was, {self.path}.",
                "Put it back there; what you decided since is kept until this program is closed.",
            )

    def _check_open(self) -> None:
        """Refuse what comes after closing: somebody else may have the right to write by now."""
        if self._closed:
            raise RuntimeError(f"the project {self.name} is closed")


def _make_engine(path: Path, *, read_only: bool) -> Engine:
    address = path.resolve().as_uri()
    if read_only:
        address += "?mode=ro"
        if _is_at_rest(path) and not _may_write(path.parent):
            address += "&immutable=1"  # SQLite may not make the files that sharing would need
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect(address, read_only=read_only),
        poolclass=QueuePool,
        pool_size=2,
        max_overflow=-1,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _may_write(folder: Path) -> bool:
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _is_at_rest(path: Path) -> bool:
    """Return whether all is in the file itself: nobody has it open, and no crash left a log."""
    log = path.with_name(f"{path.name}-wal")
    shared = path.with_name(f"{path.name}-shm")
    return not shared.exists() and (not log.exists() or log.stat().st_size == 0)


def _connect(address: str, *, read_only: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address,
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,  # `_begin` says when a transaction starts, and of which kind
        check_same_thread=False,  # the pool lends a connection to one thread at a time
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")  # macOS: past the disk's own cache
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _begin(connection: Connection) -> None:
    """Start a transaction; a writing one takes SQLite's write lock now, not halfway through."""
    writes = connection.get_execution_options().get("histoviewer_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated(name: str, path: Path) -> Iterator[None]:
    """Turn what the disk or the file is to blame for into sentences; let our bugs through."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        sentence = _as_user_error(cause, name, path)
        if sentence is None:
            raise
        raise sentence from error


def _is_full(folder: Path) -> bool:
    """Return whether there is no room for what SQLite needs to open; it says only 'disk error'."""
    try:
        return shutil.disk_usage(folder).free < _ROOM_TO_OPEN
    except OSError:
        return False


def _as_user_error(error: BaseException | None, name: str, path: Path) -> UserError | None:
    """Return the sentence for an error of SQLite; None where it is not the user's to mend."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    if code == sqlite3.SQLITE_FULL or (code in _DISK and _is_full(path.parent)):
        return StorageError(
            f"There is no space left to write to the project {name}.",
            "Free some space and try again.",
        )
    if code in _LOCKED:
        return StorageError(
            f"The project {name} is locked by another program.",
            "Close the program that has its database open and try again.",
        )
    if code in _NO_RIGHT:
        return StorageError(
            f"There is no right to write to the project {name}.",
            "Give yourself the right to write to its folder.",
        )
    if code in _DAMAGED:
        return InputError(
            f"The database of the project {name} is damaged or not a database.",
            "Put back its project.db from a backup.",
        )
    if code in _DISK:
        return StorageError(
            f"The disk failed while the project {name} was in use ({error}).",
            "Check the disk and try again.",
        )
    return None
