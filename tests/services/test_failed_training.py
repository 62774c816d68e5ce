"""What a project looks like after a training failed: as it did before, be it the GPU that went."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.models import ModelRecord
from histoviewer.domain.recipe import load_recipe, read_recipe
from histoviewer.domain.tiles import Split
from histoviewer.errors import DeviceError, InputError, StorageError
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.runner import drive
from histoviewer.project.project import Project
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.retraining import train
from tests.cli.test_search_verb import BOUNDLESS
from tests.ml.helpers import TINY
from tests.operations import perform

FAULT = "INTERNAL: stream is in an error state: CUDA_ERROR_LAUNCH_FAILED"
DEEP = 'title = "Deep"\nblocks = [' + '{ kind = "pool", size = 4 },' * 4 + "]"

# What is wrong: the recipe, and the split whose tiles a reader said are all of one class.
IMPOSSIBLE = {
    "a loss that is no number": (
        BOUNDLESS,
        None,
        r"^The loss is no longer a number: training has diverged\. Lower the recipe's learning",
    ),
    "training tiles of one class": (
        TINY,
        Split.TRAIN,
        r"^All \d+ training tiles are positive; both classes are needed\. Add training tiles",
    ),
    "validation tiles of one class": (
        TINY,
        Split.VALIDATION,
        r"^All \d+ validation tiles are positive; both classes are needed\. Add validation tiles",
    ),
    "a net too deep for the tiles": (
        DEEP,
        None,
        r"^The network of the recipe 'mine' does not fit tiles of 96 pixels\. Choose another",
    ),
}


@pytest.fixture(scope="module")
def championed(
    small_set: Path,
    tmp_path_factory: pytest.TempPathFactory,
    add_scored_model: Callable[..., ModelRecord],
) -> Path:
    """A packed project with a champion. Copy it before opening it."""
    path = tmp_path_factory.mktemp("championed") / "p.histo"
    perform(import_dataset(dataset=small_set, path=path, options=ImportOptions()))
    with open_workspace(path, reader="AB") as opened:
        add_scored_model(opened, np.full(opened.project.tile_count, 0.2))
    return path


@pytest.fixture
def workspace(championed: Path, tmp_path: Path) -> Iterator[Workspace]:
    """The project with some verdicts, open."""
    path = Path(shutil.copytree(championed, tmp_path / "p.histo"))
    with open_workspace(path, reader="AB") as opened:
        opened.session.label([0, 1, 2], 1)
        yield opened


def recorded(project: Path) -> tuple[dict[Path, bytes | None], list[str]]:
    """Return each file of a project byte for byte, and its database row for row."""
    paths = [path for path in project.rglob("*") if not path.name.startswith("project.")]
    with closing(sqlite3.connect(project / "project.db")) as database:
        rows = list(database.iterdump())
    return {path: path.read_bytes() if path.is_file() else None for path in paths}, rows


def losing(process: LaneProcess, job, on_update, *, body: str):
    """Run a job whose GPU goes in its middle."""
    lost = replace(job, target=f"tests.jobs.bodies:{body}", request=FAULT)
    return process.run(lost, on_update)


@pytest.mark.parametrize("body", ["lose_device", "lose_device_and_die"])
@pytest.mark.parametrize("use_case", [train, partial(train, scores_first=False)])
def test_the_champion_and_all_that_is_recorded_stay(workspace, use_case, body):
    before = recorded(workspace.project.path)

    with LaneProcess() as process, pytest.raises(DeviceError, match="The GPU stopped answering"):
        drive(
            use_case(workspace=workspace, recipe=load_recipe("histo-fast")),
            run=partial(losing, process, body=body),
        )

    assert workspace.project.champion() == "001-test"
    assert recorded(workspace.project.path) == before


def test_they_stay_where_what_was_trained_cannot_be_entered(workspace, process, monkeypatch):
    before = recorded(workspace.project.path)

    def refuse(*_: object) -> None:
        raise StorageError("There is no space left to write the project.")

    monkeypatch.setattr(Project, "add_model", refuse)
    with pytest.raises(StorageError, match="no space left"):
        drive(
            train(workspace=workspace, recipe=read_recipe(TINY, "tiny"), epochs=1), run=process.run
        )

    assert recorded(workspace.project.path) == before


@pytest.mark.parametrize("fault", IMPOSSIBLE)
def test_they_stay_where_a_training_comes_to_nothing(workspace, process, fault):
    text, one_class, sentence = IMPOSSIBLE[fault]
    session = workspace.session
    session.label(np.flatnonzero(session.tiles.splits == one_class), 1)
    before = recorded(workspace.project.path)

    with pytest.raises(InputError, match=sentence):
        drive(train(workspace=workspace, recipe=read_recipe(text, "mine")), run=process.run)

    assert workspace.project.champion() == "001-test"
    assert recorded(workspace.project.path) == before
