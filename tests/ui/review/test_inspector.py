"""The inspector: scores, duplicates, history, and the controls of the picture."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import POSITIVE
from histoviewer.services.reviewing import ReviewSession
from histoviewer.services.tile_scores import TileScore
from histoviewer.tiles.adjusting import Adjustments, Channel
from histoviewer.ui.review.colours import DARK, contrast
from histoviewer.ui.review.describing import describe
from histoviewer.ui.review.inspector import Inspector
from histoviewer.ui.review.lists import history_item
from histoviewer.ui.theme import Mode, Theme
from tests.project import samples
from tests.ui.review.conftest import make_session, painted
from tests.ui.review.test_picture import wheel


@pytest.fixture
def inspector(qtbot: QtBot, theme: Theme) -> Iterator[Inspector]:
    made = Inspector()
    qtbot.addWidget(made)
    made.resize(320, 900)
    made.show()
    return made


@pytest.fixture
def alone() -> ReviewSession:
    return make_session(10)


def score(number: int, value: float, *, champion: bool = False) -> TileScore:
    return TileScore(model=samples.model(number), score=value, is_champion=champion)


def texts(rows) -> list[str]:
    return [rows.item(row).text() for row in range(rows.count())]


def test_scores_of_all_models_are_listed(inspector: Inspector) -> None:
    inspector.show_scores([score(2, 0.25, champion=True), score(3, math.nan)])

    assert texts(inspector.scores) == [
        "0.250  histo-fast, model 2  (champion)",
        "not scored  histo-fast, model 3",
    ]


def test_without_a_model_there_is_no_section_of_scores(inspector: Inspector) -> None:
    inspector.show_scores([score(2, 0.25)])
    inspector.show_scores([])

    assert not inspector.scores.isVisible()


def test_scores_that_cannot_be_read_say_why(inspector: Inspector) -> None:
    inspector.show_scores([], fault="The database is locked.")

    assert texts(inspector.scores) == ["The database is locked."]


def test_hidden_scores_leave_no_number(inspector: Inspector) -> None:
    inspector.show_scores([score(2, 0.25)])
    inspector.hide_scores()

    assert texts(inspector.scores) == ["Hidden until your verdict"]


@pytest.mark.parametrize("by_mouse", [True, False])
def test_a_duplicate_can_be_gone_to(qtbot: QtBot, inspector: Inspector, by_mouse: bool) -> None:
    rows = inspector.duplicates
    inspector.show_duplicates([(7, "+ tile-0007"), (9, "? tile-0009")])

    with qtbot.waitSignal(inspector.tile_asked) as asked:
        if by_mouse:
            middle = rows.visualItemRect(rows.item(1)).center()
            qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=middle)
        else:
            rows.setCurrentRow(1)
            qtbot.keyClick(rows, Qt.Key.Key_Return)

    assert asked.args == [9]


def test_an_undone_verdict_says_so_and_is_struck_out(
    inspector: Inspector, alone: ReviewSession
) -> None:
    alone.label([1], POSITIVE)
    alone.undo()
    (row,) = describe(alone, 1).history

    inspector.describe(describe(alone, 1))
    looks = []
    for stands in (False, True):
        item = history_item(replace(row, stands=stands))
        item.setText("the same words\nAB")
        inspector.history.show_items([item])
        looks.append(painted(inspector.history))

    assert row.what == "confirmed as tumour (undone)"
    assert looks[0] != looks[1]


def test_the_mouse_on_a_verdict_asks_for_no_tile(
    qtbot: QtBot, inspector: Inspector, alone: ReviewSession
) -> None:
    alone.flag([1])
    inspector.describe(describe(alone, 1))

    with qtbot.assertNotEmitted(inspector.tile_asked):
        qtbot.mouseClick(inspector.history.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(9, 9))


def test_where_there_is_little_room_the_facts_scroll(
    qtbot: QtBot, inspector: Inspector, alone: ReviewSession
) -> None:
    for _ in range(30):
        alone.flag([1])
    inspector.describe(describe(alone, 1))
    inspector.resize(320, 420)
    bar, rows = inspector.findChild(QScrollArea).verticalScrollBar(), inspector.history
    qtbot.waitUntil(lambda: bar.maximum() > 0)

    left_to_the_panel = not wheel(rows.viewport(), QPointF(20, 20), -3).isAccepted()
    qtbot.keyClick(rows, Qt.Key.Key_End)

    assert left_to_the_panel
    assert bar.value() > 0


@pytest.mark.parametrize("width", [260, 320, 420])
@pytest.mark.parametrize("height", [420, 900])
def test_nothing_is_cut_off_at_usual_sizes(
    qtbot: QtBot, inspector: Inspector, alone: ReviewSession, width: int, height: int
) -> None:
    for _ in range(12):
        alone.flag([1])
    inspector.describe(describe(alone, 1))
    inspector.resize(width, height)
    history = inspector.history
    qtbot.waitUntil(lambda: history.height() == history.sizeHint().height() > 200)

    scroll = inspector.findChild(QScrollArea)
    assert inspector.minimumSizeHint().width() <= 260
    assert (inspector.width(), inspector.height()) == (width, height)
    assert scroll.widget().width() <= scroll.viewport().width()
    assert inspector.picture.height() >= 140
    assert inspector.look.height() == inspector.look.sizeHint().height()
    assert scroll.y() - inspector.look.geometry().bottom() < 20


def test_the_sliders_tell_of_one_change_each(qtbot: QtBot, inspector: Inspector) -> None:
    with qtbot.waitSignal(inspector.look.adjusted) as told:
        qtbot.keyClick(inspector.look.brightness, Qt.Key.Key_PageUp)

    assert told.args == [Adjustments(brightness=20)]
    assert inspector.look.reset.isEnabled()


def test_showing_adjustments_tells_nothing(qtbot: QtBot, inspector: Inspector) -> None:
    wanted = Adjustments(channel=Channel.EOSIN, brightness=-5, contrast=30)

    with qtbot.assertNotEmitted(inspector.look.adjusted):
        inspector.look.show_adjustments(wanted)

    look = inspector.look
    assert (look.channel.value, look.brightness.value(), look.contrast.value()) == (
        Channel.EOSIN, -5, 30,
    )  # fmt: skip


def test_every_control_has_a_name_and_a_tip(inspector: Inspector) -> None:
    look = inspector.look
    for control in (look.channel, look.brightness, look.contrast):
        assert control.accessibleName()
    for control in (look.channel, look.centre_button):
        assert control.toolTip()


def test_muted_lines_are_readable(inspector: Inspector) -> None:
    palette = inspector.palette()

    assert contrast(palette.placeholderText().color(), palette.window().color()) >= 4.5


def test_scores_without_number_do_not_hide_a_zero(inspector: Inspector) -> None:
    inspector.show_scores([score(1, float(np.float32(0)))])

    assert texts(inspector.scores)[0].startswith("0.000")


def test_the_label_follows_the_theme(inspector: Inspector, alone: ReviewSession, theme) -> None:
    inspector.describe(describe(alone, 1))
    light = inspector.facts.fields["label"].styleSheet()

    theme.set_mode(Mode.DARK)

    assert DARK.positive.name() in inspector.facts.fields["label"].styleSheet() != light


def test_larger_text_is_not_cut_off(qtbot: QtBot, inspector: Inspector) -> None:
    font = inspector.font()
    font.setPointSizeF(font.pointSizeF() * 1.6)
    inspector.setFont(font)
    button = inspector.look.centre_button

    qtbot.waitUntil(lambda: button.width() >= button.sizeHint().width())
    value = inspector.look._values[inspector.look.contrast]
    assert value.minimumWidth() >= value.fontMetrics().horizontalAdvance("-100")
