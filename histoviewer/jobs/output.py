"""What a compute process writes to stdout and stderr, kept for the case that a job fails."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

_TAIL_LINES: Final = 20
_TAIL_BYTES: Final = 64 * 1024


class OutputFile:
    """A temporary file that a child writes and its parent reads."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="histoviewer-", suffix=".log")
        os.close(handle)  # the child opens it by its name
        self.path = Path(name)
        self._start = 0

    def begin(self) -> None:
        """Count only what is written from now on: the output of the next job."""
        with contextlib.suppress(OSError):
            self._start = self.path.stat().st_size

    def tail(self) -> tuple[str, ...]:
        """Return the last lines since `begin`, newest last; none where the file is gone."""
        with contextlib.suppress(OSError), self.path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(self._start, size - _TAIL_BYTES))
            lines = stream.read().decode(errors="replace").splitlines()
            return tuple(line for line in lines if line.strip())[-_TAIL_LINES:]
        return ()

    def remove(self) -> None:
        """Delete the file."""
        with contextlib.suppress(OSError):
            self.path.unlink()
