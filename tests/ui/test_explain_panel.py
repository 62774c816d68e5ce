"""What the model looked at, beside the tile, in the real window and with a real model."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from histoviewer.domain.explanation import Method, Side
from histoviewer.domain.recipe import read_recipe
from histoviewer.services.opening import open_workspace
from histoviewer.services.retraining import train_and_score
from histoviewer.ui.explain.panel import ExplainPanel
from tests.ml.helpers import TINY
from tests.operations import perform
from tests.ui.conftest import PATIENCE_MS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def trained_path(packed_project: Path, tmp_path_factory) -> Path:
    """A project with a trained model. Copy it before opening it."""
    path = tmp_path_factory.mktemp("explain") / "small.histo"
    shutil.copytree(packed_project, path)
    with open_workspace(path, reader="AB") as workspace:
        perform(train_and_score(workspace=workspace, recipe=read_recipe(TINY, "tiny"), epochs=1))
    return path


@pytest.fixture
def panel(open_window, trained_path: Path, tmp_path: Path) -> ExplainPanel:
    """The panel on a project with a model; closed."""
    path = Path(shutil.copytree(trained_path, tmp_path / "small.histo"))
    page = open_window(path).pages.current
    return page.inspector.findChild(ExplainPanel)


def explained(panel: ExplainPanel):
    return None if panel._shown is None else panel._shown[0]


def test_the_current_tile_is_explained_and_then_the_next(panel, qtbot) -> None:
    grid = panel.window().pages.current.grid
    grid.go_to_place(0)
    assert explained(panel) is None

    panel.button.click()

    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    assert explained(panel).tiles.tolist() == [grid.current]
    assert "Grad-CAM at" in panel.caption.text()
    assert panel.picture.image is not None
    assert panel.layer.count() > 1

    grid.go_to_place(1)

    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    assert explained(panel).tiles.tolist() == [grid.current]

    panel.method.setCurrentIndex(panel.method.findData(Method.OCCLUSION))
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    assert panel.caption.text().startswith("Occlusion")
    assert not panel.layer.isEnabled()


def test_the_other_sides_evidence_needs_nothing_new(panel, qtbot, tmp_path, monkeypatch) -> None:
    panel.window().pages.current.grid.go_to_place(0)
    panel.button.click()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    first = explained(panel)

    panel.side.setCurrentIndex(panel.side.findData(Side.NEGATIVE))

    assert explained(panel).raw is first.raw
    assert not np.array_equal(explained(panel).maps, first.maps)
    out = tmp_path / "map.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    panel.save.click()
    qtbot.waitUntil(lambda: "Saved" in panel.caption.text(), timeout=PATIENCE_MS)
    assert out.read_bytes().startswith(b"\x89PNG")


def test_a_hidden_tile_is_not_explained(panel, qtbot) -> None:
    window = panel.window()
    window.bench.workspace.session.blind = True
    window.pages.current.grid.go_to_place(0)

    panel.button.click()

    qtbot.waitUntil(lambda: "Hidden" in panel.caption.text(), timeout=PATIENCE_MS)
    assert explained(panel) is None
    assert not window.bench.interactive.is_busy


def test_a_model_whose_file_is_gone_is_a_sentence_in_the_panel(panel, qtbot) -> None:
    project = panel.window().bench.workspace.project
    (project.model_folder(project.champion()) / "model.keras").unlink()
    panel.window().pages.current.grid.go_to_place(0)

    panel.button.click()

    qtbot.waitUntil(lambda: "missing" in panel.caption.text(), timeout=PATIENCE_MS)
    assert panel.window().notices.notices == []
