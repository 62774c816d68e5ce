"""The window and its parts on real projects, offscreen."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from histoviewer import app as composition
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.recipe import read_recipe
from histoviewer.domain.tiles import Split
from histoviewer.files import digest_of, whole_file
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.unfinished import UnfinishedRows
from histoviewer.project.project import Project
from histoviewer.services import embedding
from histoviewer.services.embedding_file import embeddings_path
from histoviewer.services.explaining import explain
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.retraining import train
from histoviewer.tiles.synthetic import write_dataset
from histoviewer.ui import lanes
from histoviewer.ui.lanes import TaskLane
from histoviewer.ui.tasks import Task
from histoviewer.ui.theme import Mode, Theme
from histoviewer.ui.window import MainWindow
from tests.ml.helpers import TINY
from tests.operations import perform

PATIENCE_MS = 60_000
EMBEDDING_MODEL = "001-test"


@pytest.fixture(scope="session", autouse=True)
def _own_application_name(qapp: QApplication) -> None:
    qapp.setApplicationName("histoviewer-tests")


@pytest.fixture
def plain_looks(qapp: QApplication) -> Iterator[None]:
    """Give the application its font, palette and style back: themes set them for all windows."""
    font, palette = QFont(qapp.font()), QPalette(qapp.palette())
    yield
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture
def theme(qapp: QApplication, plain_looks: None) -> Iterator[Theme]:
    made = Theme(qapp, Mode.LIGHT)
    yield made
    made.deleteLater()


@pytest.fixture
def lane(qapp: QApplication) -> Iterator[TaskLane]:
    """A lane whose child imports nothing ahead."""
    made = TaskLane(Lane.FILES)
    yield made
    made.close()


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 labelled and 12 test tiles in the Kaggle layout. Never write to it."""
    folder = tmp_path_factory.mktemp("window") / "tiles"
    write_dataset(folder, tiles=60, test_tiles=12, seed=3)
    return folder


@pytest.fixture(scope="session")
def packed_project(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packed project. Copy it before opening it."""
    path = tmp_path_factory.mktemp("window") / "small.histo"
    options = ImportOptions(groups=dataset / "groups.csv")
    operation = import_dataset(dataset=dataset, path=path, options=options)
    perform(operation)
    return path


@pytest.fixture
def project_path(packed_project: Path, tmp_path: Path) -> Path:
    """A packed project of the test's own."""
    return Path(shutil.copytree(packed_project, tmp_path / "small.histo"))


@pytest.fixture
def ranked_path(project_path: Path) -> Path:
    """A packed project with two models that scored every tile, the first being champion."""
    with Project.open(project_path) as project:
        for number in (1, 2):
            add_model(project, number)
        project.set_champion("001-test", reason="test")
    return project_path


@pytest.fixture(scope="session")
def explained_project(packed_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a trained champion, whose Grad-CAM maps of all tiles are kept. Copy it."""
    path = tmp_path_factory.mktemp("explained") / "small.histo"
    shutil.copytree(packed_project, path)

    def prepare(workspace: Workspace) -> Operation[None]:
        yield from train(workspace=workspace, recipe=read_recipe(TINY, "tiny"), epochs=1)
        yield from explain(
            workspace=workspace, tiles=np.arange(workspace.project.tile_count, dtype=np.int64)
        )

    with open_workspace(path, reader="AB") as workspace:
        perform(prepare(workspace))
    return path


@pytest.fixture
def explained_path(explained_project: Path, tmp_path: Path) -> Path:
    """A project of the test's own with a champion and its maps: they need no compute process."""
    return Path(shutil.copytree(explained_project, tmp_path / "small.histo"))


@pytest.fixture
def embedded_path(ranked_path: Path) -> Path:
    """A project whose champion has embeddings on a circle: neighbours by index are the nearest."""
    with Project.open(ranked_path) as project:
        embed_on_circle(project)
    return ranked_path


def embed_on_circle(project: Project) -> None:
    """Give the model of `EMBEDDING_MODEL` a file, and embeddings by it that lie on a circle."""
    model = project.model_folder(EMBEDDING_MODEL) / "model.keras"
    model.write_bytes(b"a network")
    count = project.tile_count
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    key = {
        "model": digest_of(model),
        "fingerprint": project.info.data_fingerprint,
        "count": count,
    }
    rows = UnfinishedRows(
        embeddings_path(project, EMBEDDING_MODEL),
        key,
        shape=(count, 2),
        dtype=np.dtype(np.float16),
        what="the embeddings",
    )
    with rows.opened():
        rows.write(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float16))
    rows.finish()


def add_model(project: Project, number: int) -> None:
    """Enter a model with random scores, as scoring leaves it, without the cost of training."""
    record = ModelRecord(
        id=f"{number:03d}-test",
        number=number,
        recipe="test",
        created=datetime.now(UTC),
        seed=0,
        parent=None,
        learned_through=0,
        data_fingerprint=str(project.info.data_fingerprint),
        metrics={"val_auc": 0.9 + number / 100},
    )
    project.model_folder(record.id).mkdir(parents=True)
    scores = np.random.default_rng(number).random(project.tile_count, np.float32)
    with whole_file(project.scores_path(record.id)) as stream:
        np.save(stream, scores)
    tiles = project.tiles()
    with whole_file(project.learned_path(record.id)) as stream:
        np.save(stream, np.where(tiles.splits == Split.TRAIN, tiles.given, -1).astype(np.int8))
    facts = {"fingerprint": project.info.data_fingerprint, "tta": False}
    project.scores_path(record.id).with_suffix(".json").write_text(json.dumps(facts))
    project.add_model(record)


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, plain_looks: None
) -> Iterator[MainWindow]:
    """The real window with its pages, on the welcome page. Its children import nothing ahead."""
    for lane in (Lane.BATCH, Lane.INTERACTIVE):
        monkeypatch.setitem(lanes._PRELOAD, lane, ())
    made = composition.make_window(qapp)  # not qtbot's: that would delete it with jobs running
    # A model of its own would rank what a test has packed.
    made.preferences.remember(replace(made.preferences.settings, starter_model=False))
    made.begin(None, warm_up=False)
    qtbot.waitUntil(lambda: bool(made.pages.pages), timeout=PATIENCE_MS)
    made.activateWindow()
    yield made
    for lane in made.bench.lanes:
        lane.abandon()
    qtbot.waitUntil(lambda: not made.bench.is_busy, timeout=PATIENCE_MS)
    made.close()
    # By itself, when all is written. A test may have hidden it: that is not closed.
    qtbot.waitUntil(lambda: made._is_closed, timeout=PATIENCE_MS)
    made.deleteLater()
    # Now, or the next change of looks would give each of its widgets another style first.
    qapp.sendPostedEvents(made, QEvent.Type.DeferredDelete)


@pytest.fixture
def open_window(window: MainWindow, qtbot: QtBot) -> Callable[[Path], MainWindow]:
    """Opens a project in the real window and waits for the first tiles."""

    def open_project(path: Path) -> MainWindow:
        window.opener.open(path)
        qtbot.waitUntil(lambda: window.front.shows_project, timeout=PATIENCE_MS)
        page = window.pages.current
        qtbot.waitUntil(lambda: len(page.grid.order) > 0, timeout=PATIENCE_MS)
        return window

    return open_project


def lose_embeddings(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the embeddings of a model; embedding gives them back at once."""
    embeddings = model / "embeddings.npy"
    whole = embeddings.read_bytes()
    embeddings.unlink()

    def embed(*, workspace: Workspace, model_id: str | None) -> Operation[None]:
        embeddings.write_bytes(whole)
        yield from ()

    monkeypatch.setattr(embedding, "embed", embed)


def begin_training(window: MainWindow) -> Task:
    """Let something run in the lane of trainings until it is withdrawn."""
    bench = window.bench
    return bench.submit(bench.batch, "Train", lambda: operation(("until_cancelled", None)))


def operation(*bodies: tuple[str, object]) -> Operation[list[object]]:
    """Run some bodies of the tests one after the other; return their results."""
    results = []
    for body, request in bodies:
        target = f"tests.jobs.bodies:{body}"
        results.append((yield Job(title=body, target=target, request=request, lane=Lane.FILES)))
    return results
