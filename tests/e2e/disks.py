"""Disks that fill up: a small one in memory where it may be mounted, else a limited database."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from histoviewer.project.project import Project


class Room(Protocol):
    """Something that there can be no more of."""

    def take(self) -> None:
        """Leave no room."""

    def give(self) -> None:
        """Make room again."""


class Filler:
    """A file that takes what is left of a disk.

    Args:
        disk: Where it is mounted.
    """

    def __init__(self, disk: Path) -> None:
        self._file = disk / "filler"

    def take(self) -> None:
        with self._file.open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:  # full, but for less than a block
                return

    def give(self) -> None:
        self._file.unlink()


class PageLimit:
    """SQLite itself is told that there is no room, where no small disk may be mounted."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def take(self) -> None:
        self._limit(1)

    def give(self) -> None:
        self._limit(2**30)

    def _limit(self, pages: int) -> None:
        with self._project._database.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def room_of(project: Project) -> Room:
    """Return what can take the room of a project on a small disk, or on another one."""
    disk = project.path.parent
    return Filler(disk) if disk.is_mount() else PageLimit(project)


@contextmanager
def mounted(place: Path, *, megabytes: int) -> Iterator[bool]:
    """Mount a small disk; yields whether that is permitted."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    permitted = (
        sys.platform.startswith("linux")
        and shutil.which("mount") is not None
        and subprocess.run(command, check=False, capture_output=True).returncode == 0
    )
    try:
        yield permitted
    finally:
        if permitted:
            subprocess.run(["umount", str(place)], check=True)
