"""Looking closely in the real window: every key, in the grid and in the large view."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import UNLABELLED
from histoviewer.tiles.adjusting import NEUTRAL, Adjustments, Channel, adjust
from histoviewer.tiles.measures import Measures
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.review.viewport import WHOLE
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open
from tests.ui.review.test_picture import rgb_of

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
Key = Qt.Key


@pytest.fixture
def opened(open_window: Open, ranked_path, qtbot: QtBot) -> MainWindow:
    window = open_window(ranked_path)
    page = window.pages.current
    qtbot.waitUntil(lambda: page.inspector.picture.image is not None)
    return window


@pytest.fixture
def page(opened: MainWindow) -> ReviewPage:
    return opened.pages.current


@pytest.fixture
def press(page: ReviewPage, qtbot: QtBot) -> Callable[..., None]:
    """Press a key where the keyboard is: in the grid or the large view."""

    def send(key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        target: QWidget = page.large if page.is_large else page.grid
        qtbot.keyClick(target, key, modifier)

    return send


def original(page: ReviewPage, opened: MainWindow) -> np.ndarray:
    return opened.bench.workspace.originals.original(page.grid.current)


# -- zoom


def test_z_comes_near_and_goes_back(page: ReviewPage, press) -> None:
    press(Key.Key_Z)
    near = page.inspector.picture.viewport.zoom
    press(Key.Key_Z)

    assert near == 3
    assert page.inspector.picture.viewport == WHOLE


def test_plus_and_minus_zoom_and_judge_nothing(opened: MainWindow, page, press) -> None:
    for key in (Key.Key_Plus, Key.Key_Equal, Key.Key_Plus, Key.Key_Minus):
        press(key)
    zoomed = page.inspector.picture.viewport.zoom
    press(Key.Key_Z, SHIFT)

    assert zoomed == pytest.approx(2)
    assert page.inspector.picture.viewport == WHOLE
    assert not opened.bench.workspace.session.log.batches


def test_both_views_and_the_next_tile_are_seen_alike(page: ReviewPage, press) -> None:
    press(Key.Key_Return)
    press(Key.Key_Z)
    press(Key.Key_Right, SHIFT)
    seen = page.large.picture.viewport
    press(Key.Key_Right)

    assert seen.x > 0.5
    assert page.large.picture.viewport == page.inspector.picture.viewport == seen
    assert page.grid.selection.current_place == 1


def test_verdict_keys_judge_in_the_zoomed_large_view(opened: MainWindow, page, press) -> None:
    press(Key.Key_Return)
    press(Key.Key_Z)
    shown = page.grid.current
    press(Key.Key_0)

    assert opened.bench.workspace.session.states.decided[shown] == 0
    assert page.large.picture.viewport.zoom == 3


def test_a_double_click_on_the_picture_opens_it_large(page: ReviewPage, qtbot: QtBot) -> None:
    qtbot.mouseDClick(page.inspector.picture, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))

    assert page.is_large


# -- stains, brightness, contrast


def test_h_goes_through_the_stains(opened: MainWindow, page: ReviewPage, press, qtbot) -> None:
    tile, seen = original(page, opened), []
    for channel in (Channel.HAEMATOXYLIN, Channel.EOSIN, Channel.COLOUR):
        press(Key.Key_H)
        expected = adjust(tile, Adjustments(channel=channel))
        qtbot.waitUntil(lambda e=expected: (rgb_of(page.inspector.picture.image) == e).all())
        seen.append(page.inspector.look.channel.value)

    assert seen == [Channel.HAEMATOXYLIN, Channel.EOSIN, Channel.COLOUR]
    assert page.current.look.adjustments == NEUTRAL


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (Key.Key_Up, Adjustments(brightness=10)),
        (Key.Key_Down, Adjustments(brightness=-10)),
        (Key.Key_Right, Adjustments(contrast=10)),
        (Key.Key_Left, Adjustments(contrast=-10)),
    ],
)
def test_alt_with_arrows_adjusts_and_moves_nowhere(
    opened: MainWindow, page: ReviewPage, press, key: Qt.Key, wanted: Adjustments
) -> None:
    place = page.grid.selection.current_place

    press(key, ALT)

    assert (rgb_of(page.inspector.picture.image) == adjust(original(page, opened), wanted)).all()
    assert page.inspector.look.brightness.value() == wanted.brightness
    assert page.grid.selection.current_place == place


def test_adjustments_hold_in_the_large_view_and_on_the_next_tile(
    opened: MainWindow, page: ReviewPage, press, qtbot: QtBot
) -> None:
    press(Key.Key_H)
    press(Key.Key_Return)
    press(Key.Key_Right)
    expected = adjust(original(page, opened), Adjustments(channel=Channel.HAEMATOXYLIN))

    for picture in (page.large.picture, page.inspector.picture):
        qtbot.waitUntil(lambda p=picture: (rgb_of(p.image) == expected).all())
    assert page.large.adjusted.text() == "Haematoxylin alone"


def test_reset_leads_back_to_the_pixels_of_the_file(
    opened: MainWindow, page: ReviewPage, press
) -> None:
    press(Key.Key_H)
    press(Key.Key_Z)
    press(Key.Key_Up, ALT)
    press(Key.Key_0, ALT)

    assert (rgb_of(page.inspector.picture.image) == original(page, opened)).all()
    assert page.inspector.picture.viewport == WHOLE
    assert not page.inspector.look.reset.isEnabled()


def test_the_look_comes_back_with_the_session(page: ReviewPage, press) -> None:
    press(Key.Key_H)
    press(Key.Key_Z)
    press(Key.Key_C)
    look, kept = page.current.look, page.state()
    press(Key.Key_0, ALT)
    press(Key.Key_C)

    page.restore(kept)

    assert page.current.look == look
    assert page.inspector.look.channel.value is Channel.HAEMATOXYLIN


def test_tips_name_the_keys_in_force(page: ReviewPage) -> None:
    look = page.inspector.look

    assert "(H)" in look.channel.toolTip()
    assert "(C)" in look.centre_button.toolTip()
    assert "Alt+" in look.brightness.toolTip()


# -- what is known of the tile


def test_the_champion_s_score_stands_first(
    opened: MainWindow, page: ReviewPage, qtbot: QtBot
) -> None:
    rows = page.inspector.scores
    qtbot.waitUntil(lambda: rows.count() == 2)

    score = opened.bench.workspace.session.scores[page.grid.current]
    assert rows.item(0).text() == f"{score:.3f}  test, model 1  (champion)"
    assert "model 2" in rows.item(1).text()


def test_a_blind_read_hides_every_model_until_the_verdict(
    opened: MainWindow, page: ReviewPage, press, qtbot: QtBot
) -> None:
    press(Key.Key_B)
    qtbot.waitUntil(lambda: page.inspector.scores.item(0).text() == "Hidden until your verdict")
    tile = page.grid.current
    page.judge.advances = False
    press(Key.Key_1)

    qtbot.waitUntil(lambda: page.inspector.scores.count() == 2)
    assert page.grid.current == tile
    assert page.inspector.history.item(0).text().split("\n")[0].endswith("(blind)")


def test_a_duplicate_is_gone_to_even_where_filters_hide_it(
    opened: MainWindow, page: ReviewPage, qtbot: QtBot
) -> None:
    session = opened.bench.workspace.session
    first, twin = page.grid.current, int(page.grid.order[-1])
    clusters = np.full(len(session.tiles), -1)
    clusters[[first, twin]] = 0
    session.measures = Measures(brightness=np.zeros(len(clusters), np.float32), clusters=clusters)
    page.current.describe()
    rows = page.inspector.duplicates

    qtbot.mouseClick(
        rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(rows.item(0)).center()
    )

    qtbot.waitUntil(lambda: page.grid.current == twin)
    assert opened.focusWidget() is page.grid


def test_nothing_but_the_picture_is_adjusted(opened: MainWindow, page: ReviewPage, press) -> None:
    session = opened.bench.workspace.session
    before = session.scores.copy()

    for key in (Key.Key_H, Key.Key_Z, Key.Key_Plus):
        press(key)

    assert (session.states.decided == UNLABELLED).all()
    assert np.array_equal(session.scores, before, equal_nan=True)
