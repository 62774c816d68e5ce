"""The real window on real projects."""

import gc
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import POSITIVE
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.triage import SortKey
from histoviewer.project.project import Project
from histoviewer.services.challenging import Challenge
from histoviewer.settings import load_settings
from histoviewer.ui.dialogs.new_project import NewProjectDialog
from histoviewer.ui.dialogs.train import TrainDialog
from histoviewer.ui.window import MainWindow
from tests.e2e.pages import clipped
from tests.gates import gate_result
from tests.ui.acting import Open, dialog_of, press, wait
from tests.ui.conftest import PATIENCE_MS

# --- opening


def test_the_welcome_page_comes_first(window: MainWindow) -> None:
    assert not window.front.shows_project
    assert window.welcome.isVisible()
    assert window.windowTitle() == "HistoViewer"
    assert not window.commands["model.train"].isEnabled()


def test_what_was_read_is_no_garbage_while_the_project_is_open(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    before = gc.get_freeze_count()  # the tests keep libraries there, too
    window = open_window(project_path)
    assert gc.get_freeze_count() > before

    window.opener.close_project()

    wait(qtbot, lambda: gc.get_freeze_count() == 0)


def test_a_project_opens_on_the_review_page(open_window: Open, project_path: Path) -> None:
    window = open_window(project_path)

    assert window.windowTitle() == "small - HistoViewer"
    assert len(window.pages.current.grid.order) == 72
    assert window.status.text.startswith("No model yet")
    assert window.commands["model.train"].isEnabled()
    assert not window.commands["model.retrain"].isEnabled()


def test_the_keyboard_is_with_the_grid(open_window: Open, project_path: Path) -> None:
    window = open_window(project_path)

    assert window.focusWidget() is window.pages.current.grid


def test_an_opened_project_is_recent(open_window: Open, project_path: Path, qtbot: QtBot) -> None:
    window = open_window(project_path)
    window.opener.close_project()

    wait(qtbot, lambda: window.welcome.recent_paths == [project_path])
    assert load_settings().settings.recent == (str(project_path),)


def test_a_folder_that_is_nothing_is_refused_with_a_sentence(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "empty").mkdir()

    window.opener.open(tmp_path / "empty")

    wait(qtbot, lambda: bool(window.notices.notices))
    assert "No tiles" in window.notices.notices[0].title
    assert window.notices.notices[0].hint
    assert window.welcome.isVisible()


def test_another_project_takes_the_place_of_the_first(
    open_window: Open, project_path: Path, ranked_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = project_path.rename(tmp_path / "other.histo")
    window = open_window(other)

    window.opener.open(other)

    wait(qtbot, lambda: window.bench.workspace is None)
    wait(qtbot, lambda: window.bench.workspace is not None)
    assert window.windowTitle() == "other - HistoViewer"


def test_a_data_set_is_offered_as_a_project_packed_and_shown(
    window: MainWindow, dataset: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window.opener.open(dataset)
    dialog = dialog_of(window, NewProjectDialog, qtbot)
    dialog.folder.set_path(tmp_path)
    dialog.name.setText("made")
    dialog.accept()

    wait(qtbot, lambda: window.front.shows_project)
    assert not window.commands["model.train"].isEnabled()  # packing has not ended
    wait(qtbot, lambda: window.bench.workspace.packed is not None)
    wait(qtbot, window.commands["model.train"].isEnabled)
    assert (tmp_path / "made.histo" / "project.db").exists()


# --- reviewing


def test_a_key_gives_a_label_that_reaches_the_disk(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    tile = window.pages.current.grid.current

    with qtbot.waitSignal(window.saver.saved, timeout=PATIENCE_MS):
        press(qtbot, window, Qt.Key.Key_1)

    assert window.bench.workspace.session.states.decided[tile] == POSITIVE
    assert window.save_state.text() == "saved"
    with Project.open(project_path, read_only=True) as project:
        assert project.read_log().states.decided[tile] == POSITIVE


def test_undo_and_redo_say_what_they_would_do(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    undo, redo = window.commands["edit.undo"], window.commands["edit.redo"]
    assert not undo.isEnabled()

    press(qtbot, window, Qt.Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier)
    press(qtbot, window, Qt.Key.Key_F)
    assert undo.text() == "&Undo flag 72 tiles"

    press(qtbot, window, Qt.Key.Key_Backspace)
    assert not undo.isEnabled()
    assert redo.text() == "&Redo flag 72 tiles"


def test_agreeing_needs_a_model_and_says_so(open_window: Open, project_path: Path) -> None:
    window = open_window(project_path)

    agree = window.commands["review.agree"]

    assert not agree.isEnabled()
    assert "Train a model first" in agree.toolTip()


def test_verdicts_on_training_tiles_fill_the_queue(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window = open_window(ranked_path)
    session = window.bench.workspace.session
    wrong = int(np.flatnonzero((session.tiles.splits == 0) & (session.tiles.given == 0))[0])
    window.pages.current.grid.go_to(wrong)

    press(qtbot, window, Qt.Key.Key_1)

    assert window.commands["model.retrain"].text() == "&Retrain (1)"
    assert window.commands["model.retrain"].isEnabled()


def test_space_presses_a_focused_button_and_skips_no_tile(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    button = window.pages.current.inspector.centre_button
    button.setFocus()

    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, Qt.Key.Key_Space)

    assert not window.bench.workspace.session.states.skipped.any()


def test_a_question_mark_shows_the_keys(open_window: Open, project_path: Path, qtbot) -> None:
    window = open_window(project_path)

    window.commands["help.keys"].trigger()

    sheet = window.findChild(QWidget, "cheat-sheet")
    assert sheet.isVisible()
    sheet.close()


# --- models


def test_the_bar_goes_on_in_another_line_where_a_small_screen_has_no_room(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window = open_window(ranked_path)
    page, preferences = window.pages.current, window.preferences
    bar = page.bar
    bar.sort.choose(SortKey.RANDOM)  # which has a button of its own
    preferences.put(replace(preferences.settings, text_percent=150))
    window.resize(1024, 768)
    beside = window.width() - page.width()
    parts = (bar.sort, bar.model, bar.shuffle, bar.batch, bar.maps, bar.refresh, bar.counts)

    def is_whole() -> bool:
        places = [QRect(part.mapTo(bar, QPoint()), part.size()) for part in parts]
        return all(map(bar.rect().contains, places)) and not clipped(bar)

    wait(qtbot, is_whole)
    assert bar.minimumSizeHint().width() <= 1024 - beside
    in_two_lines = bar.height()
    window.resize(2000, 768)
    wait(qtbot, lambda: bar.height() < in_two_lines)


def test_a_model_is_said_to_rank_only_where_it_does(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    page = open_window(ranked_path).pages.current
    named = page.bar.model

    page.bar.sort.choose(SortKey.GROUP)
    assert named.text() == "scores: model 1"
    assert named.toolTip().startswith("Scored by model 1")
    page.bar.sort.choose(SortKey.UNCERTAIN)
    assert named.text() == "by model 1"
    page.show_list(np.array([5, 3]), "two")
    assert named.text() == "scores: model 1"
    page.set_blind(True)
    assert not named.isVisible()


def test_the_champion_is_named_and_can_be_changed(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window = open_window(ranked_path)
    assert window.status.text == "Ranked by model 1 · test · val AUC 0.910"
    named = window.pages.current.bar.model
    assert named.isVisible()
    assert named.text() == "by model 1"
    assert named.toolTip().startswith("Ranked by model 1 · test · val AUC 0.910")
    listed = [(action.text(), action.isChecked()) for action in window.models.actions]
    assert listed == [
        ("model 2 · test · val AUC 0.920", False),
        ("model 1 · test · val AUC 0.910", True),
    ]
    before = window.pages.current.grid.order.copy()

    window.models.actions[0].trigger()

    wait(qtbot, lambda: "model 2" in window.status.text)
    wait(qtbot, lambda: not np.array_equal(window.pages.current.grid.order, before))
    assert named.text() == "by model 2"

    named.click()

    assert window.pages.current_id == "models"
    with Project.open(ranked_path, read_only=True) as project:
        assert project.champion() == "002-test"


def outcome(models: list[ModelRecord], *, promoted: bool) -> Challenge:
    return Challenge(
        model=models[1],
        champion=models[0],
        challenger_auc=0.94,
        promoted=promoted,
        gate=gate_result(first=models[1].id, second=models[0].id),
    )


def test_a_challenger_that_was_kept_is_told_and_can_be_promoted(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window = open_window(ranked_path)

    window.bench.challenged.emit(outcome(window.bench.standing.models, promoted=False))
    (notice,) = window.notices.notices
    assert notice.title == (
        "Model 2 has AUC 0.9400 on validation, model 1 has 0.9500: it may be worse by up to 0.0200."
    )
    notice.button.click()

    wait(qtbot, lambda: "model 2" in window.status.text)


def test_why_models_cannot_be_compared_is_told(open_window: Open, ranked_path: Path) -> None:
    window = open_window(ranked_path)
    kept = replace(outcome(window.bench.standing.models, promoted=False), gate=None)

    window.bench.challenged.emit(kept)
    window.bench.challenged.emit(replace(kept, left_out=4))

    too_many, none = (notice.title for notice in window.notices.notices)
    assert "trained on too many of the validation tiles" in too_many
    assert "no labelled validation tiles of both classes" in none


def test_a_new_champion_is_told(open_window: Open, ranked_path: Path) -> None:
    window = open_window(ranked_path)

    window.bench.challenged.emit(outcome(window.bench.standing.models, promoted=True))

    assert "Model 2 ranks the grid now" in window.notices.notices[0].title


def test_training_asks_what_to_train(open_window: Open, project_path: Path, qtbot) -> None:
    window = open_window(project_path)

    window.commands["model.train"].trigger()

    dialog = dialog_of(window, TrainDialog, qtbot)
    assert dialog.isVisible()
    dialog.reject()
    assert not window.bench.is_busy


def test_a_submission_is_written(
    open_window: Open, ranked_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    from histoviewer.ui.dialogs.export import ExportDialog

    window = open_window(ranked_path)
    window.commands["project.export"].trigger()
    dialog = dialog_of(window, ExportDialog, qtbot)
    dialog.out.set_path(tmp_path / "out.csv")
    dialog.accept()

    wait(qtbot, lambda: bool(window.notices.notices))
    assert "Wrote 12 rows" in window.notices.notices[0].title
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 13


def test_a_submission_of_another_model_is_written(
    open_window: Open, ranked_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    from histoviewer.ui.dialogs.export import ExportDialog

    window = open_window(ranked_path)
    window.commands["project.export"].trigger()
    dialog = dialog_of(window, ExportDialog, qtbot)
    dialog.model.setCurrentIndex(0)
    dialog.out.set_path(tmp_path / "out.csv")
    dialog.accept()

    wait(qtbot, lambda: bool(window.notices.notices))
    assert [export.model for export in window.bench.workspace.project.exports()] == ["002-test"]


def test_where_the_champion_has_not_scored_another_model_can_be_exported(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    from histoviewer.ui.dialogs.export import ExportDialog

    (ranked_path / "models" / "001-test" / "scores.npy").unlink()
    window = open_window(ranked_path)
    window.commands["project.export"].trigger()
    dialog = dialog_of(window, ExportDialog, qtbot)

    wait(qtbot, lambda: bool(dialog.fault))
    assert "has not scored every test tile" in dialog.fault
    qtbot.keyClick(dialog.model, Qt.Key.Key_Home)  # the newest is at the top
    assert not dialog.fault
    assert dialog.choice.model == "002-test"
    dialog.reject()


# --- accessibility


def test_every_control_has_a_name_for_screen_readers(open_window: Open, ranked_path: Path) -> None:
    window = open_window(ranked_path)
    controls = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]

    nameless = [
        widget
        for widget in controls
        if not (widget.accessibleName() or getattr(widget, "text", str)())
    ]

    assert controls
    assert nameless == []
