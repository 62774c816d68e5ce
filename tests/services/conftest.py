"""Projects and sessions for the tests of the use cases."""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tiles import TileTable
from histoviewer.domain.verdicts import Batch, VerdictLog
from histoviewer.files import whole_file
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.runner import drive
from histoviewer.project.project import Project
from histoviewer.resources import resource
from histoviewer.services.backends import environment_of
from histoviewer.services.embedding import embed
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.ranking import Ranking
from histoviewer.services.reviewing import ReviewSession
from histoviewer.tiles.synthetic import write_dataset
from tests.operations import perform


@pytest.fixture(scope="session")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 labelled and 12 test tiles in the Kaggle layout. Never write to it."""
    folder = tmp_path_factory.mktemp("small") / "tiles"
    write_dataset(folder, tiles=60, test_tiles=12, seed=3)
    return folder


@pytest.fixture
def project_path(small_set: Path, tmp_path: Path) -> Path:
    """A packed project of the small set."""
    path = tmp_path / "small.histo"
    options = ImportOptions(groups=small_set / "groups.csv")
    operation = import_dataset(dataset=small_set, path=path, options=options)
    perform(operation)
    return path


@pytest.fixture
def workspace(project_path: Path):
    """The packed project, open."""
    with open_workspace(project_path, reader="AB") as opened:
        yield opened


@pytest.fixture(scope="session")
def add_scored_model() -> Callable[..., ModelRecord]:
    """Enter a model with given scores, as scoring leaves it, without the cost of training one."""

    def add(workspace: Workspace, scores: np.ndarray, *, fingerprint=None, tta=False, **changes):
        project: Project = workspace.project
        number = len(project.models()) + 1
        data = workspace.project.info.data_fingerprint
        record = ModelRecord(
            id=f"{number:03d}-test",
            number=number,
            recipe="test",
            created=datetime.now(UTC),
            seed=0,
            parent=None,
            learned_through=0,
            data_fingerprint=data,
            metrics={"val_auc": 0.9},
        )
        record = replace(record, **changes)
        path = project.scores_path(record.id)
        path.parent.mkdir(parents=True)
        learned = np.full(project.tile_count, -1, np.int8)
        np.save(path, scores.astype(np.float32))
        np.save(project.learned_path(record.id), learned)
        with whole_file(path.with_suffix(".json")) as stream:
            stream.write(json.dumps({"fingerprint": fingerprint or data, "tta": tta}).encode())
        project.add_model(record)
        project.set_champion(record.id, reason="test")
        return record

    return add


@pytest.fixture(scope="module")
def process():
    """One process for all of these tests, as the interactive lane has one for all its tasks."""
    with LaneProcess() as made:
        made.warm_up(environment_of(None))  # here, so that no test seems to leave it behind
        yield made


@pytest.fixture
def ask(process):
    """Drive an operation; note its jobs."""

    def perform(operation):
        perform.jobs = []
        return drive(operation, run=process.run, on_job=perform.jobs.append)

    return perform


@pytest.fixture(scope="session")
def model_file() -> bytes:
    """The network that comes with the program."""
    with zipfile.ZipFile(resource("models", "starter.histomodel")) as bundle:
        return bundle.read("model.keras")


@pytest.fixture
def model(workspace, add_scored_model, model_file):
    """The champion, with a real network."""
    record = add_scored_model(workspace, np.zeros(workspace.project.tile_count))
    (workspace.project.model_folder(record.id) / "model.keras").write_bytes(model_file)
    return record


@pytest.fixture(scope="module")
def embedded_project(
    small_set: Path,
    tmp_path_factory: pytest.TempPathFactory,
    process: LaneProcess,
    add_scored_model: Callable[..., ModelRecord],
    model_file: bytes,
) -> Path:
    """A project embedded by its champion. Copy it before opening it."""
    path = tmp_path_factory.mktemp("embedded") / "p.histo"
    perform(import_dataset(dataset=small_set, path=path, options=ImportOptions()))
    with open_workspace(path, reader="AB") as opened:
        record = add_scored_model(opened, np.zeros(opened.project.tile_count))
        (opened.project.model_folder(record.id) / "model.keras").write_bytes(model_file)
        drive(embed(workspace=opened), run=process.run)
    return path


@pytest.fixture
def embedded(embedded_project: Path, tmp_path: Path) -> Iterator[Workspace]:
    """The project, embedded by its champion, open."""
    path = Path(shutil.copytree(embedded_project, tmp_path / "p.histo"))
    with open_workspace(path, reader="AB") as opened:
        yield opened


@pytest.fixture
def make_session() -> Callable[..., tuple[ReviewSession, list[Batch]]]:
    """Make a session over plain values; its batches land in the list returned with it."""

    def make(*, given, scores=None, splits=None, problems=None):
        count = len(given)
        batches: list[Batch] = []
        tiles = TileTable(
            ids=[f"t{index}" for index in range(count)],
            locations=[f"t{index}.png" for index in range(count)],
            given=np.array(given, np.int8),
            splits=np.zeros(count, np.int8) if splits is None else np.array(splits, np.int8),
            groups=np.full(count, -1, np.int32),
            group_names=[],
            problems=np.zeros(count, np.uint16)
            if problems is None
            else np.array(problems, np.uint16),
        )
        values = np.full(count, np.nan) if scores is None else np.array(scores)
        session = ReviewSession(
            tiles=tiles,
            log=VerdictLog(count),
            classes=ClassNames("normal", "tumour"),
            reader="AB",
            ranking=Ranking(model=None, scores=values.astype(np.float32), learned=None),
            record=batches.append,
        )
        return session, batches

    return make
