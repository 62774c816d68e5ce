"""One golden tile has one score, whichever way its pixels take; blue in place of red is noticed.

Each way ends in pixels, or in a score. All are judged by one model, trained on the demo's tiles,
against what a real scoring wrote into `scores.npy`.
"""

import csv
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from histoviewer.cli import main
from histoviewer.domain.arrays import Int64, UInt8
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.source import TileSource
from histoviewer.services.exporting import export
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.tiles.synthetic import write_dataset
from histoviewer.ui.review.facts import CellFacts
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.loading import load
from tests.operations import perform

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras
]

GOLDEN, SIDE = "golden", 96
# Equal but for the rounding of bfloat16 (8 bits of mantissa) in batches put together otherwise.
TOLERANCE = 0.004
MARK = 28  # the sign of the label hides so much of a tile's corner in the grid, pixels


def golden_tile() -> UInt8:
    """Dark blue nuclei crowded in the middle of bright red: nothing is where it was if swapped."""
    tile = np.full((SIDE, SIDE, 3), (225, 70, 110), np.uint8)
    rng = np.random.default_rng(1)
    for x, y in rng.integers(30, 66, (30, 2)).tolist():
        cv2.circle(tile, (x, y), 5, (50, 25, 150), -1)
    return tile


@dataclass(frozen=True)
class Swapped:
    """Tiles with blue and red exchanged: the mistake that must be noticed."""

    right: TileSource

    @property
    def shape(self) -> tuple[int, ...]:
        return self.right.shape

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        return np.ascontiguousarray(self.right.gather(index, out)[..., ::-1])

    def original(self, index: int) -> UInt8:
        return np.ascontiguousarray(self.right.original(index)[..., ::-1])


@dataclass(frozen=True)
class Case:
    """The golden tile in an open project.

    Args:
        workspace: With a model and its scores; may be written to.
        index: The golden tile.
        score: What `scores.npy` says of it.
    """

    workspace: Workspace
    index: int
    score: float

    @property
    def model(self) -> Path:
        champion = self.workspace.session.ranking.model
        return self.workspace.project.model_folder(champion.id) / "model.keras"


@pytest.fixture(scope="module")
def scored(tmp_path_factory) -> Path:
    """A project of 170 tiles, the golden one among the test tiles, trained and scored."""
    folder = tmp_path_factory.mktemp("colour")
    dataset, path = folder / "tiles", folder / "p.histo"
    write_dataset(dataset, tiles=140, test_tiles=29, seed=4)
    assert cv2.imwrite(str(dataset / "test" / f"{GOLDEN}.tif"), golden_tile()[..., ::-1])
    with (dataset / "sample_submission.csv").open("a", encoding="utf-8") as sample:
        sample.write(f"{GOLDEN},0\n")
    assert main(["import", str(dataset), str(path)]) == 0
    assert main(["train", str(path), "--epochs", "4"]) == 0
    assert main(["score", str(path)]) == 0
    return path


@pytest.fixture
def case(scored, tmp_path):
    path = shutil.copytree(scored, tmp_path / "p.histo")
    with open_workspace(path, reader="AB") as workspace:
        index = workspace.session.tiles.index_of[GOLDEN]
        yield Case(workspace, index, float(workspace.session.scores[index]))


# -- the ways: each takes a case, a source of its pixels, a qtbot; returns the score at its end


def by_the_grid(case: Case, source: TileSource, qtbot: QtBot) -> float:
    """What the grid paints in native size, its mark apart."""
    grid = TileGrid()
    qtbot.addWidget(grid)
    grid.resize(400, 300)
    grid.show_project(len(case.workspace.session.tiles), _bare, source)
    only = np.array([case.index])
    grid.set_order(only)
    with qtbot.waitExposed(grid):
        grid.show()
    qtbot.waitUntil(lambda: grid.supply.has(only))
    x, y = grid.geometry_now().origin(0)
    margin = (grid.geometry_now().pitch - SIDE) // 2
    shown = as_rgb(grid.viewport().grab().toImage())
    grid.supply.close()
    tile = shown[y + margin :, x + margin :][:SIDE, :SIDE].copy()
    tile[:MARK, :MARK] = golden_tile()[:MARK, :MARK]
    return score_of(tile, case)


def _bare(tiles: Int64) -> CellFacts:
    no = np.zeros(len(tiles), bool)
    return CellFacts(
        labels=np.full(len(tiles), UNLABELLED, np.int8),
        decided=no,
        flagged=no,
        queued=no,
        disagrees=no,
        scores=np.full(len(tiles), np.nan, np.float32),
        problems=np.zeros(len(tiles), np.uint16),
        stale=no,
    )


def by_the_inspector(case: Case, source: TileSource, _qtbot: QtBot) -> float:
    """The original as the inspector shows it."""
    originals = case.workspace.originals
    shown = load(Swapped(originals) if isinstance(source, Swapped) else originals, case.index)
    assert shown.image is not None
    return score_of(as_rgb(shown.image), case)


def by_training(case: Case, source: TileSource, _qtbot: QtBot) -> float:
    """A batch as training draws it, before it is augmented."""
    from histoviewer.ml.batches import Plan, tile_batches

    pool, labels = np.array([case.index]), np.zeros(source.shape[0], np.int8)
    plan = Plan(pool=pool, labels=labels, sampling="all", batch=1, steps=1)
    tiles, _labels, _weights = next(tile_batches(plan, source, seed=0))
    return score_of(tiles[0], case)


def by_scoring(case: Case, source: TileSource, _qtbot: QtBot) -> float:
    """The scores file of a scoring anew."""
    return float(np.load(score_anew(case, source))[case.index])


def by_export(case: Case, source: TileSource, _qtbot: QtBot) -> float:
    """The submission exported after a scoring anew."""
    score_anew(case, source)
    out = case.workspace.project.path.with_name("out.csv")
    perform(export(workspace=case.workspace, out=out))
    with out.open(encoding="utf-8", newline="") as file:
        return float({row["id"]: row["label"] for row in csv.DictReader(file)}[GOLDEN])


WAYS = [by_the_grid, by_the_inspector, by_training, by_scoring, by_export]
Way = Callable[[Case, TileSource, QtBot], float]


def score_anew(case: Case, source: TileSource) -> Path:
    from histoviewer.ml import work
    from histoviewer.ml.requests import ScoreRequest

    project = case.workspace.project
    out = project.scores_path(case.workspace.session.ranking.model.id)
    fingerprint = project.info.data_fingerprint
    request = ScoreRequest(tiles=source, model=case.model, out=out, fingerprint=fingerprint)
    for _ in work.score(request, lambda: False):
        pass
    return out


def score_of(tile: UInt8, case: Case) -> float:
    """Return what the model says of raw pixels."""
    from histoviewer.ml.predicting import load_model

    return float(load_model(case.model).predict_on_batch(tile[None])[0, 0])


def as_rgb(image: QImage) -> UInt8:
    """Return the pixels of an image as (H, W, 3) uint8 RGB, copied: Qt frees its own at the end."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1).copy()
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_golden_tile_one_score(way: Way, case: Case, qtbot: QtBot) -> None:
    assert case.workspace.packed is not None
    assert way(case, case.workspace.packed, qtbot) == pytest.approx(case.score, abs=TOLERANCE)


@pytest.mark.parametrize("way", WAYS)
def test_blue_in_place_of_red_is_noticed_on_every_way(way: Way, case: Case, qtbot: QtBot) -> None:
    assert case.workspace.packed is not None
    wrong = way(case, Swapped(case.workspace.packed), qtbot)
    assert abs(wrong - case.score) > 5 * TOLERANCE


PLAIN = """
import json, sys
from pathlib import Path
import keras
import numpy as np
project, model, out = map(Path, sys.argv[1:])
shape = json.loads((project / "tiles.json").read_text())["shape"]
tiles = np.memmap(project / "tiles.u8", np.uint8, "r", shape=tuple(shape))
np.save(out, keras.saving.load_model(model).predict(np.asarray(tiles), verbose=0)[:, 0])
assert "histoviewer" not in sys.modules
"""


def test_plain_keras_scores_the_packed_tiles_the_same(case: Case, tmp_path) -> None:
    out, project = tmp_path / "plain.npy", case.workspace.project.path
    arguments = [sys.executable, "-c", PLAIN, str(project), str(case.model), str(out)]
    ended = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    np.testing.assert_allclose(np.load(out), case.workspace.session.scores, atol=TOLERANCE)
