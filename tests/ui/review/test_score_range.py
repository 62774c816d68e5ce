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


def drag(qtbot: QtBot, scores: ScoreRange, start: float, end: float) -> None:
    """Drag over the histogram from one score to another."""
    histogram, button = scores.histogram, Qt.MouseButton.LeftButton

    def point(score: float) -> QPoint:
        return QPoint(round(6 + score * (histogram.width() - 12)), histogram.height() // 2)

    qtbot.mousePress(histogram, button, pos=point(start))
    qtbot.mouseMove(histogram, point(end))
    qtbot.mouseRelease(histogram, button, pos=point(end))


@pytest.mark.parametrize(
    ("before", "start", "end", "after"),
    [
        pytest.param((0, 1), 1.0, 0.5, (0, 0.5), id="an end"),
        pytest.param((0, 1), 0.3, 0.6, (0.3, 0.6), id="a new range"),
        pytest.param((0, 1), 0.6, 0.3, (0.3, 0.6), id="a new range backwards"),
        pytest.param((0.2, 0.4), 0.7, 0.9, (0.7, 0.9), id="another range"),
        pytest.param((0.2, 0.4), 0.3, 0.5, (0.4, 0.6), id="the range as it is"),
        pytest.param((0.2, 0.4), 0.3, 1.0, (0.8, 1.0), id="the range to the edge"),
        pytest.param((0.5, 0.5), 0.5, 0.8, (0.5, 0.8), id="the upper of two ends in one place"),
    ],
)
def test_the_mouse_brushes(
    qtbot: QtBot,
    scores: ScoreRange,
    before: tuple[float, float],
    start: float,
    end: float,
    after: tuple[float, float],
) -> None:
    scores.set_range(*before)

    drag(qtbot, scores, start, end)

    assert scores.ends == pytest.approx(after, abs=0.02)
    assert (scores.low.value(), scores.high.value()) == scores.ends


def test_a_click_changes_nothing_and_a_double_click_takes_all(
    qtbot: QtBot, scores: ScoreRange
) -> None:
    scores.set_range(0.2, 0.4)
    drag(qtbot, scores, 0.7, 0.7)
    clicked = scores.ends

    qtbot.mouseDClick(scores.histogram, Qt.MouseButton.LeftButton)

    assert (clicked, scores.ends) == ((0.2, 0.4), (0.0, 1.0))


def test_what_is_out_of_range_is_pale(scores: ScoreRange) -> None:
    scores.histogram.set_bins(np.full(SCORE_BINS, 5))
    before = painted(scores.histogram)

    scores.set_range(0.5, 1.0)

    assert painted(scores.histogram) != before
