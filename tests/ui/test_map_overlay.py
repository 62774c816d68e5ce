"""What the model looked at, laid over the tiles of the real window with real keys."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.arrays import Int64
from histoviewer.domain.explanation import Method, Side
from histoviewer.domain.labels import POSITIVE
from histoviewer.jobs.job import Job, Lane
from histoviewer.project.project import Project
from histoviewer.ui.explain.overlay import MapOverlay
from histoviewer.ui.explain.panel import ExplainPanel
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.tasks import Task
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open, press, wait
from tests.ui.conftest import add_model

pytestmark = pytest.mark.slow
Key = Qt.Key


@pytest.fixture
def opened(open_window: Open, explained_path: Path) -> MainWindow:
    window = open_window(explained_path)
    window.pages.current.grid.setFocus()
    return window


@pytest.fixture
def page(opened: MainWindow) -> ReviewPage:
    shown = opened.pages.current
    assert isinstance(shown, ReviewPage)
    return shown


@pytest.fixture
def overlay(page: ReviewPage) -> MapOverlay:
    found = page.findChild(MapOverlay)
    assert isinstance(found, MapOverlay)
    return found


@pytest.fixture
def panel(page: ReviewPage) -> ExplainPanel:
    found = page.inspector.findChild(ExplainPanel)
    assert isinstance(found, ExplainPanel)
    return found


def mapped(page: ReviewPage) -> set[int]:
    """Return the tiles in view that are painted with their maps."""
    tiles = page.grid.tiles.in_view
    stamps = page.grid.tiles.take(tiles, np.zeros(0, np.int64))
    return set(tiles[stamps > 1 << 40].tolist())


def in_view(page: ReviewPage) -> set[int]:
    return set(page.grid.tiles.in_view.tolist())


def lay(window: MainWindow, page: ReviewPage, qtbot: QtBot) -> None:
    """Lay maps over the tiles in view with the key, and wait for all of them."""
    press(qtbot, window, Key.Key_M)
    wait(qtbot, lambda: bool(in_view(page)) and mapped(page) == in_view(page))


def colour_of(page: ReviewPage, place: int) -> list[int]:
    """Return the pixels in the middle of a cell as they are on the screen."""
    centre = page.grid.cell_rect(place).center()
    image = page.grid.grab().toImage()
    return [image.pixel(centre.x() + step, centre.y()) for step in range(-20, 20)]


def test_m_lays_maps_over_the_tiles_in_view_and_lifts_them(opened, page, qtbot) -> None:
    wait(qtbot, lambda: page.grid.supply.has(page.grid.tiles.in_view))
    plain = colour_of(page, 0)

    lay(opened, page, qtbot)
    covered = colour_of(page, 0)
    press(qtbot, opened, Key.Key_M)

    assert covered != plain
    assert colour_of(page, 0) == plain
    assert not opened.commands["view.maps"].isChecked()


def test_tiles_that_come_into_view_get_theirs(opened, page, overlay, qtbot) -> None:
    page.grid.set_tile_size(300)
    lay(opened, page, qtbot)
    before = in_view(page)

    press(qtbot, opened, Key.Key_End)

    wait(qtbot, lambda: not before & in_view(page) and mapped(page) == in_view(page))
    assert len(overlay._known.maps) < len(page.grid.order)


def test_the_button_above_the_grid_does_the_same(opened, page, overlay, qtbot) -> None:
    qtbot.mouseClick(page.bar.maps, Qt.MouseButton.LeftButton)

    assert overlay.is_on
    assert page.bar.maps.isChecked()
    assert opened.commands["view.maps"].isChecked()


def test_a_blind_read_hides_maps_at_once_and_shows_that_of_a_verdict(opened, page, qtbot) -> None:
    lay(opened, page, qtbot)

    press(qtbot, opened, Key.Key_B)
    wait(qtbot, lambda: bool(in_view(page)))
    assert mapped(page) == set()
    tile = page.grid.current
    press(qtbot, opened, Key.Key_1)

    wait(qtbot, lambda: mapped(page) == {tile})


def test_no_map_is_worked_out_for_a_tile_that_a_blind_read_hides(
    opened, page, overlay, qtbot
) -> None:
    press(qtbot, opened, Key.Key_B)
    tile = page.grid.current
    opened.bench.workspace.session.label([tile], POSITIVE)

    press(qtbot, opened, Key.Key_M)

    wait(qtbot, lambda: mapped(page) == {tile})
    assert set(overlay._known.maps) == {tile}


def test_the_large_view_shows_the_map_of_its_tile_and_says_so(opened, page, qtbot) -> None:
    press(qtbot, opened, Key.Key_Return)
    press(qtbot, opened, Key.Key_M)
    wait(qtbot, lambda: page.large.picture.veil is not None)
    first = page.large.picture.veil

    press(qtbot, opened, Key.Key_Right)
    wait(qtbot, lambda: page.large.picture.veil not in (None, first))

    assert page.large.adjusted.text() == "Grad-CAM of model 1"
    press(qtbot, opened, Key.Key_B)
    wait(qtbot, lambda: page.large.picture.veil is None)
    assert page.large.adjusted.text() == ""


def test_strength_and_evidence_change_the_look_and_nothing_is_worked_out(
    opened, page, panel, qtbot
) -> None:
    lay(opened, page, qtbot)
    covered = colour_of(page, 0)
    asked: list[Task] = []
    opened.bench.interactive.task_queued.connect(asked.append)

    panel.choices.strength.setValue(100)
    wait(qtbot, lambda: colour_of(page, 0) != covered and mapped(page) == in_view(page))
    stronger = colour_of(page, 0)
    panel.choices.side.setCurrentIndex(panel.choices.side.findData(Side.NEGATIVE))

    wait(qtbot, lambda: colour_of(page, 0) != stronger)
    assert asked == []


def test_a_model_that_cannot_be_explained_lifts_the_maps_with_a_sentence(
    opened, page, overlay, qtbot
) -> None:
    project = opened.bench.workspace.project
    (project.model_folder(project.champion()) / "model.keras").unlink()

    press(qtbot, opened, Key.Key_M)

    wait(qtbot, lambda: bool(opened.notices.notices))
    assert "missing" in opened.notices.notices[0].title
    assert not overlay.is_on
    assert not opened.commands["view.maps"].isChecked()


def test_maps_come_beside_a_training(opened, page, qtbot) -> None:
    def train():
        yield Job(
            title="train",
            target="tests.jobs.bodies:until_cancelled",
            request=None,
            lane=Lane.BATCH,
        )

    task = Task(title="train", lane=Lane.BATCH, start=train)
    opened.bench.batch.submit(task)

    lay(opened, page, qtbot)

    assert opened.bench.batch.current is task
    opened.bench.batch.cancel()


def test_another_method_is_worked_out_by_the_network(opened, page, panel, overlay, qtbot) -> None:
    page.grid.set_tile_size(300)
    lay(opened, page, qtbot)
    tiles: Int64 = page.grid.tiles.in_view
    kept = dict(overlay._known.maps)

    panel.choices.method.setCurrentIndex(panel.choices.method.findData(Method.SALIENCY))
    assert not overlay._known.has(tiles).any()

    wait(qtbot, lambda: mapped(page) == in_view(page))
    assert not np.array_equal(overlay._known.maps[int(tiles[0])], kept[int(tiles[0])])


def test_leaving_the_project_lifts_the_maps(opened, page, overlay, qtbot) -> None:
    lay(opened, page, qtbot)

    opened.commands["project.close"].trigger()

    wait(qtbot, lambda: not opened.front.shows_project)
    assert not overlay.is_on


def test_another_champion_is_explained_in_its_place(explained_path, open_window, qtbot) -> None:
    with Project.open(explained_path) as project:
        add_model(project, 2)  # it has no network
    window = open_window(explained_path)
    page = window.pages.current
    page.grid.setFocus()
    lay(window, page, qtbot)

    window.bench.promote("002-test")

    wait(qtbot, lambda: bool(window.notices.notices))
    assert "missing" in window.notices.notices[0].title
    assert mapped(page) == set()


def test_maps_stay_when_the_tiles_come_from_another_place(opened, page, qtbot) -> None:
    lay(opened, page, qtbot)

    page.set_pixels(opened.bench.workspace.originals)
    page.set_pixels()

    wait(qtbot, lambda: bool(in_view(page)) and mapped(page) == in_view(page))


def test_where_there_is_room_for_few_maps_the_first_in_view_have_theirs(
    opened, page, overlay, qtbot
) -> None:
    page.grid.set_tile_size(200)
    lay(opened, page, qtbot)
    before = in_view(page)
    overlay._known.capacity = 3

    press(qtbot, opened, Key.Key_End)

    wait(qtbot, lambda: not before & in_view(page))
    wait(qtbot, lambda: mapped(page) == set(page.grid.tiles.in_view[:3].tolist()))
    assert not before & set(overlay._known.maps)
