"""Reading an array that `unfinished` finished: what it was made from, whether it is whole.

Imports nothing heavy: services read embeddings with it in the process of the window.
"""

import json
import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_BLOCK_BYTES: Final = 1 << 24


def read_note(path: Path) -> Mapping[str, Any] | None:
    """Return what a finished .npy file was made from; None where nothing says so."""
    try:
        note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return note if isinstance(note, dict) else None


def map_rows(path: Path, note: Mapping[str, Any]) -> NDArray[Any] | None:
    """Return the rows of a finished .npy file, mapped; None where they are damaged.

    The first call reads the whole file to compare its checksum, the next ones only ask whether it
    has changed since. A file that is mapped cannot be replaced on Windows: let go of it soon.

    Args:
        path: The file.
        note: As `read_note` returned it.
    """
    try:
        facts = path.stat()
        if _checksum(path, facts.st_mtime_ns, facts.st_size) != note.get("crc32"):
            return None
        mapped: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return mapped


@lru_cache(maxsize=16)
def _checksum(path: Path, _changed: int, _size: int) -> int:
    """Return the checksum of the rows of a file, which lie behind its header."""
    mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    if mapped.size == 0:
        return 0
    content = memoryview(mapped).cast("B")
    checksum = 0
    for start in range(0, len(content), _BLOCK_BYTES):
        checksum = zlib.crc32(content[start : start + _BLOCK_BYTES], checksum)
    return checksum
