"""The panel Promotion: what the gate found, tiles that changed side, promoting, rolling back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from histoviewer.domain.gate import ScoresUsed, SideChanges
from histoviewer.domain.label_set import LabelSet
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tiles import Split
from histoviewer.project.project import Project
from histoviewer.services.challenging import Challenge
from histoviewer.services.gate_files import write_gate
from histoviewer.services.ranking import read_scores
from histoviewer.ui.models.page import ModelsPage
from histoviewer.ui.models.promotion.panel import PromotionPanel
from histoviewer.ui.window import MainWindow
from tests.gates import gate_result
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS, add_model
from tests.ui.test_accessibility import faults


@pytest.fixture
def panel(open_window: Open, ranked_path: Path, qtbot: QtBot) -> PromotionPanel:
    """The panel where model 2 was refused as a challenger of model 1."""
    with Project.open(ranked_path) as project:
        tiles = project.tiles()
        rows = np.flatnonzero(tiles.splits == Split.VALIDATION)
        first, second = project.models()
        found = replace(
            gate_result(),
            changes=SideChanges(gained=(3, 5), lost=(8,)),
            labels=LabelSet(tiles=rows, labels=tiles.given[rows]),
            scores=(scores_used(project, second, rows), scores_used(project, first, rows)),
        )
        write_gate(project, project.models()[1], found)
    return open_panel(open_window(ranked_path), qtbot)


def scores_used(project: Project, model: ModelRecord, rows: np.ndarray) -> ScoresUsed:
    return ScoresUsed.of(read_scores(project, model)[rows], tta=False)


def open_panel(window: MainWindow, qtbot: QtBot) -> PromotionPanel:
    """Go to the panel, with what the gate found of one model."""
    page = window.pages.show_page("models")
    assert isinstance(page, ModelsPage)
    shown = page.show_panel("promotion")
    assert isinstance(shown, PromotionPanel)
    qtbot.waitUntil(lambda: shown.models.count() == 1, timeout=PATIENCE_MS)
    return shown


def test_both_models_and_the_interval_are_told(panel: PromotionPanel) -> None:
    said = panel.figures.text()

    assert "Model 2 (test): AUC 0.9400. Model 1 (test): AUC 0.9500." in said
    assert "-0.0100 (95 % -0.0220 to +0.0020) on 900 validation tiles" in said
    assert "at least -0.0200, and the margin is -0.002" in panel.verdict.text()


def test_the_window_keeps_the_keyboard_when_the_panel_is_made(panel: PromotionPanel) -> None:
    """What is shown before it has a parent is a window for a moment, and takes the keyboard."""
    assert panel.window().isActiveWindow()


def test_the_interval_is_drawn(panel: PromotionPanel) -> None:
    drawn = panel.interval.grab().toImage()
    panel.interval.show_gate(None)

    assert drawn != panel.interval.grab().toImage()


def test_the_tiles_that_changed_side_are_shown_in_the_grid(
    panel: PromotionPanel, qtbot: QtBot
) -> None:
    window = panel.window()
    panel.show_right.click()

    review = window.pages.current
    qtbot.waitUntil(lambda: review.grid.order.tolist() == [3, 5], timeout=PATIENCE_MS)


def test_a_blind_read_shuts_the_tiles_that_tell_predictions_and_says_why(
    panel: PromotionPanel,
) -> None:
    """Which tiles a model is right about says, with their labels, what it predicts."""
    window = panel.window()
    window.pages.show_page("review")
    blind = window.commands["review.blind"]
    blind.trigger()
    during = [
        (each.isEnabled(), "blind read" in each.toolTip())
        for each in (panel.show_right, panel.show_wrong)
    ]
    blind.trigger()

    assert during == [(False, True), (False, True)]
    assert panel.show_wrong.isEnabled()
    assert "only Model 1 (test) was right" in panel.show_wrong.toolTip()


def test_one_click_promotes_anyway_and_one_rolls_back(panel: PromotionPanel, qtbot: QtBot) -> None:
    bench = panel.window().bench
    panel.promote.click()
    qtbot.waitUntil(lambda: bench.champion.number == 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(panel.roll_back.isVisible, timeout=PATIENCE_MS)
    assert panel.roll_back.text() == "Roll back to Model 1 (test)"
    assert not panel.promote.isEnabled()

    panel.roll_back.click()

    qtbot.waitUntil(lambda: bench.champion.number == 1, timeout=PATIENCE_MS)


def test_every_control_has_a_name_and_can_be_reached(panel: PromotionPanel) -> None:
    assert faults(panel) == []


def test_too_few_groups_are_told(panel: PromotionPanel) -> None:
    unknown = gate_result(at_least=np.nan, resampled="group", units=3)
    panel._found = replace(panel._found, gates={"002-test": unknown})
    panel._show_gate()

    assert "3 groups: too few" in panel.figures.text()
    assert "does not let it pass" in panel.verdict.text()


def test_a_comparison_with_a_former_champion_says_so_and_is_done_anew_by_one_click(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    with Project.open(ranked_path) as project:
        add_model(project, 3)
        write_gate(project, project.models()[1], gate_result())
        project.set_champion("003-test", reason="test")
    window = open_window(ranked_path)
    panel = open_panel(window, qtbot)
    assert "Model 1 (test), which does not rank the tiles any more" in panel.age.text()

    QTest.mouseClick(panel.again, Qt.MouseButton.LeftButton)
    assert not panel.again.isEnabled()
    assert "Wait for the running job" in panel.again.toolTip()

    qtbot.waitUntil(panel.age.isHidden, timeout=PATIENCE_MS)
    assert panel._gate.comparison.second == "003-test"
    assert window.bench.champion.number == 3


def relabel(window: MainWindow, tile: int, qtbot: QtBot) -> None:
    """Give a tile the other label with the key on the review page."""
    review = window.pages.show_page("review")
    review.show_tiles(np.array([tile]))
    qtbot.waitUntil(lambda: review.grid.current == tile, timeout=PATIENCE_MS)
    given = window.bench.workspace.session.tiles.given[tile]
    QTest.keyClick(review.grid, Qt.Key.Key_0 if given else Qt.Key.Key_1)


def test_labels_that_changed_since_are_told_until_they_are_as_they_were(
    panel: PromotionPanel, qtbot: QtBot
) -> None:
    window = panel.window()
    session = window.bench.workspace.session
    tile = int(np.flatnonzero(session.tiles.splits == Split.VALIDATION)[0])
    assert panel.age.isHidden()

    relabel(window, tile, qtbot)
    window.pages.show_page("models")

    qtbot.waitUntil(panel.age.isVisible, timeout=PATIENCE_MS)
    assert session.states.decided[tile] == 1 - session.tiles.given[tile]
    assert "Labels have changed since" in panel.age.text()
    assert "come or have gone: 1. Compare it again" in panel.age.text()
    assert panel.again.isEnabled()
    window.commands["edit.undo"].trigger()
    window.pages.show_page("models")
    qtbot.waitUntil(panel.age.isHidden, timeout=PATIENCE_MS)


def test_comparing_again_takes_the_labels_of_now(panel: PromotionPanel, qtbot: QtBot) -> None:
    window = panel.window()
    session = window.bench.workspace.session
    tile = int(np.flatnonzero(session.tiles.splits == Split.VALIDATION)[0])
    relabel(window, tile, qtbot)
    window.pages.show_page("models")
    qtbot.waitUntil(panel.age.isVisible, timeout=PATIENCE_MS)

    QTest.mouseClick(panel.again, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(panel.age.isHidden, timeout=PATIENCE_MS)
    used = panel._gate.labels
    assert used.labels[used.tiles == tile] == session.states.decided[tile]


def test_labels_that_change_while_the_panel_is_shown_are_told(
    panel: PromotionPanel, qtbot: QtBot
) -> None:
    """As when the verdicts of another machine are merged."""
    bench = panel.window().bench
    session = bench.workspace.session
    tiles = np.flatnonzero(session.tiles.splits == Split.VALIDATION)

    bench.changed.emit(session.label(tiles, 1))

    changed = np.count_nonzero(session.tiles.given[tiles] == 0)
    qtbot.waitUntil(lambda: f"gone: {changed}." in panel.age.text(), timeout=PATIENCE_MS)


def test_a_comparison_that_did_not_note_its_labels_claims_nothing_of_them(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    with Project.open(ranked_path) as project:
        write_gate(project, project.models()[1], gate_result())

    panel = open_panel(open_window(ranked_path), qtbot)

    assert panel.age.text().startswith("It was not noted which labels and scores this comp")
    assert panel.age.text().count("not noted") == 1
    assert "changed since" not in panel.age.text()


def test_scores_that_were_made_anew_since_are_told(panel: PromotionPanel, qtbot: QtBot) -> None:
    window = panel.window()
    path = window.bench.workspace.project.scores_path("001-test")
    np.save(path, np.load(path)[::-1])
    assert panel.age.isHidden()

    window.pages.show_page("review")
    window.pages.show_page("models")

    qtbot.waitUntil(panel.age.isVisible, timeout=PATIENCE_MS)
    assert panel.age.text() == (
        "Scores have changed since this comparison: those of Model 1 (test). Compare it again to "
        "see how it stands on the labels and scores of now."
    )
    QTest.mouseClick(panel.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(panel.age.isHidden, timeout=PATIENCE_MS)


def test_means_that_were_compared_with_plain_scores_are_told(panel: PromotionPanel) -> None:
    gate = panel._gate
    assert "8 views" not in panel.figures.text()
    ours, theirs = gate.scores
    mixed = replace(gate, scores=(replace(ours, tta=True), theirs))

    panel._found = replace(panel._found, gates={"002-test": mixed})
    panel._show_gate()

    assert panel.figures.text().startswith("Model 2 (test) (mean of 8 views): AUC 0.9400. Model 1")
    assert panel.figures.text().count("Some scores are means of 8 views of a tile") == 1


@pytest.mark.parametrize("promoted", [False, True])
def test_the_notice_of_such_a_comparison_tells_it(panel: PromotionPanel, promoted: bool) -> None:
    bench, (ours, theirs) = panel.window().bench, panel._gate.scores
    first, second = bench.standing.models
    kept = Challenge(
        model=second, champion=first, challenger_auc=0.94, promoted=promoted, gate=panel._gate
    )
    mixed = replace(kept, gate=replace(kept.gate, scores=(replace(ours, tta=True), theirs)))

    bench.challenged.emit(kept)
    bench.challenged.emit(mixed)

    hints = [notice.hint for notice in panel.window().notices.notices]
    assert sorted("means of 8 views" in hint for hint in hints) == [False, True]


def test_the_model_that_ranks_is_not_compared_with_itself(
    panel: PromotionPanel, qtbot: QtBot
) -> None:
    assert panel.again.isEnabled()
    assert panel.age.isHidden()

    panel.promote.click()

    qtbot.waitUntil(lambda: not panel.again.isEnabled(), timeout=PATIENCE_MS)
    assert "ranks the tiles itself" in panel.again.toolTip()
