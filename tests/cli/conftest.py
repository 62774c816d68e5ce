"""Running verbs through the real `main()`."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from histoviewer.cli import main
from histoviewer.tiles.synthetic import write_dataset


@dataclass(frozen=True)
class Outcome:
    """What a verb printed and returned."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The object on the last line of stdout."""
        return json.loads(self.out.strip().splitlines()[-1])


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a verb."""

    def call(*words: object) -> Outcome:
        code = main([str(word) for word in words])
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """80 labelled and 16 test tiles in the Kaggle layout. Never write to it."""
    folder = tmp_path_factory.mktemp("cli") / "tiles"
    write_dataset(folder, tiles=80, test_tiles=16, seed=5)
    return folder


@pytest.fixture
def project(run: Callable[..., Outcome], dataset: Path, tmp_path: Path) -> Path:
    """A packed project without a model."""
    path = tmp_path / "p.histo"
    assert run("import", dataset, path).code == 0
    return path
