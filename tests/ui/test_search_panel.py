"""Searching for a recipe in the real window."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from histoviewer.domain.search import SearchOutcome, Trial
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.services import searching
from histoviewer.services.recipes import save_recipe
from histoviewer.ui.models.recipes.save_dialog import SaveRecipeDialog
from histoviewer.ui.models.search.table import AUC, BATCH, NUMBER, REMARK
from tests.ui.conftest import PATIENCE_MS

BEST = Trial(
    number=2,
    values={
        "filters1": 16.0,
        "filters2": 48.0,
        "learning_rate": 0.004,
        "dropout": 0.2,
        "batch": 32.0,
    },
    epochs=3,
    val_auc=0.91,
    val_loss=0.4,
    seconds=12.0,
    parameters=72_000,
)
FAILED = Trial(number=1, values=dict(BEST.values), epochs=3, fault="The loss is no number.")


@pytest.fixture
def panel(open_window, project_path, qtbot):
    """The panel with two trials of an earlier day, one of which failed."""
    page = open_window(project_path).pages.show_page("models")
    panel = page.show_panel("search")
    qtbot.waitUntil(lambda: panel.recipe.currentText() == "histo-fast", timeout=PATIENCE_MS)
    folder = panel._folder
    folder.mkdir(parents=True)
    (folder / "trials.json").write_text(json.dumps({"trials": [asdict(FAILED), asdict(BEST)]}))
    panel._read()
    qtbot.waitUntil(lambda: panel.table.count() == 2, timeout=PATIENCE_MS)
    return panel


def test_trials_of_an_earlier_day_are_shown_the_newest_first(panel) -> None:
    rows = [[panel.table.text(row, column) for column in (NUMBER, AUC, REMARK)] for row in range(2)]

    assert rows == [["2", "0.9100", "best so far"], ["1", "\N{EM DASH}", FAILED.fault]]


def test_fields_stand_beside_their_titles_in_both_themes(panel, qapp) -> None:
    """The box of recipes measures itself anew with the style, when it knows long names."""
    window, recipe = panel.window(), panel.recipe.currentData()
    panel._offer([recipe, replace(recipe, name="a-long-name-" * 6)])
    for theme in ("light", "dark"):
        window.preferences.put(replace(window.preferences.settings, theme=theme))
        qapp.processEvents()  # it is laid out

        for field in (panel.recipe, panel.method, panel.trials):
            assert panel._fields.labelForField(field).geometry().right() < field.x()


def test_a_trial_with_another_batch_than_was_asked_for_says_so(panel) -> None:
    same, other = replace(BEST, batch=32), replace(BEST, number=3, batch=8)
    panel._show(panel._folder, [FAILED, same, other])

    cells = [panel.table.index(row, BATCH) for row in range(3)]
    assert [cell.data() for cell in cells] == ["8, not 32", "32", "32"]
    tips = [cell.data(Qt.ItemDataRole.ToolTipRole) for cell in cells]
    assert "8 tiles a step, not with 32: more did not fit into memory" in tips[0]
    assert tips[1:] == ["32", "32"]


def test_another_method_is_another_search(panel, qtbot) -> None:
    panel.method.setCurrentIndex(panel.method.findData("bayesian"))

    qtbot.waitUntil(lambda: panel.table.count() == 0, timeout=PATIENCE_MS)
    assert not panel.save.isEnabled()
    assert panel.start.isEnabled()


def test_the_best_of_one_recipe_is_not_offered_for_another(panel) -> None:
    assert panel.train.isEnabled()

    panel.recipe.setCurrentIndex((panel.recipe.currentIndex() + 1) % panel.recipe.count())

    assert panel.table.count() == 0  # before anything was read
    assert not panel.train.isEnabled()
    assert not panel.save.isEnabled()


def test_trials_of_a_search_that_runs_stay_in_the_table_after_a_verdict(panel, qtbot) -> None:
    """A verdict makes it another search, but not before that one begins."""
    bench = panel.window().bench
    panel.start.click()
    bench.batch.abandon()
    tiles = bench.workspace.session.tiles
    learned = np.flatnonzero(tiles.splits == Split.TRAIN)[:1]

    bench.workspace.session.label(learned, 1 - int(tiles.given[learned[0]]))
    with qtbot.waitSignal(panel.table.modelReset, timeout=PATIENCE_MS):
        panel._read()
    assert panel.table.count() == 2

    with qtbot.waitSignal(panel.table.modelReset, timeout=PATIENCE_MS):
        panel.show_workspace(bench.workspace)
    assert panel.table.count() == 0


def test_a_damaged_table_counts_as_none(panel, qtbot) -> None:
    (panel._folder / "trials.json").write_text("[{")

    panel._read()

    qtbot.waitUntil(lambda: panel.table.count() == 0, timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    ("button", "title"),
    [("start", "Search around histo-fast"), ("train", "Train histo-fast-tuned")],
)
def test_a_search_and_a_training_of_the_best_become_jobs(panel, button, title) -> None:
    lane = panel.window().bench.batch
    asked = []
    lane.task_queued.connect(asked.append)

    getattr(panel, button).click()
    lane.abandon()

    assert [task.title for task in asked] == [title]


def test_a_search_without_a_trial_that_succeeded_is_a_job_that_failed(
    panel, qtbot, monkeypatch
) -> None:
    """And the rows say why, the last one too."""
    window, folder = panel.window(), panel._folder
    rows = [FAILED, replace(FAILED, number=2)]
    (folder / "trials.json").write_text(json.dumps({"trials": [asdict(row) for row in rows]}))
    found = searching.Search(folder=folder, outcome=SearchOutcome(trials=rows), best=None)

    def tune(**_given: Any) -> Any:
        yield from ()
        raise searching.NoTrialError(found, "histo-fast")

    monkeypatch.setattr(searching, "tune", tune)
    with qtbot.waitSignal(window.bench.batch.operation_failed, timeout=PATIENCE_MS):
        qtbot.mouseClick(panel.start, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: panel.table.text(0, REMARK) == FAILED.fault, timeout=PATIENCE_MS)
    assert not panel.save.isEnabled()
    told = [notice.title for notice in window.notices.notices]
    assert any("No trial around the recipe 'histo-fast' succeeded, 2 failed." in n for n in told)


def test_a_search_out_of_time_after_trials_that_failed_says_so_and_has_not_failed(
    panel, qtbot, monkeypatch
) -> None:
    lane = panel.window().bench.batch
    outcome = SearchOutcome(trials=(FAILED,), is_done=False)
    found = searching.Search(folder=panel._folder, outcome=outcome, best=None)

    def tune(**_given: Any) -> Any:
        yield from ()
        return found

    monkeypatch.setattr(searching, "tune", tune)
    with (
        qtbot.assertNotEmitted(lane.operation_failed),
        qtbot.waitSignal(panel.notice, timeout=PATIENCE_MS) as said,
    ):
        qtbot.mouseClick(panel.start, Qt.MouseButton.LeftButton)

    assert said.args == ["No trial has succeeded so far: the table says why."]


def test_the_best_is_saved_among_the_readers_own_recipes(panel, qtbot) -> None:
    panel.save.click()
    dialog = panel.window().findChild(SaveRecipeDialog)

    with (
        qtbot.waitSignal(panel.shelf.saved, timeout=PATIENCE_MS) as saved,
        qtbot.waitSignal(panel.notice, timeout=PATIENCE_MS) as said,
    ):
        dialog.accept()

    recipe = saved.args[0]
    assert recipe.optimiser.learning_rate == 0.004
    assert recipe.training.batch == 32
    assert panel.recipe.findText(recipe.name) >= 0
    assert said.args == [f"Saved as {recipe.name}."]


def test_where_the_best_cannot_be_saved_the_reader_is_told(panel, qtbot) -> None:
    panel.save.click()
    dialog = panel.window().findChild(SaveRecipeDialog)
    name = dialog.choice
    save_recipe(recipe=panel.recipe.currentData(), name=name)  # in another window

    with qtbot.waitSignal(panel.shelf.failed, timeout=PATIENCE_MS):
        dialog.accept()

    (notice,) = panel.window().notices.notices
    assert notice.title == f"There is a recipe '{name}' already."


def test_weights_are_asked_for_where_a_recipe_starts_from_some(panel, qtbot, monkeypatch) -> None:
    """Each trial starts from them, and so does the training of the best."""
    assert not panel.weights.isVisible()
    panel.recipe.setCurrentIndex(panel.recipe.findText("vgg16-transfer"))
    assert panel.weights.isVisible()
    assert "VGG16" in panel.weights.edit.toolTip()
    before = panel._folder
    file = Path("/data/vgg16_notop.h5")

    qtbot.keyClicks(panel.weights.edit, f"{file}")
    qtbot.keyClick(panel.weights.edit, Qt.Key.Key_Return)

    assert panel._shown == panel._folder != before
    searched: list[Path] = []
    trained: list[Path] = []

    def tune(**given: Any) -> None:
        searched.append(given["weights"])
        raise InputError("Not now.")

    monkeypatch.setattr(searching, "tune", tune)
    monkeypatch.setattr(panel._bench, "train", lambda choice: trained.append(choice.weights))
    panel.start.click()
    qtbot.waitUntil(lambda: bool(searched), timeout=PATIENCE_MS)
    panel._show(panel._folder, [BEST])
    panel.train.click()
    assert (searched, trained) == ([file], [file])

    panel.recipe.setCurrentIndex(panel.recipe.findText("histo-fast"))
    assert not panel.weights.isVisible()
    assert panel._form.weights is None
