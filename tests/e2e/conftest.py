"""The program in a process of its own on a virtual screen, and small projects to open with it."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from histoviewer.cli import main
from histoviewer.tiles.synthetic import write_dataset
from tests.e2e.disks import mounted

CHECKOUT = Path(__file__).parents[2]
TILES, TEST_TILES = 200, 50
LONGEST_S = 280.0


@dataclass(frozen=True)
class Played:
    """How a scenario ended.

    Args:
        code: Exit code of the program.
        found: What the scenario returned.
        complaints: Lines of the log at WARNING and above.
    """

    code: int
    found: dict[str, Any]
    complaints: list[str]


@pytest.fixture
def screen(virtual_screen: Mapping[str, str], private_home: Path) -> dict[str, str]:
    """The environment of a program with the test's own user folders, light colours, reader AB."""
    config = private_home / "config"
    config.mkdir(parents=True)
    settings = {"theme": "light", "reader": "AB", "starter_model": False}
    (config / "settings.json").write_text(json.dumps(settings))
    given = {name: virtual_screen[name] for name in ("DISPLAY", "QT_QPA_PLATFORM")}
    environment = {**os.environ, **given, "PYTHONUNBUFFERED": "1"}
    environment.pop("WAYLAND_DISPLAY", None)
    return environment


def command(scenario: str, *words: object) -> list[str]:
    """Return how to run a scenario; its pictures go to build/screenshots."""
    album = CHECKOUT / "build" / "screenshots" / scenario
    driver = [sys.executable, "-m", "tests.e2e.driver", scenario, str(album)]
    return [*driver, *(str(word) for word in words)]


@pytest.fixture
def play(screen: dict[str, str], private_home: Path) -> Callable[..., Played]:
    """Start the program with some words, let a scenario use its window, wait for its end."""

    def call(scenario: str, *words: object, **given: object) -> Played:
        told = {name.upper(): str(value) for name, value in given.items()}
        ended = subprocess.run(
            command(scenario, *words),
            cwd=CHECKOUT,
            env={**screen, **told},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        found = json.loads(ended.stdout.splitlines()[-1])
        return Played(ended.returncode, found, _complaints(private_home / "log"))

    return call


def _complaints(folder: Path) -> list[str]:
    lines = (folder / "histoviewer.log").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.search(r" (WARNING|ERROR|CRITICAL) ", line)]


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a headless verb with `--json`; return what it said."""

    def call(*words: object) -> Any:
        code = main([*(str(word) for word in words), "--json"])
        said = capfd.readouterr()
        assert code == 0, said.err
        return json.loads(said.out.splitlines()[-1])

    return call


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 labelled and 50 test tiles in the Kaggle layout. Never write to it."""
    folder = tmp_path_factory.mktemp("e2e") / "tiles"
    write_dataset(folder, tiles=TILES, test_tiles=TEST_TILES, seed=3)
    return folder


@pytest.fixture(scope="session")
def _packed(dataset: Path) -> Path:
    path = dataset.with_name("packed.histo")
    assert main(["import", str(dataset), str(path)]) == 0
    return path


@pytest.fixture
def packed(_packed: Path, tmp_path: Path) -> Path:
    """A packed project without a model, to write to."""
    return Path(shutil.copytree(_packed, tmp_path / "demo.histo"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 32 MiB where one may be mounted, else a folder."""
    place = tmp_path / "disk"
    with contextlib.ExitStack() as stack:
        stack.enter_context(mounted(place, megabytes=32))
        yield place
