"""The progress page in the real window: pace, yield and agreement with the model."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from histoviewer.domain.pace import YieldCurve
from histoviewer.services.opening import open_workspace
from histoviewer.ui.progress.page import ProgressPage
from histoviewer.ui.progress.plots import newest_rate
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS


@pytest.fixture
def page(open_window: Open, ranked_path: Path, qtbot: QtBot) -> ProgressPage:
    """The page on a project where Ada read four tiles open and Ben two blind."""
    with open_workspace(ranked_path, reader="Ada") as workspace:
        given = workspace.session.tiles.given
        for tile in range(4):
            workspace.session.label([tile], 1 - int(given[tile]) if tile == 2 else int(given[tile]))
    with open_workspace(ranked_path, reader="Ben") as workspace:
        workspace.session.blind = True
        for tile in (10, 11):
            workspace.session.label([tile], int(given[tile]))
    shown = open_window(ranked_path).pages.show_page("progress")
    assert isinstance(shown, ProgressPage)
    qtbot.waitUntil(lambda: shown.summary.text() != "", timeout=PATIENCE_MS)
    return shown


def test_the_yield_is_said_in_a_sentence(page: ProgressPage) -> None:
    assert page.summary.text().startswith("6 tiles looked at, 1 wrong labels found.")
    assert page.plots.found[-1] == 1


def test_pace_counts_the_verdicts_of_all_readers(page: ProgressPage) -> None:
    assert sum(page.plots.speeds) * 5 == pytest.approx(6)


def test_agreement_parts_blind_verdicts_from_seen_ones(page: ProgressPage) -> None:
    texts = page.agreement.texts

    assert texts[5:7] == ["score on screen", "4"]
    assert texts[10:12] == ["blind", "2"]


def test_one_reader_can_be_looked_at_alone(page: ProgressPage, qtbot: QtBot) -> None:
    page.reader.setCurrentText("Ben")

    qtbot.waitUntil(lambda: page.summary.text().startswith("2 tiles"), timeout=PATIENCE_MS)
    assert page.agreement.texts[6] == "0"


def test_a_verdict_given_meanwhile_is_counted(page: ProgressPage, qtbot: QtBot) -> None:
    window = page.window()

    window.bench.changed.emit(window.bench.workspace.session.label([20], 1))

    qtbot.waitUntil(lambda: page.summary.text().startswith("7 tiles"), timeout=PATIENCE_MS)


@given(st.lists(st.booleans(), max_size=300))
def test_the_rate_counts_the_errors_of_each_hundred_tiles(wrong: list[bool]) -> None:
    errors = np.cumsum(np.array(wrong, np.int64), dtype=np.int64)
    curve = YieldCurve(looked_at=np.arange(1, len(wrong) + 1), errors=errors)

    rate = newest_rate(curve)

    assert rate.tolist() == [sum(wrong[end - 100 : end]) for end in range(100, len(wrong) + 1)]
