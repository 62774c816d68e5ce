"""Recipes that start from pretrained weights: the reader says from where, or is told they lack."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from histoviewer.domain.recipe import load_recipe, load_recipes, read_recipe
from histoviewer.services import retraining
from histoviewer.services.recipes import save_recipe
from histoviewer.ui import operations
from histoviewer.ui.dialogs.train import TrainChoice, TrainDialog
from histoviewer.ui.window import MainWindow
from tests.ui.conftest import PATIENCE_MS

PRETRAINED = "vgg16-transfer"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot: QtBot) -> TrainDialog:
    made = TrainDialog(load_recipes())
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave the compute process an empty cache and a network on which nobody answers."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def click_recipe(dialog: TrainDialog, name: str, qtbot: QtBot) -> None:
    """Scroll to a recipe and click it."""
    item = next(
        dialog.recipes.item(row)
        for row in range(dialog.recipes.count())
        if dialog.recipes.item(row).text().startswith(f"{name}\n")
    )
    dialog.recipes.scrollToItem(item)
    place: QRect = dialog.recipes.visualItemRect(item)
    qtbot.mouseClick(dialog.recipes.viewport(), LEFT, pos=place.center())


def test_weights_are_asked_for_only_where_a_recipe_starts_from_some(
    dialog: TrainDialog, qtbot: QtBot
) -> None:
    height = dialog.height()
    assert not dialog.weights.isVisible()
    click_recipe(dialog, PRETRAINED, qtbot)
    assert dialog.weights.isVisible()
    assert dialog.height() > height
    assert "VGG16" in dialog.weights.edit.toolTip()
    click_recipe(dialog, "resnet34-slim", qtbot)
    assert not dialog.weights.isVisible()
    assert dialog.height() == height


def test_weights_can_be_typed_and_left_to_keras(dialog: TrainDialog, qtbot: QtBot) -> None:
    click_recipe(dialog, PRETRAINED, qtbot)
    assert dialog.choice.weights is None
    dialog.weights.setFocus()
    qtbot.keyClicks(dialog.focusWidget(), "/data/vgg16_notop.h5")
    assert dialog.choice.weights == Path("/data/vgg16_notop.h5")
    click_recipe(dialog, "histo-fast", qtbot)
    assert dialog.choice.weights is None


def test_weights_can_be_browsed_for(
    dialog: TrainDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/data/own.h5", ""))
    click_recipe(dialog, PRETRAINED, qtbot)
    qtbot.mouseClick(dialog.weights.findChild(QPushButton), LEFT)
    assert dialog.choice.weights == Path("/data/own.h5")


@pytest.fixture
def small() -> str:
    """A recipe of the reader's own on the smallest network that starts from ImageNet weights."""
    block = 'kind = "backbone"\nname = "MobileNetV3Small"'
    text = f'title = "Small"\n[input]\npreprocessing = "backbone"\n[[blocks]]\n{block}\n'
    return save_recipe(recipe=read_recipe(text, "small"), name="small").name


@pytest.mark.usefixtures("offline")
def test_weights_that_cannot_be_had_are_told_in_a_sentence_and_nothing_is_kept(
    open_window: Callable[[Path], MainWindow], project_path: Path, small: str, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    with qtbot.waitSignal(window.bench.batch.operation_failed, timeout=PATIENCE_MS):
        window.commands["model.train"].trigger()
        dialog = window.findChild(TrainDialog)
        click_recipe(dialog, small, qtbot)
        qtbot.keyClick(dialog.weights.edit, Qt.Key.Key_Return)
    said = window.notices.notices[0].title
    assert said.startswith("The ImageNet weights of MobileNetV3Small are not in Keras' cache and")
    assert window.bench.standing.models == []
    assert list((project_path / "models").glob("*")) == []


def test_the_file_of_weights_reaches_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}
    monkeypatch.setattr(retraining, "train", lambda **given: asked.update(given))
    file = Path("/data/own.h5")
    choice = TrainChoice(
        recipe=load_recipe(PRETRAINED), epochs=None, max_seconds=None, seed=0, weights=file
    )
    operations.train(None, choice)
    assert asked["weights"] == file
