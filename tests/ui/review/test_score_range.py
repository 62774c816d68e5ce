"""The score range by mouse, keys and typing."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.facets import SCORE_BINS, count_scores
from histoviewer.ui.review.score_range import ScoreRange
from tests.ui.review.conftest import painted, press

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def scores(qtbot: QtBot) -> ScoreRange:
    made = ScoreRange()
    qtbot.addWidget(made)
    made.resize(220, 130)
    made.show()
    return made


def test_every_score_is_counted_once() -> None:
    counts = count_scores(np.array([0, 0.5, 1, np.nan, 1], np.float32))

    assert (counts.sum(), counts[0], counts[SCORE_BINS // 2], counts[-1]) == (4, 1, 1, 2)


def test_keys_move_the_active_end(qtbot: QtBot, scores: ScoreRange) -> None:
    press(qtbot, scores.histogram, Qt.Key.Key_Right)
    press(qtbot, scores.histogram, Qt.Key.Key_Down)
    press(qtbot, scores.histogram, Qt.Key.Key_Left, SHIFT)

    assert scores.ends == (0.01, 0.9)
    assert (scores.low.value(), scores.high.value()) == (0.01, 0.9)


def test_the_ends_never_cross(qtbot: QtBot, scores: ScoreRange) -> None:
    scores.set_range(0.4, 0.5)

    press(qtbot, scores.histogram, Qt.Key.Key_End)
    press(qtbot, scores.histogram, Qt.Key.Key_Right, SHIFT)

    assert scores.ends == (0.5, 0.5)


def test_typing_pushes_the_other_end_along(scores: ScoreRange) -> None:
    scores.high.setValue(0.3)
    scores.low.setValue(0.6)

    assert scores.ends == (0.6, 0.6)


def test_the_mouse_drags_the_nearer_end(qtbot: QtBot, scores: ScoreRange) -> None:
    histogram, button = scores.histogram, Qt.MouseButton.LeftButton
    middle = histogram.height() // 2
    qtbot.mousePress(histogram, button, pos=QPoint(histogram.width() - 4, middle))
    qtbot.mouseMove(histogram, QPoint(histogram.width() // 2, middle))
    qtbot.mouseRelease(histogram, button, pos=QPoint(histogram.width() // 2, middle))

    assert scores.ends[0] == 0.0
    assert scores.ends[1] == pytest.approx(0.5, abs=0.02)


def test_what_is_out_of_range_is_pale(scores: ScoreRange) -> None:
    scores.histogram.set_bins(np.full(SCORE_BINS, 5))
    before = painted(scores.histogram)

    scores.set_range(0.5, 1.0)

    assert painted(scores.histogram) != before
