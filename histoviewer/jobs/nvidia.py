"""Asking NVIDIA's driver, through the program that comes with it."""

import contextlib
import shutil
import subprocess
from collections.abc import Sequence
from typing import Final

_PROGRAM: Final = "nvidia-smi"
_NO_WINDOW: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # else a console flashes on Windows
MIB: Final = 1 << 20


class DriverQuery:
    """One question, answered by a process of its own: whoever asks need not wait. Any thread.

    Args:
        fields: What of each card, as `nvidia-smi --help-query-gpu` calls it.
    """

    def __init__(self, fields: Sequence[str]) -> None:
        self._process: subprocess.Popen[str] | None = None
        program = shutil.which(_PROGRAM)
        if program is None:
            return
        command = [program, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"]
        with contextlib.suppress(OSError):  # a program that cannot be started is no driver
            self._process = subprocess.Popen(  # noqa: S603 - a fixed command
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                text=True,
                creationflags=_NO_WINDOW,
            )

    @property
    def is_answered(self) -> bool:
        """Return whether `answer` returns at once."""
        return self._process is None or self._process.poll() is not None

    def answer(self, *, timeout_s: float = 5.0) -> list[list[str]] | None:
        """Return the fields of each card; None without a driver, or where it does not answer."""
        if self._process is None:
            return None
        try:
            words, _ = self._process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self.close()
            return None
        if self._process.returncode:
            return None
        return [[field.strip() for field in line.split(",")] for line in words.splitlines()]

    def close(self) -> None:
        """End the question, answered or not."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
