"""Writing files so that nobody ever sees half of one, and telling whether one is there or new."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from histoviewer.errors import InputError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file under a temporary name beside `path`, and rename it when it is on disk.

    An error leaves the old file, or none, and removes the temporary one.

    Raises:
        OSError: As the operating system says; see `errors.storage_error`.
    """
    if not path.name:  # '.' and '/', beside which no name can stand
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
            flush(stream)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def is_there(path: Path) -> bool:
    """Return whether there is something at a path.

    Raises:
        InputError: The system cannot tell: the name is too long, or the way there is barred.
    """
    try:
        return path.exists()
    except OSError as error:
        raise InputError(
            f"{path} cannot be reached: {error.strerror}.", "Check its name, and your rights there."
        ) from error


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read again once its time or size is another.

    Raises:
        OSError: It is not there, or cannot be read.
    """
    facts = path.stat()
    return _digest(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=64)
def _digest(path: Path, _changed: int, _size: int) -> str:
    return sha256(path.read_bytes()).hexdigest()


def flush(stream: BinaryIO) -> None:
    """Put what was written to a stream on the disk.

    Raises:
        OSError: As the operating system says; see `errors.storage_error`.
    """
    stream.flush()
    os.fsync(stream.fileno())


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Fill a folder under a temporary name beside `path`, and rename it when it is whole.

    An error leaves nothing. At `path` there may be nothing, or a folder that is empty.

    Raises:
        OSError: As the operating system says; see `errors.storage_error`.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        part.mkdir()
        yield part
        if path.is_dir():
            path.rmdir()  # Windows renames nothing onto a folder
        part.rename(path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
