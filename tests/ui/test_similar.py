"""Similar tiles in the real window with real keys."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.ml.finished import map_rows, read_note
from histoviewer.project.project import Project
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.tile_menu import TileMenu
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open, press, wait
from tests.ui.conftest import begin_training, lose_embeddings

Key = Qt.Key
MODEL = "001-test"


@pytest.fixture
def page(open_window: Open, embedded_path: Path) -> ReviewPage:
    window = open_window(embedded_path)
    window.pages.current.grid.setFocus()
    return window.pages.current


def show_similar(page: ReviewPage, tiles: list[int], qtbot: QtBot) -> list[int]:
    """Select tiles, press the key and return what is shown."""
    page.show_tiles(np.array(tiles))
    wait(qtbot, lambda: page.judge.targets.tolist() == tiles)
    press(qtbot, page.window(), Key.Key_S)
    wait(qtbot, lambda: page.filters.tile_list is not None)
    wait(qtbot, lambda: len(page.grid.order) == len(page.filters.tile_list))
    return page.grid.order.tolist()


def test_s_shows_a_tile_and_those_most_like_it(page: ReviewPage, qtbot: QtBot) -> None:
    shown = show_similar(page, [20], qtbot)
    assert shown[0] == page.grid.current == 20
    assert set(shown[1:5]) == {18, 19, 21, 22}
    assert len(shown) == 72
    assert page.filters.tile_list.title == f"Similar to {page.judge.session.tiles.ids[20]}"


def test_of_a_selection_those_most_like_any_of_it_are_shown(page: ReviewPage, qtbot: QtBot) -> None:
    shown = show_similar(page, [20, 40], qtbot)
    assert set(shown[:4]) == {19, 21, 39, 41}
    assert not {20, 40} & set(shown)
    assert page.filters.tile_list.title == "Similar to 2 tiles"


def test_a_verdict_falls_on_a_similar_tile_and_the_list_stays(page, qtbot) -> None:
    show_similar(page, [20], qtbot)
    press(qtbot, page.window(), Key.Key_F)
    wait(qtbot, lambda: bool(page.judge.session.states.flagged[20]))
    assert page.filters.tile_list is not None


def test_the_menu_of_a_tile_has_it(page: ReviewPage) -> None:
    menu = page.findChild(TileMenu)
    assert page.window().commands["review.similar"] in menu.actions()


def test_without_a_model_it_is_off_and_says_why(open_window: Open, project_path: Path) -> None:
    action = open_window(project_path).commands["review.similar"]
    assert not action.isEnabled()
    assert "Train a model first" in action.toolTip()


def test_old_embeddings_are_said_and_no_list_is_shown(
    page: ReviewPage, embedded_path: Path, qtbot: QtBot
) -> None:
    (embedded_path / "models" / MODEL / "model.keras").write_bytes(b"another network")
    press(qtbot, page.window(), Key.Key_S)
    window = page.window()
    wait(qtbot, lambda: bool(window.notices.notices))
    notice = window.notices.notices[0]
    assert notice.title == "The embeddings are older than the file of model 1."
    assert notice.button.text() == "Embed now"
    assert page.filters.tile_list is None


def test_who_went_on_while_tiles_were_embedded_is_offered_the_similar_ones(
    page: ReviewPage, embedded_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_embeddings(embedded_path / "models" / MODEL, monkeypatch)
    window = page.window()
    training = begin_training(window)
    press(qtbot, window, Key.Key_S)
    wait(qtbot, lambda: bool(window.notices.notices))
    qtbot.mouseClick(window.notices.notices[0].button, Qt.MouseButton.LeftButton)
    press(qtbot, window, Key.Key_1)
    wait(qtbot, lambda: page.judge.session.log.next_number == 2)
    current = page.grid.current

    window.bench.batch.withdraw(training)

    wait(qtbot, lambda: bool(window.notices.notices))
    notice = window.notices.notices[0]
    assert (notice.title, page.grid.current) == ("The similar tiles are found.", current)
    qtbot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: page.filters.tile_list is not None)


def test_the_offer_to_embed_goes_with_the_project(
    page: ReviewPage, embedded_path: Path, qtbot: QtBot
) -> None:
    (embedded_path / "models" / MODEL / "embeddings.npy").unlink()
    window = page.window()
    press(qtbot, window, Key.Key_S)
    wait(qtbot, lambda: bool(window.notices.notices))

    press(qtbot, window, Key.Key_W, modifier=Qt.KeyboardModifier.ControlModifier)

    wait(qtbot, lambda: window.bench.workspace is None)
    assert window.notices.notices == []


def test_while_reading_only_nothing_is_offered(
    open_window: Open, embedded_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    embeddings = embedded_path / "models" / MODEL / "embeddings.npy"
    embeddings.unlink()
    with Project.open(embedded_path):
        window = open_window(embedded_path)
        press(qtbot, window, Key.Key_S)
        wait(qtbot, lambda: any("not embedded" in each.title for each in window.notices.notices))
        assert [each.button for each in window.notices.notices if "embed" in each.title] == [None]


@pytest.mark.slow
def test_one_click_embeds_and_then_shows_them(
    open_window: Open, explained_path: Path, qtbot: QtBot
) -> None:
    window: MainWindow = open_window(explained_path)
    page = window.pages.current
    press(qtbot, window, Key.Key_S)
    wait(qtbot, lambda: bool(window.notices.notices))
    qtbot.mouseClick(window.notices.notices[0].button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: page.filters.tile_list is not None)
    champion = window.bench.champion
    path = explained_path / "models" / champion.id / "embeddings.npy"
    assert len(map_rows(path, read_note(path))) == 72


def test_the_page_models_embeds_with_a_model_and_says_what_is_missing(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window = open_window(ranked_path)
    panel = window.pages.show_page("models").show_panel("models")
    panel.select("002-test")
    qtbot.mouseClick(panel.embed, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: bool(window.notices.notices))
    assert "The file of model 2 is missing" in window.notices.notices[0].title
