"""A compute process for the tests of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from histoviewer.jobs.compute import ComputeProcess
from histoviewer.jobs.job import Job


@pytest.fixture(scope="module")
def warm() -> Iterator[ComputeProcess]:
    """One process for the tests that leave it sound."""
    with ComputeProcess() as process:
        yield process


@pytest.fixture
def compute(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ComputeProcess]]:
    """Makes processes that end with the test."""
    made: list[ComputeProcess] = []

    def make(**options: Any) -> ComputeProcess:
        made.append(ComputeProcess(**options))
        return made[-1]

    yield make
    for process in made:
        process.close()


@pytest.fixture
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that temporary files go to, empty at first."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def job(body: str, request: object = None, **options: Any) -> Job:
    """A job that runs one of `tests.jobs.bodies`."""
    return Job(title=body, target=f"tests.jobs.bodies:{body}", request=request, **options)
