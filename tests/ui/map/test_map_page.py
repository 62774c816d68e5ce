"""The map page in the real window: made, seen, moved, surrounded, and in step with the grid."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from histoviewer.domain.embedding_map import Layout
from histoviewer.domain.map_colouring import ColourBy, Kind
from histoviewer.services.embedding_map.scene import Emphasis
from histoviewer.ui.map import work as map_work
from histoviewer.ui.map.page import MapPage
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS, operation
from tests.ui.file_dialogs import then, type_name
from tests.ui.map.lattice import write_map

_NONE, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_CTRL, _LEFT = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def mapped_path(embedded_path: Path) -> Path:
    write_map(embedded_path)
    return embedded_path


def wait(qtbot: QtBot, until: Callable[[], bool]) -> None:
    qtbot.waitUntil(until, timeout=PATIENCE_MS)


def settled(page: MapPage) -> Callable[[], bool]:
    return lambda: page.canvas.scene is not None and not page.canvas.renderer.is_painting


def hidden(page: MapPage) -> int:
    """Return how many tiles the map says to be hidden."""
    found = page.painter.colouring
    return sum(each.count for each in found.categories if each.kind is Kind.HIDDEN) if found else 0


@pytest.fixture
def page(open_window: Open, mapped_path: Path, qtbot: QtBot) -> MapPage:
    """The page with its map painted, whose points have been selected none."""
    shown = open_window(mapped_path).pages.show_page("map")
    assert isinstance(shown, MapPage)
    shown.select_none()
    wait(qtbot, settled(shown))
    return shown


def place(page: MapPage, tile: int) -> QPoint:
    return page.canvas.place_of(tile).toPoint()


def around(page: MapPage, tiles: list[int], by: int = 20) -> list[QPoint]:
    """Return the corners of a box around some tiles."""
    places = [place(page, tile) for tile in tiles]
    left, right = min(p.x() for p in places) - by, max(p.x() for p in places) + by
    top, bottom = min(p.y() for p in places) - by, max(p.y() for p in places) + by
    return [QPoint(left, top), QPoint(right, top), QPoint(right, bottom), QPoint(left, bottom)]


def draw(page: MapPage, tiles: list[int], held: Qt.KeyboardModifier = _SHIFT) -> None:
    """Draw a lasso around some tiles with the mouse."""
    corners = around(page, tiles)
    QTest.mousePress(page.canvas, _LEFT, held, corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(page.canvas, corner)
    QTest.mouseRelease(page.canvas, _LEFT, held, corners[-1])


# --- lasso and selection


def test_a_lasso_selects_in_the_grid_which_shows_these_tiles_alone(
    page: MapPage, qtbot: QtBot
) -> None:
    review = page._context.pages.pages["review"]

    draw(page, [0, 1, 9, 10])
    wait(qtbot, lambda: sorted(review.grid.selection.tiles().tolist()) == [0, 1, 9, 10])
    assert "4 tiles" in page.parts.selection.text()
    page.parts.show_selected.click()

    assert page._context.pages.current is review
    wait(qtbot, lambda: sorted(review.grid.order.tolist()) == [0, 1, 9, 10])
    assert review.filters.tile_list.title == "Map: 4 tiles"


def test_a_click_selects_and_a_double_click_opens_the_tile(page: MapPage, qtbot: QtBot) -> None:
    QTest.mouseClick(page.canvas, _LEFT, _NONE, place(page, 30))
    assert page.chosen.tolist() == [30]
    QTest.mouseClick(page.canvas, _LEFT, _CTRL, place(page, 31))
    assert sorted(page.chosen.tolist()) == [30, 31]

    QTest.mouseDClick(page.canvas, _LEFT, _NONE, place(page, 40))

    assert page._context.pages.current_id == "review"
    wait(qtbot, lambda: page._context.pages.current.grid.current == 40)


def test_what_the_grid_selects_stands_out_on_the_map(page: MapPage, qtbot: QtBot) -> None:
    page._context.pages.pages["review"].grid.choose(np.array([3, 4, 5]))

    def chosen() -> list[int]:
        scene = page.canvas.scene
        return sorted(scene.points.index.order[scene.emphasis == Emphasis.CHOSEN].tolist())

    wait(qtbot, lambda: chosen() == [3, 4, 5])


def test_what_filters_leave_out_is_faint_and_no_lasso_selects_it(
    page: MapPage, qtbot: QtBot
) -> None:
    review = page._context.pages.pages["review"]
    review.show_list(np.array([0, 1, 2]), "three")
    wait(qtbot, lambda: len(review.grid.order) == 3)
    wait(qtbot, lambda: (page.canvas.scene.emphasis == Emphasis.FAINT).sum() == 69)

    draw(page, [0, 1, 9, 10])

    wait(qtbot, lambda: sorted(page.chosen.tolist()) == [0, 1])


def test_a_category_that_is_unchecked_is_gone_and_no_lasso_selects_it(
    page: MapPage, qtbot: QtBot
) -> None:
    negative = np.flatnonzero(page._workspace.session.tiles.given == 0)
    row = next(box for box in page.parts.legend.rows if box.text() == "0")
    row.click()
    wait(qtbot, lambda: (page.canvas.scene.emphasis == Emphasis.ABSENT).sum() == len(negative))

    draw(page, list(range(72)))

    wait(qtbot, lambda: len(page.chosen) == 72 - len(negative))
    assert not set(page.chosen.tolist()) & set(negative.tolist())


# --- colours, blind reads, themes


def test_the_legend_counts_what_a_colouring_tells_apart_and_that_is_remembered(
    page: MapPage, qtbot: QtBot
) -> None:
    box = page.parts.colour_by
    for by in ColourBy:
        box.setCurrentIndex(box.findData(by))
        wait(qtbot, lambda by=by: page.painter.colouring.by is by)

        categories = page.painter.colouring.categories
        assert sum(each.count for each in categories) == 72
        assert len(page.parts.legend.rows) == sum(each.count > 0 for each in categories)
    kept = page.state()
    box.setCurrentIndex(0)
    page.restore({**kept, "layout": "no such layout"})
    assert page.parts.by is ColourBy.SPLIT
    assert page.parts.wanted is Layout.UMAP


def test_a_verdict_changes_the_colour_of_its_tile(page: MapPage, qtbot: QtBot) -> None:
    session = page._workspace.session
    tile = int(np.flatnonzero(session.tiles.given == 0)[0])

    page.changed.emit(session.label([tile], 1))

    at = page.canvas.points.places_of[tile]
    wait(qtbot, lambda: page.canvas.scene.codes[at] == 0)


def test_a_blind_read_hides_scores_on_the_map(page: MapPage, qtbot: QtBot) -> None:
    box = page.parts.colour_by
    box.setCurrentIndex(box.findData(ColourBy.SCORE))
    wait(qtbot, lambda: page.painter.colouring.by is ColourBy.SCORE)

    window = page.window()
    window.pages.show_page("review")
    window.commands["review.blind"].trigger()
    window.pages.show_page("map")

    wait(qtbot, lambda: hidden(page) == 72)
    QTest.mouseMove(page.canvas, place(page, 12))
    wait(qtbot, lambda: "hidden" in page.card.facts.text())  # once it is painted in new colours
    assert "blind read" in page.parts.banner_text.text()


def test_another_reader_sees_no_score_that_the_one_before_had_earned(
    page: MapPage, qtbot: QtBot
) -> None:
    box = page.parts.colour_by
    box.setCurrentIndex(box.findData(ColourBy.SCORE))
    window = page.window()
    review = window.pages.show_page("review")
    review.set_blind(True)
    review.changed.emit(page._workspace.session.label(np.arange(10), 1))
    window.pages.show_page("map")

    wait(qtbot, lambda: hidden(page) == 62 and page.canvas.is_painted)

    window.preferences.set_reader("Ben")

    assert not page.canvas.is_painted  # at once: no paint may come in between
    assert page.parts.legend.rows == []
    wait(qtbot, lambda: hidden(page) == 72 and page.canvas.is_painted)


def test_the_tile_under_the_pointer_is_shown(page: MapPage, qtbot: QtBot) -> None:
    QTest.mouseMove(page.canvas, place(page, 12))

    session = page._workspace.session
    wait(qtbot, lambda: not page.card.picture.pixmap().isNull())
    assert page.card.isVisible()
    assert page.card.title.text()[:9] == session.tiles.ids[12][:9]
    assert f"{session.scores[12]:.3f}" in page.card.facts.text()
    assert page.rect().contains(page.card.mapTo(page, page.card.rect().bottomRight()))


# --- maps that are not there, or are old


def test_without_a_model_it_offers_to_train_one(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    shown = open_window(project_path).pages.show_page("map")

    wait(qtbot, lambda: shown.parts.empty_title.text() == "There is no model yet.")
    assert shown.parts.empty_button.text() == "Train a model…"
    assert not shown.parts.shows_map


def test_a_model_whose_file_is_gone_is_said_in_place_of_the_map(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window = open_window(ranked_path)
    shown = window.pages.show_page("map")

    wait(qtbot, lambda: "missing" in shown.parts.empty_title.text())
    assert not window.notices.notices


def test_what_could_not_be_read_is_still_said_after_a_verdict_and_can_be_read_again(
    open_window: Open, embedded_path: Path, qtbot: QtBot
) -> None:
    network = embedded_path / "models" / "001-test" / "model.keras"
    kept = network.rename(network.with_suffix(".away"))
    window = open_window(embedded_path)
    shown = window.pages.show_page("map")
    wait(qtbot, lambda: "missing" in shown.parts.empty_title.text())

    window.bench.changed.emit(window.bench.workspace.session.label([3], 1))

    assert "missing" in shown.parts.empty_title.text()
    kept.rename(network)
    assert shown.parts.empty_button.text() == "Read again"
    QTest.mouseClick(shown.parts.empty_button, _LEFT)
    wait(qtbot, lambda: shown.parts.empty_button.text() == "Make the map")


@pytest.mark.expected_log("background work failed by a fault of ours")
def test_a_fault_of_ours_leaves_no_map_that_is_being_read_forever(
    open_window: Open, mapped_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(mapped_path)

    def fail(_project: object) -> None:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patched:
        patched.setattr(map_work, "_read", fail)
        shown = window.pages.show_page("map")
        wait(qtbot, lambda: shown.parts.empty_title.text() == "The map could not be read.")

    QTest.mouseClick(shown.parts.empty_button, _LEFT)

    wait(qtbot, lambda: shown.parts.shows_map)


def test_while_no_model_can_be_trained_the_button_is_off_and_says_why(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    shown = window.pages.show_page("map")
    button = shown.parts.empty_button
    wait(qtbot, lambda: button.text() == "Train a model…")
    assert button.isEnabled()

    window.bench.submit(window.bench.batch, "Train", lambda: operation(("until_cancelled", None)))

    assert not button.isEnabled()
    assert "Wait for the running job" in button.toolTip()
    window.bench.batch.cancel()
    wait(qtbot, button.isEnabled)


def test_one_click_makes_the_map_and_pca_is_seen_while_umap_is_worked_out(
    open_window: Open, embedded_path: Path, qtbot: QtBot
) -> None:
    window = open_window(embedded_path)
    shown = window.pages.show_page("map")
    wait(qtbot, lambda: shown.parts.empty_button.text() == "Make the map")

    shown.parts.empty_button.click()

    wait(qtbot, lambda: shown.shown_layout is Layout.PCA)
    assert "PCA is shown meanwhile" in shown.parts.banner_text.text()
    window.bench.batch.cancel()
    wait(qtbot, lambda: not shown.work.is_making)
    assert shown.shown_layout is Layout.PCA
    assert shown.parts.banner_button.text() == "Make the map again"


def test_an_old_map_is_shown_as_such(open_window: Open, embedded_path: Path, qtbot: QtBot) -> None:
    write_map(embedded_path, key="of another model")

    shown = open_window(embedded_path).pages.show_page("map")

    wait(qtbot, lambda: shown.parts.shows_map)
    assert "another model" in shown.parts.banner_text.text()
    assert shown.parts.banner_button.text() == "Make the map again"


def test_the_map_is_saved_as_a_picture(page: MapPage, qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "seen.png"
    then(type_name(out))

    page.parts.export.click()

    wait(qtbot, out.exists)
    picture = QImage(str(out))
    assert picture.width() > 2 * page.canvas.width()
    assert picture.height() > 2 * page.canvas.height()
