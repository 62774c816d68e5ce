"""Projects and disks to test with."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from histoviewer.project.project import Project
from tests.project.samples import catalogue

NOBODY = 65534


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An open project of ten tiles."""
    with Project.create(tmp_path / "mice.histo", catalogue=catalogue(), tile_size=96) as made:
        yield made


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def no_right() -> Callable[[Path], AbstractContextManager[None]]:
    """Take the right to write to a folder away for a while, even from the superuser."""
    if sys.platform == "win32":
        pytest.skip("needs rights as POSIX has them")

    @contextmanager
    def take(folder: Path) -> Iterator[None]:
        user = os.geteuid()
        folder.chmod(0o555)
        if user == 0:
            os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(user)
            folder.chmod(0o755)

    return take


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("needs the right to mount a small disk; test_full_database does without")
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk; test_full_database does without")
    yield place
    subprocess.run(["umount", str(place)], check=True)
