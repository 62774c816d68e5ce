"""Maps over the errors of the evaluate page, in the real window with real keys."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from histoviewer.domain.explanation import FeatureLayer
from histoviewer.domain.models import Blend, ModelKind
from histoviewer.project.project import Project
from histoviewer.ui.evaluate.layout import Tab
from histoviewer.ui.evaluate.page import EvaluatePage
from histoviewer.ui.explain.overlay import MapOverlay
from histoviewer.ui.explain.panel import ExplainPanel
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS

pytestmark = pytest.mark.slow
Key = Qt.Key
WORDS = "Grad-CAM of model {number}"


@pytest.fixture
def twice_path(explained_path: Path) -> Path:
    """The explained model twice, in two folders with maps of their own; the first is champion."""
    with Project.open(explained_path) as project:
        first = project.models()[0]
        second = replace(first, id="002-twin", number=2)
        shutil.copytree(project.model_folder(first.id), project.model_folder(second.id))
        project.add_model(second)
    return explained_path


@pytest.fixture
def page(open_window: Open, twice_path: Path, qtbot: QtBot) -> EvaluatePage:
    return open_errors(open_window(twice_path), qtbot)


def open_errors(window: MainWindow, qtbot: QtBot) -> EvaluatePage:
    """Return the page with the errors of the champion, and the keyboard on them."""
    shown = window.pages.show_page("evaluate")
    assert isinstance(shown, EvaluatePage)
    qtbot.waitUntil(lambda: len(shown.assessor.found) == 1, timeout=PATIENCE_MS)
    shown.parts.show_tab(Tab.ERRORS)
    qtbot.waitUntil(lambda: bool(in_view(shown)), timeout=PATIENCE_MS)
    return shown


@pytest.fixture
def overlay(page: EvaluatePage) -> MapOverlay:
    found = page.findChild(MapOverlay)
    assert isinstance(found, MapOverlay)
    return found


def in_view(page: EvaluatePage) -> set[int]:
    return set(page.parts.gallery.grid.tiles.in_view.tolist())


def mapped(grid: TileGrid) -> set[int]:
    """Return the tiles in view that are painted with their maps."""
    tiles = grid.tiles.in_view
    stamps = grid.tiles.take(tiles, np.zeros(0, np.int64))
    return set(tiles[stamps > 1 << 40].tolist())


def press_m(page: EvaluatePage) -> None:
    QTest.keyClick(page.window(), Key.Key_M)


def lay(page: EvaluatePage, qtbot: QtBot) -> None:
    """Lay maps over the errors in view with the key, and wait for all of them."""
    press_m(page)
    grid = page.parts.gallery.grid
    qtbot.waitUntil(lambda: mapped(grid) == in_view(page) != set(), timeout=PATIENCE_MS)


def show_second(page: EvaluatePage, qtbot: QtBot) -> None:
    page.table.mark("002-twin", on=True)
    page.table.mark(page.assessor.found[0].model, on=False)
    qtbot.waitUntil(
        lambda: [each.model for each in page.assessor.found] == ["002-twin"], timeout=PATIENCE_MS
    )


def test_m_lays_maps_over_the_errors_in_view_and_lifts_them(page: EvaluatePage, qtbot) -> None:
    window, grid = page.window(), page.parts.gallery.grid
    assert grid.hasFocus()
    qtbot.waitUntil(lambda: grid.supply.has(grid.tiles.in_view), timeout=PATIENCE_MS)
    plain = grid.grab().toImage()

    lay(page, qtbot)

    assert grid.grab().toImage() != plain
    assert page.parts.gallery.maps.isChecked()
    press_m(page)
    assert grid.grab().toImage() == plain
    assert not window.commands["view.maps"].isChecked()


def test_the_button_above_the_errors_does_the_same(page: EvaluatePage, overlay) -> None:
    QTest.mouseClick(page.parts.gallery.maps, Qt.MouseButton.LeftButton)

    assert overlay.is_on
    assert page.window().commands["view.maps"].isChecked()


def test_maps_are_those_of_the_model_whose_errors_are_shown(
    page: EvaluatePage, overlay, qtbot
) -> None:
    """The champion could not be explained: its network is gone."""
    project = page.window().bench.workspace.project
    (project.model_folder(project.champion()) / "model.keras").unlink()
    show_second(page, qtbot)

    with qtbot.waitSignal(page.notice) as said:
        lay(page, qtbot)

    assert said.args[0].startswith(WORDS.format(number=2))
    assert overlay._words == WORDS.format(number=2)


def test_the_maps_follow_the_model_that_is_shown(page: EvaluatePage, overlay, qtbot) -> None:
    lay(page, qtbot)
    assert overlay._words == WORDS.format(number=1)

    show_second(page, qtbot)

    grid = page.parts.gallery.grid
    assert overlay._words == WORDS.format(number=2)
    qtbot.waitUntil(lambda: mapped(grid) == in_view(page), timeout=PATIENCE_MS)


def test_of_an_ensemble_the_first_member_is_explained_and_named(
    open_window: Open, explained_path: Path, qtbot: QtBot
) -> None:
    with Project.open(explained_path) as project:
        first = project.models()[0]
        blend = Blend(members=(first.id,), tta=True)
        both = replace(first, id="002-both", number=2, kind=ModelKind.ENSEMBLE, blend=blend)
        shutil.copytree(project.model_folder(first.id), project.model_folder(both.id))
        project.add_model(both)
        project.set_champion(both.id, reason="test")
    page = open_errors(open_window(explained_path), qtbot)

    with qtbot.waitSignal(page.notice) as said:
        lay(page, qtbot)

    assert said.args[0].startswith("Grad-CAM of the first member of model 2")


def test_a_layer_chosen_of_the_champion_is_not_asked_of_another_model(
    page: EvaluatePage, qtbot
) -> None:
    choices = page.window().pages.pages["review"].inspector.findChild(ExplainPanel).choices
    layer = FeatureLayer(name="its", kind="Conv2D", channels=1, height=1, width=1)
    choices.offer_layers([layer])
    choices.layer.setCurrentIndex(1)
    show_second(page, qtbot)

    with qtbot.waitSignal(page.notice) as said:
        lay(page, qtbot)

    assert "the layer that is chosen is the champion's" in said.args[0]


def test_a_blind_read_shows_no_map_of_an_error(page: EvaluatePage, overlay, qtbot) -> None:
    lay(page, qtbot)
    window, kept = page.window(), set(overlay._known.maps)
    review = window.pages.show_page("review")
    qtbot.keyClick(review.grid, Key.Key_B)

    window.pages.show_page("evaluate")

    grid = page.parts.gallery.grid
    assert len(grid.order) == 0
    assert not overlay._covers(np.array(sorted(kept))).any()
    assert len(overlay._wanted(window.bench.workspace)) == 0


def test_each_page_has_maps_of_its_own(page: EvaluatePage, qtbot) -> None:
    window = page.window()
    lay(page, qtbot)

    review = window.pages.show_page("review")

    assert not review.shows_maps
    assert not window.commands["view.maps"].isChecked()
    window.pages.show_page("evaluate")
    assert window.commands["view.maps"].isChecked()


def test_where_no_errors_are_seen_the_command_says_where_they_are(
    page: EvaluatePage, overlay
) -> None:
    commands = page.window().commands
    assert commands["view.maps"].isEnabled()

    page.parts.show_tab(Tab.CURVES)
    press_m(page)

    assert not overlay.is_on
    assert "tab Errors" in commands.reason("view.maps")
    page.parts.show_tab(Tab.ERRORS)
    assert commands["view.maps"].isEnabled()


def test_maps_stay_when_the_tiles_come_from_another_place(page: EvaluatePage, qtbot) -> None:
    lay(page, qtbot)
    workspace = page.window().bench.workspace

    page.set_pixels(workspace.originals)
    page.set_pixels()

    grid = page.parts.gallery.grid
    qtbot.waitUntil(lambda: mapped(grid) == in_view(page) != set(), timeout=PATIENCE_MS)


def test_another_project_begins_without_maps(page: EvaluatePage, overlay, qtbot) -> None:
    lay(page, qtbot)
    window = page.window()

    window.commands["project.close"].trigger()

    qtbot.waitUntil(lambda: not window.front.shows_project, timeout=PATIENCE_MS)
    assert not overlay.is_on
