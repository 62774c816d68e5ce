"""Dialogs return what was chosen and refuse what cannot be."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.recipe import load_recipes, recipe_names
from histoviewer.domain.strategies import Strategy
from histoviewer.domain.tiles import Catalogue, Split
from histoviewer.ui.background import Background
from histoviewer.ui.commands.table import COMMANDS
from histoviewer.ui.dialogs.cheat_sheet import CheatSheet
from histoviewer.ui.dialogs.export import ExportDialog
from histoviewer.ui.dialogs.fault import FaultDialog
from histoviewer.ui.dialogs.new_project import NewProjectDialog, describe
from histoviewer.ui.dialogs.next_batch import BatchChoice, NextBatchDialog
from histoviewer.ui.dialogs.train import DEFAULT_RECIPE, TrainDialog
from histoviewer.ui.keymap import KeyMap
from tests.project import samples
from tests.ui.conftest import PATIENCE_MS


@pytest.fixture
def train(qtbot: QtBot) -> TrainDialog:
    made = TrainDialog(load_recipes())
    qtbot.addWidget(made)
    return made


@pytest.fixture
def export(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    models = [samples.model(number) for number in (1, 2, 3)]
    made = ExportDialog(
        models=models,
        champion=models[1],
        propose=lambda model: tmp_path / f"{model.number}.csv",
        has_sample=True,
    )
    qtbot.addWidget(made)
    return made


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    root = tmp_path / "slides"
    root.mkdir()
    return Catalogue(
        root=root,
        source=root,
        layout="kaggle",
        classes=ClassNames("normal", "tumour"),
        ids=["a", "b", "c"],
        locations=["a.tif", "b.tif", "c.tif"],
        given=np.array([1, 0, -1], np.int8),
        splits=np.array([-1, -1, Split.TEST], np.int8),
        groups=["s1", "s1", ""],
    )


@pytest.fixture
def new_project(qtbot: QtBot, catalogue: Catalogue, tmp_path: Path) -> Iterator[NewProjectDialog]:
    background = Background()
    made = NewProjectDialog(
        catalogue=catalogue, tile_size=96, folder=tmp_path, background=background
    )
    qtbot.addWidget(made)
    qtbot.waitUntil(made._accept.isEnabled)
    yield made
    background.close()


def words(dialog: QDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def test_training_needs_no_choice(train: TrainDialog) -> None:
    choice = train.choice

    assert choice.recipe.name == DEFAULT_RECIPE
    assert (choice.epochs, choice.max_seconds, choice.seed) == (None, None, 0)
    assert f"({choice.recipe.epochs})" in train.epochs.text()


def test_training_takes_what_is_chosen(train: TrainDialog) -> None:
    train.recipes.choose("cnn-gap-colour")
    train.epochs.setValue(5)
    train.minutes.setValue(2)
    train.seed.setValue(7)

    choice = train.choice
    assert (choice.recipe.name, choice.epochs) == ("cnn-gap-colour", 5)
    assert (choice.max_seconds, choice.seed) == (120.0, 7)


def test_every_recipe_says_what_it_is(train: TrainDialog) -> None:
    items = [train.recipes.item(row) for row in range(train.recipes.count())]
    told = dict(item.text().split("\n") for item in items if item.flags())
    assert sorted(told) == recipe_names()
    assert all(told.values())


def test_recipes_stand_below_headings_that_the_keyboard_passes_over(
    qtbot: QtBot, train: TrainDialog
) -> None:
    train.show()
    train.recipes.choose("histo-fast")
    qtbot.keyClick(train.recipes, Qt.Key.Key_Down)
    assert train.recipes.recipe.name == "brightness-logreg"
    headings = [
        train.recipes.item(row).text()
        for row in range(train.recipes.count())
        if not train.recipes.item(row).flags()
    ]
    assert headings == [
        "Made for this program", "Published for histology", "Published for chest X-rays",
    ]  # fmt: skip


def test_enter_accepts_and_escape_leaves(qtbot: QtBot, train: TrainDialog) -> None:
    for key, ending in ((Qt.Key.Key_Return, train.accepted), (Qt.Key.Key_Escape, train.rejected)):
        train.show()
        with qtbot.waitSignal(ending):
            qtbot.keyClick(train.seed, key)


def test_exporting_proposes_a_file(export: ExportDialog, tmp_path: Path) -> None:
    choice = export.choice

    assert choice.model == "002-histo-fast"
    assert choice.out == tmp_path / "2.csv"
    assert choice.sample is None
    assert not choice.hard


def test_another_model_is_exported_to_another_file(
    export: ExportDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    assert "champion" in export.model.currentText()

    qtbot.keyClick(export.model, Qt.Key.Key_Down)  # the newest is at the top
    assert (export.choice.model, export.choice.out) == ("001-histo-fast", tmp_path / "1.csv")

    export.out.set_path(tmp_path / "mine.csv")
    qtbot.keyClick(export.model, Qt.Key.Key_Home)
    assert (export.choice.model, export.choice.out) == ("003-histo-fast", tmp_path / "mine.csv")


def test_hard_labels_are_warned_of(export: ExportDialog) -> None:
    export.show()
    assert not export._warning.isVisible()
    height = export.height()

    export.hard.setChecked(True)

    assert export._warning.isVisible()
    assert export.height() > height
    assert export.choice.hard


def test_exporting_nowhere_is_refused(export: ExportDialog) -> None:
    export.out.set_path(None)

    assert not export._accept.isEnabled()
    assert "where" in export._fault.text()


def test_what_was_found_is_described(catalogue: Catalogue) -> None:
    assert describe(catalogue) == (
        "Found 3 tiles in the layout “kaggle”. Of class tumour: 1; of class normal: 1. "
        "Unlabelled: 1. For testing: 1. Groups: 1."
    )


def test_a_project_is_proposed(new_project: NewProjectDialog, tmp_path: Path) -> None:
    choice = new_project.choice

    assert choice.path == tmp_path / "slides.histo"
    assert (choice.positive, choice.tile_size) == ("tumour", 96)
    assert (choice.validation_ids, choice.groups) == (None, None)


def test_the_other_class_can_be_the_positive_one(new_project: NewProjectDialog) -> None:
    new_project.positive.setCurrentText("normal")

    assert new_project.choice.positive == "normal"


@pytest.mark.parametrize(
    ("name", "folder", "word"),
    [("", None, "name"), ("x", "nowhere", "folder"), ("taken", None, "exists")],
)
def test_a_project_that_cannot_be_made_is_refused(
    new_project: NewProjectDialog,
    qtbot: QtBot,
    tmp_path: Path,
    name: str,
    folder: str | None,
    word: str,
) -> None:
    (tmp_path / "taken.histo").mkdir()
    if folder:
        new_project.folder.set_path(tmp_path / folder)

    new_project.name.setText(name)

    qtbot.waitUntil(lambda: word in new_project.fault)
    assert not new_project._accept.isEnabled()


def test_a_key_in_the_name_waits_for_no_disk(
    new_project: NewProjectDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = threading.Event()
    monkeypatch.setattr(Path, "is_dir", lambda _: slow.wait(PATIENCE_MS / 1000))

    qtbot.keyClicks(new_project.name, "x")

    assert not new_project._accept.isEnabled()
    slow.set()
    qtbot.waitUntil(new_project._accept.isEnabled)


def test_enter_before_the_disk_has_answered_counts_once_it_has(
    new_project: NewProjectDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = threading.Event()
    monkeypatch.setattr(Path, "is_dir", lambda _: slow.wait(PATIENCE_MS / 1000))
    qtbot.keyClicks(new_project.name, "x")

    qtbot.keyClick(new_project.name, Qt.Key.Key_Return)

    assert new_project.result() != NewProjectDialog.DialogCode.Accepted
    with qtbot.waitSignal(new_project.accepted):
        slow.set()


def test_the_cheat_sheet_lists_every_command_that_has_a_key(qtbot: QtBot) -> None:
    keymap = KeyMap.load()
    sheet = CheatSheet(keymap)
    qtbot.addWidget(sheet)

    text = words(sheet).splitlines()

    for command in COMMANDS:
        if keymap.sequences(command.id):
            assert command.plain_title.rstrip("…") in text
            assert keymap.shown(command.id) in text


def test_a_fault_names_the_log(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = FaultDialog("KeyError: 'x'", tmp_path / "histoviewer.log")
    qtbot.addWidget(dialog)

    assert str(tmp_path / "histoviewer.log") in dialog.informativeText()
    assert "KeyError" in dialog.detailedText()
    assert "KeyError" not in dialog.text()


def test_a_blind_reader_is_offered_no_batch_of_labels_that_are_probably_wrong(
    qtbot: QtBot,
) -> None:
    """That a tile is in such a batch says what is thought of its label."""
    last = BatchChoice(
        strategy=Strategy.CONFIDENT_LEARNING, size=7, random_share=0.0, split=Split.TRAIN
    )
    dialog = NextBatchDialog(last, blind=True)
    qtbot.addWidget(dialog)

    offered = [dialog.strategy.itemText(row) for row in range(dialog.strategy.count())]

    assert not [text for text in offered if "wrong" in text]
    assert len(offered) == NextBatchDialog(None).strategy.count() - sum(
        each.facts.seeks_errors for each in Strategy
    )
    assert (dialog.choice.strategy, dialog.choice.size) == (Strategy.MIX, 7)
