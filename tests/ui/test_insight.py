"""Inside the model: feature maps and first filters beside the real window."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar

from histoviewer.ui.explain.insight import InsightDialog
from histoviewer.ui.explain.panel import ExplainPanel
from histoviewer.ui.explain.picture_list import PictureList
from tests.ui.conftest import PATIENCE_MS
from tests.ui.file_dialogs import then, type_name
from tests.ui.test_accessibility import controls, name_of
from tests.ui.test_explain_panel import add_copy_of_champion

pytestmark = pytest.mark.slow
Key = Qt.Key


@pytest.fixture
def panel(open_window, explained_path: Path) -> ExplainPanel:
    page = open_window(explained_path).pages.current
    page.grid.go_to_place(0)
    return page.inspector.findChild(ExplainPanel)


@pytest.fixture
def dialog(panel, qtbot) -> InsightDialog:
    """The dialog, opened by the keyboard from the panel."""
    panel.button.click()
    panel.look_inside.setFocus()
    qtbot.keyClick(panel.look_inside, Key.Key_Space)
    assert panel.insight is not None
    return panel.insight


def wait(qtbot, condition) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


def test_it_shows_feature_maps_of_the_tile_by_layer_and_the_first_filters(
    dialog, panel, qtbot, tmp_path
) -> None:
    features, filters = dialog.features, dialog.filters
    wait(qtbot, lambda: features.pictures.count() > 0)
    wait(qtbot, lambda: features.layer.count() > 1)
    last = features.caption.text()
    assert features.pictures.item(0).text().startswith("channel ")

    qtbot.keyClick(features.layer, Key.Key_Down)
    wait(qtbot, lambda: features.pictures.count() > 0 and features.caption.text() != last)
    first_layer = features._found.layer
    panel.window().pages.current.grid.go_to_place(1)
    tile = panel.window().pages.current.grid.current
    wait(qtbot, lambda: features._found is not None and features._found.tile == tile)
    assert features._found.layer == first_layer

    qtbot.keyClick(dialog.tabs.findChild(QTabBar), Key.Key_Right)
    wait(qtbot, lambda: filters.pictures.count() > 0)
    assert filters.pictures.count() == 8
    out = tmp_path / "filters.png"
    then(type_name(out))
    dialog.save.click()
    wait(qtbot, lambda: "Saved" in filters.caption.text())
    assert out.read_bytes().startswith(b"\x89PNG")
    assert [each for each in controls(dialog) if not name_of(each)] == []


def test_what_was_shown_is_saved_whatever_happens_while_a_name_is_typed(
    dialog, panel, qtbot, tmp_path
) -> None:
    features, out = dialog.features, tmp_path / "maps.png"
    wait(qtbot, lambda: features.pictures.count() > 0)

    then(dialog.forget, type_name(out))  # as when another model begins to rank
    dialog.save.click()

    wait(qtbot, lambda: "Saved" in features.caption.text())
    assert out.read_bytes().startswith(b"\x89PNG")


def test_the_layer_stays_chosen_when_another_model_ranks(
    open_window, explained_path, qtbot
) -> None:
    add_copy_of_champion(explained_path)
    window = open_window(explained_path)
    window.pages.current.grid.go_to_place(0)
    panel = window.pages.current.inspector.findChild(ExplainPanel)
    panel.button.click()
    panel.look_inside.click()
    features = panel.insight.features
    wait(qtbot, lambda: features.layer.count() > 1)
    qtbot.keyClick(features.layer, Key.Key_Down)
    chosen = features.layer.chosen

    window.bench.promote("002-test")

    wait(qtbot, lambda: features._found is not None and features._found.model.number == 2)
    wait(qtbot, lambda: features._found is not None and features._found.layer == chosen)
    assert features.layer.chosen == chosen


def test_nothing_is_shown_of_a_tile_that_a_blind_read_hides(panel, dialog, qtbot) -> None:
    window = panel.window()
    window.commands["review.blind"].trigger()  # the dialog has the keyboard

    wait(qtbot, lambda: "Hidden" in dialog.features.caption.text())
    assert dialog.features.pictures.count() == 0
    assert not dialog.save.isEnabled()


def test_a_model_whose_file_is_gone_is_a_sentence(panel, qtbot) -> None:
    project = panel.window().bench.workspace.project
    (project.model_folder(project.champion()) / "model.keras").unlink()

    panel.look_inside.click()

    wait(qtbot, lambda: "missing" in panel.insight.features.caption.text())


def test_words_below_a_picture_are_whole_whichever_is_longest(qtbot) -> None:
    pictures = PictureList("Maps", side=32)
    qtbot.addWidget(pictures)
    words = ["1", "channel 113: +0.09", "2"]
    pictures.show_pictures(np.zeros((3, 8, 8, 3), np.uint8), words)
    pictures.show()

    for row, text in enumerate(words):
        place = pictures.visualItemRect(pictures.item(row))
        assert place.width() > pictures.fontMetrics().horizontalAdvance(words[1]), text


def test_it_closes_with_the_project(panel, dialog, qtbot) -> None:
    window = panel.window()

    window.commands["project.close"].trigger()

    wait(qtbot, lambda: not dialog.isVisible())
