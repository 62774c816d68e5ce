"""Writing files so that nobody ever sees half of one."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file under a temporary name beside `path`, and rename it when it is on disk.

    An error leaves the old file, or none, and removes the temporary one.

    Raises:
        OSError: As the operating system says; see `errors.storage_error`.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


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
