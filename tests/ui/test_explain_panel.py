"""What the model looked at, beside the tile, in the real window and with a real model."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from histoviewer.domain.explanation import Cover, MapSettings, Method, SanityStep, Side
from histoviewer.files import digest_of
from histoviewer.ml.explain_requests import SanityResult
from histoviewer.project.project import Project
from histoviewer.services.explained import judge
from histoviewer.services.map_store import Cells, MapStore, digest_pixels
from histoviewer.services.networks import EXPLANATIONS
from histoviewer.services.opening import open_workspace
from histoviewer.services.triage_scores import TriageScores
from histoviewer.ui.explain.panel import ExplainPanel
from histoviewer.ui.explain.trust import TrustCheck
from histoviewer.ui.workbench import Workbench
from tests.project import samples
from tests.ui.conftest import PATIENCE_MS, add_model
from tests.ui.file_dialogs import then, type_name

pytestmark = pytest.mark.slow


@pytest.fixture
def panel(open_window, explained_path: Path) -> ExplainPanel:
    """The panel on a project with a model; closed."""
    page = open_window(explained_path).pages.current
    return page.inspector.findChild(ExplainPanel)


def add_copy_of_champion(path: Path) -> None:
    """Enter a second model that has the first one's network."""
    with Project.open(path) as project:
        network = project.model_folder(project.champion()) / "model.keras"
        add_model(project, 2)
        shutil.copy(network, project.model_folder("002-test"))


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
    qtbot.waitUntil(lambda: panel.choices.layer.count() > 1, timeout=PATIENCE_MS)

    grid.go_to_place(1)

    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    assert explained(panel).tiles.tolist() == [grid.current]

    panel.choices.method.setCurrentIndex(panel.choices.method.findData(Method.OCCLUSION))
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    assert panel.caption.text().startswith("Occlusion")
    assert not panel.choices.layer.isEnabled()


def test_the_other_sides_evidence_needs_nothing_new(panel, qtbot, tmp_path) -> None:
    panel.window().pages.current.grid.go_to_place(0)
    panel.button.click()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    first = explained(panel)

    panel.choices.side.setCurrentIndex(panel.choices.side.findData(Side.NEGATIVE))

    assert explained(panel).raw is first.raw
    assert not np.array_equal(explained(panel).maps, first.maps)
    out = tmp_path / "map.png"
    then(type_name(out))
    panel.save.click()
    qtbot.waitUntil(lambda: "Saved" in panel.caption.text(), timeout=PATIENCE_MS)
    assert out.read_bytes().startswith(b"\x89PNG")


def test_an_empty_map_says_so(open_window, explained_path, qtbot) -> None:
    with open_workspace(explained_path, reader="AB") as workspace:
        folder = workspace.project.model_folder(workspace.project.champion())
        tiles = np.arange(workspace.project.tile_count)
        ramp = np.arange(16, dtype=np.float32).reshape(4, 4)
        maps = Cells(
            layer="last",
            logits=np.ones(len(tiles), np.float32),
            cells=np.tile(ramp, (len(tiles), 1, 1)),
        )
        stamp = {"model": digest_of(folder / "model.keras"), **MapSettings().key}
        prints = digest_pixels(workspace.pixels.gather(tiles))
        MapStore(folder / EXPLANATIONS, stamp).write(tiles, prints, maps)
    panel = open_window(explained_path).pages.current.inspector.findChild(ExplainPanel)
    panel.window().pages.current.grid.go_to_place(0)
    panel.button.click()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    assert "empty" not in panel.caption.text()

    qtbot.keyClick(panel.choices.side, Qt.Key.Key_Down)

    assert "The map is empty: no part of the tile stands out against" in panel.caption.text()
    qtbot.keyClick(panel.choices.side, Qt.Key.Key_Up)
    assert "empty" not in panel.caption.text()


def test_saliency_has_no_side_to_choose(panel, qtbot) -> None:
    choices = panel.choices
    qtbot.keyClick(choices.side, Qt.Key.Key_Down)
    assert choices.stretch.side is Side.NEGATIVE

    qtbot.keyClick(choices.method, Qt.Key.Key_Down)

    assert choices.settings.method is Method.SALIENCY
    assert choices.stretch.side is Side.POSITIVE
    assert not choices.side.isEnabled()
    assert "has no side" in choices.side.toolTip()
    qtbot.keyClick(choices.method, Qt.Key.Key_Down)
    assert choices.side.isEnabled()
    assert choices.stretch.side is Side.NEGATIVE


def test_what_covers_is_chosen_for_occlusion_and_remembered_beside_other_methods(
    panel, qtbot
) -> None:
    choices = panel.choices
    assert not choices.cover.isEnabled()
    qtbot.keyClick(choices.method, Qt.Key.Key_End)
    assert choices.settings == MapSettings(method=Method.OCCLUSION)

    qtbot.keyClick(choices.cover, Qt.Key.Key_Down)

    assert choices.cover.currentText() == "mean"
    assert choices.settings == MapSettings(method=Method.OCCLUSION, cover=Cover.MEAN)
    qtbot.keyClick(choices.method, Qt.Key.Key_Home)
    assert choices.settings == MapSettings()  # maps of other methods stay as they are
    assert not choices.cover.isEnabled()
    qtbot.keyClick(choices.method, Qt.Key.Key_End)
    assert choices.settings.cover is Cover.MEAN


def test_another_cover_is_another_map(panel, qtbot) -> None:
    panel.window().pages.current.grid.go_to_place(0)
    qtbot.keyClick(panel.choices.method, Qt.Key.Key_End)
    panel.button.click()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    white = explained(panel)

    qtbot.keyClick(panel.choices.cover, Qt.Key.Key_Down)

    assert explained(panel) is None
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    assert explained(panel).settings.cover is Cover.MEAN
    assert not np.array_equal(explained(panel).raw, white.raw)


@pytest.mark.parametrize("other", ["scores", "champion"])
def test_the_layer_that_was_chosen_stays_chosen(
    open_window, explained_path, qtbot, other: str
) -> None:
    add_copy_of_champion(explained_path)
    window = open_window(explained_path)
    panel = window.pages.current.inspector.findChild(ExplainPanel)
    window.pages.current.grid.go_to_place(0)
    panel.button.click()
    qtbot.waitUntil(lambda: panel.choices.layer.count() > 1, timeout=PATIENCE_MS)
    qtbot.keyClick(panel.choices.layer, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    chosen = panel.choices.settings.layer
    assert explained(panel).layer == chosen

    if other == "champion":
        window.bench.promote("002-test")
        qtbot.waitUntil(lambda: window.bench.champion.number == 2, timeout=PATIENCE_MS)
    else:
        window.bench.changed.emit(TriageScores().give_to(window.bench.workspace.session))
        assert panel.choices.settings.layer == chosen

    qtbot.waitUntil(
        lambda: explained(panel) is not None and explained(panel).layer == chosen,
        timeout=PATIENCE_MS,
    )
    assert explained(panel).model.id == window.bench.champion.id
    assert panel.choices.layer.currentText() == chosen


def test_a_map_is_checked_in_one_sentence_that_goes_with_its_tile(panel, qtbot) -> None:
    grid, trust = panel.window().pages.current.grid, panel.trust
    grid.go_to_place(0)
    panel.button.click()
    assert not trust.button.isEnabled()
    assert "no map" in trust.button.toolTip()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)

    trust.button.setFocus()
    qtbot.keyClick(trust.button, Qt.Key.Key_Space)

    assert trust.verdict.text() == "Checking…"
    assert not trust.button.isEnabled()
    assert grid.hasFocus()  # and not the button beside it, which the next Space would press
    qtbot.waitUntil(lambda: "model 1" in trust.verdict.text(), timeout=PATIENCE_MS)
    assert "random weights" in trust.verdict.text()
    assert "mean of 8 tiles" in trust.verdict.text()
    assert trust.verdict.isVisible()
    assert trust.button.isEnabled()
    panel.choices.strength.setValue(1)
    assert "model 1" in trust.verdict.text()  # it is the same map

    grid.go_to_place(1)

    assert trust.verdict.text() == ""
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    assert trust.button.isEnabled()


def test_a_verdict_given_from_a_button_that_goes_off_leads_on_to_the_tiles(panel, qtbot) -> None:
    window = panel.window()
    grid = window.pages.current.grid
    grid.go_to_place(0)
    panel.button.click()
    for button in (panel.trust.button, panel.save):
        qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
        panel.trust.button.setFocus(Qt.FocusReason.TabFocusReason)
        for _ in window.findChildren(QWidget):  # once round at most
            if button.hasFocus():
                break
            qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert button.hasFocus()
        judged = grid.current

        qtbot.keyClick(button, Qt.Key.Key_1)

        assert grid.current != judged
        assert not button.isEnabled()
        assert "no map" in button.toolTip()
        assert grid.hasFocus()  # and not the next button, which the next Space would press


def test_a_check_ends_when_another_model_ranks(open_window, explained_path, qtbot) -> None:
    add_copy_of_champion(explained_path)
    window = open_window(explained_path)
    panel = window.pages.current.inspector.findChild(ExplainPanel)
    window.pages.current.grid.go_to_place(0)
    panel.button.click()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    panel.trust.button.click()

    window.bench.promote("002-test")

    qtbot.waitUntil(lambda: window.bench.champion.number == 2, timeout=PATIENCE_MS)
    assert panel.trust.verdict.text() == ""
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    assert explained(panel).model.number == 2
    assert panel.trust.verdict.text() == ""


@pytest.mark.parametrize(("decided", "says"), [(1, "Only this tile"), (3, "mean of 3 tiles")])
def test_a_map_is_not_checked_on_tiles_that_a_blind_read_hides(
    panel, qtbot, decided: int, says: str
) -> None:
    window = panel.window()
    grid, session = window.pages.current.grid, window.bench.workspace.session
    qtbot.keyClick(grid, Qt.Key.Key_B)
    seen = grid.order[:decided].tolist()
    session.label(seen, 1)
    grid.go_to_place(0)
    qtbot.waitUntil(lambda: set(seen) < set(grid.tiles.in_view.tolist()), timeout=PATIENCE_MS)
    panel.button.click()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)

    panel.trust.button.click()

    qtbot.waitUntil(lambda: says in panel.trust.verdict.text(), timeout=PATIENCE_MS)


def test_in_the_large_view_no_other_tile_is_in_view_to_be_checked(panel, qtbot) -> None:
    grid = panel.window().pages.current.grid
    grid.go_to_place(0)
    tile = np.array([grid.current])
    qtbot.waitUntil(lambda: len(grid.tiles.in_view) > 1, timeout=PATIENCE_MS)
    assert panel.trust._with_others(tile).tolist() == grid.tiles.in_view[:8].tolist()

    qtbot.keyClick(grid, Qt.Key.Key_Return)

    assert panel.trust._with_others(tile).tolist() == tile.tolist()


@pytest.mark.parametrize(
    ("similarity", "begins"), [(0.21, "The map depends on"), (0.8, "Do not trust this map")]
)
@pytest.mark.parametrize(("tiles", "ends"), [(1, "steadier."), (8, "others in view.")])
def test_what_the_check_says(qtbot, similarity: float, begins: str, tiles: int, ends: str) -> None:
    trust = TrustCheck(Workbench(), in_view=lambda: np.zeros(0, np.int64))
    for widget in (trust.button, trust.verdict):
        qtbot.addWidget(widget)
    result = SanityResult(steps=[SanityStep(layer="first", similarity=similarity)])

    trust._show(judge(samples.model(3), MapSettings(), tiles, result))

    assert trust.verdict.text().startswith(begins)
    assert "model 3" in trust.verdict.text()
    assert f"{similarity:.2f}" in trust.verdict.text()
    assert trust.verdict.text().endswith(ends)


def test_a_hidden_tile_is_not_explained(panel, qtbot) -> None:
    window = panel.window()
    window.bench.workspace.session.blind = True
    window.pages.current.grid.go_to_place(0)

    panel.button.click()

    qtbot.waitUntil(lambda: "Hidden" in panel.caption.text(), timeout=PATIENCE_MS)
    assert explained(panel) is None
    assert not window.bench.interactive.is_busy


def test_a_map_is_hidden_when_a_blind_read_begins_and_asked_for_after_the_verdict(
    panel, qtbot
) -> None:
    window = panel.window()
    window.pages.current.grid.go_to_place(0)
    panel.button.click()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    window.commands["review.advance"].trigger()

    qtbot.keyClick(window.pages.current.grid, Qt.Key.Key_B)
    assert explained(panel) is None
    assert panel.picture.image is None
    qtbot.waitUntil(lambda: "Hidden" in panel.caption.text(), timeout=PATIENCE_MS)
    qtbot.keyClick(window.pages.current.grid, Qt.Key.Key_1)

    qtbot.waitUntil(lambda: panel._map.is_open, timeout=PATIENCE_MS)


def test_what_one_reader_may_see_is_hidden_from_the_next(panel, qtbot) -> None:
    window = panel.window()
    window.commands["review.advance"].trigger()
    window.pages.current.grid.go_to_place(0)
    qtbot.keyClick(window.pages.current.grid, Qt.Key.Key_B)
    qtbot.keyClick(window.pages.current.grid, Qt.Key.Key_1)
    panel.button.click()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)

    with qtbot.waitSignal(window.pages.current.refreshed):
        window.preferences.set_reader("XY")

    qtbot.waitUntil(lambda: "Hidden" in panel.caption.text(), timeout=PATIENCE_MS)
    assert explained(panel) is None


@pytest.mark.parametrize("touch", ["strength", "save"])
def test_a_map_that_another_reader_may_not_see_is_neither_painted_again_nor_saved(
    panel, qtbot, monkeypatch, touch
) -> None:
    window = panel.window()
    session = window.bench.workspace.session
    window.pages.current.grid.go_to_place(0)
    panel.button.click()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    session.label([panel._tile], 1)
    session.blind = True
    session.reader = "CD"
    asked = []
    monkeypatch.setattr(QFileDialog, "exec", lambda _: asked.append(1) or 0)

    if touch == "save":
        panel.save.click()
    else:
        panel.choices.strength.setValue(1)

    assert panel.picture.image is None
    assert not panel.save.isEnabled()
    assert asked == []
    qtbot.waitUntil(lambda: "Hidden" in panel.caption.text(), timeout=PATIENCE_MS)


def test_percentiles_are_chosen_with_keys_and_stay_in_order(panel, qtbot) -> None:
    panel.window().pages.current.grid.go_to_place(0)
    panel.button.click()
    qtbot.waitUntil(lambda: explained(panel) is not None, timeout=PATIENCE_MS)
    first = explained(panel)

    panel.choices.low.setFocus()
    panel.choices.low.selectAll()
    qtbot.keyClicks(panel.choices.low, "50")
    panel.choices.high.selectAll()
    qtbot.keyClicks(panel.choices.high, "50")
    qtbot.keyClick(panel.choices.high, Qt.Key.Key_Return)

    found = explained(panel)
    assert (found.stretch.low, found.stretch.high) == (50, 51)
    assert found.raw is first.raw
    assert (found.maps == 0).mean() > (first.maps == 0).mean()


def test_a_model_whose_file_is_gone_is_a_sentence_in_the_panel(panel, qtbot) -> None:
    project = panel.window().bench.workspace.project
    (project.model_folder(project.champion()) / "model.keras").unlink()
    panel.window().pages.current.grid.go_to_place(0)

    panel.button.click()

    qtbot.waitUntil(lambda: "missing" in panel.caption.text(), timeout=PATIENCE_MS)
    assert panel.window().notices.notices == []
