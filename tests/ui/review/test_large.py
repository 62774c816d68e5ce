"""The large view: its keys, and what it says of the picture."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import ClassNames
from histoviewer.tiles.adjusting import Adjustments, Channel
from histoviewer.ui.review.describing import describe
from histoviewer.ui.review.geometry import Move
from histoviewer.ui.review.large import LargeView
from histoviewer.ui.review.raster import Raster
from histoviewer.ui.review.viewport import Viewport
from tests.ui.review.conftest import make_session


@pytest.fixture
def large(qtbot: QtBot) -> Iterator[LargeView]:
    made = LargeView()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    made.picture.show_raster(Raster.of(np.zeros((96, 96, 3), np.uint8)))
    return made


@pytest.mark.parametrize(
    ("key", "move"),
    [(Qt.Key.Key_Right, Move.RIGHT), (Qt.Key.Key_Up, Move.LEFT), (Qt.Key.Key_End, Move.LAST)],
)
def test_arrows_go_to_other_tiles(qtbot: QtBot, large: LargeView, key: Qt.Key, move: Move) -> None:
    with qtbot.waitSignal(large.moved) as asked:
        qtbot.keyClick(large, key)

    assert asked.args == [move]


def test_shift_with_arrows_pans(qtbot: QtBot, large: LargeView) -> None:
    large.picture.set_viewport(Viewport(zoom=4))

    with qtbot.assertNotEmitted(large.moved):
        qtbot.keyClick(large, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClick(large, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)

    assert large.picture.viewport.x > 0.5 > large.picture.viewport.y


@pytest.mark.parametrize("zoom", [1.0, 4.0])
def test_a_double_click_leads_back(qtbot: QtBot, large: LargeView, zoom: float) -> None:
    large.picture.set_viewport(Viewport(zoom=zoom))

    with qtbot.waitSignal(large.left):
        qtbot.mouseDClick(large.picture, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))


def test_the_enlargement_follows_zoom_and_size(large: LargeView) -> None:
    fitting = large.scale.text()
    large.picture.set_viewport(Viewport(zoom=2))
    zoomed = large.scale.text()
    large.picture.show_raster(Raster.of(np.zeros((2000, 2000, 3), np.uint8)))
    large.picture.set_viewport(Viewport())

    frame = large.picture.frame
    assert float(zoomed.split()[0]) == pytest.approx(2 * float(fitting.split()[0]), abs=0.11)
    assert large.scale.text() == f"{frame.scale:.0%}"


def test_names_of_classes_are_text_and_no_markup(large: LargeView) -> None:
    session = make_session(3)
    session.classes = ClassNames("<i>a</i>", "b & c")

    large.describe(describe(session, 0), 0, 3)

    assert "&lt;i&gt;a&lt;/i&gt;" in large.caption.text()
    assert "b &amp; c" in large.caption.text()


def test_adjusted_pixels_are_not_passed_off_as_the_original(large: LargeView) -> None:
    large.show_adjustments(Adjustments(channel=Channel.EOSIN, brightness=-20, contrast=10))
    said = large.adjusted.text()
    large.show_adjustments(Adjustments())

    assert said == "Eosin alone, brightness -20, contrast +10"
    assert large.adjusted.text() == ""
