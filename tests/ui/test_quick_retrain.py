"""Instant retraining in the real window: by its key, by itself, and what is said of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.tiles import Split
from histoviewer.errors import NotEmbeddedError
from histoviewer.jobs.job import Operation
from histoviewer.services import quick
from histoviewer.services.challenging import Challenge
from histoviewer.services.retraining import promote
from histoviewer.ui.window import MainWindow
from tests.gates import gate_result
from tests.ui.conftest import PATIENCE_MS

Open = Callable[[Path], MainWindow]


@pytest.fixture
def window(open_window: Open, ranked_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window, where a retraining finds model 2 at once and promotes it."""

    def retrain(*, workspace, embeds) -> Operation[Challenge]:
        assert not embeds
        first, second = workspace.project.models()
        yield from ()
        promote(project=workspace.project, model_id=second.id)
        return Challenge(
            model=second,
            champion=first,
            challenger_auc=0.94,
            promoted=True,
            gate=gate_result(first=second.id, second=first.id),
        )

    monkeypatch.setattr(quick, "retrain_quick", retrain)
    return open_window(ranked_path)


def undecided_training(window: MainWindow, count: int) -> list[int]:
    session = window.bench.workspace.session
    return np.flatnonzero(session.tiles.splits == Split.TRAIN)[:count].tolist()


def champion(window: MainWindow) -> int:
    return window.bench.champion.number


def test_its_key_ranks_the_grid_anew_and_keeps_the_place(window: MainWindow, qtbot: QtBot) -> None:
    page = window.pages.current
    qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    current, before = page.grid.current, page.grid.order.copy()

    qtbot.keyClick(page.grid, Qt.Key.Key_R)

    qtbot.waitUntil(lambda: champion(window) == 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not np.array_equal(page.grid.order, before), timeout=PATIENCE_MS)
    assert (window.pages.current_id, page.grid.current) == ("review", current)
    assert not window.notices.notices


def test_it_says_who_ranks_the_grid_now(window: MainWindow, qtbot: QtBot) -> None:
    window.commands["model.retrain-quick"].trigger()

    qtbot.waitUntil(
        lambda: (
            window.status.text
            == "Model 2 ranks the grid now: validation AUC 0.9400, before 0.9500."
        ),
        timeout=PATIENCE_MS,
    )


def test_after_so_many_verdicts_it_goes_by_itself(window: MainWindow, qtbot: QtBot) -> None:
    preferences = window.preferences
    preferences.put(replace(preferences.settings, quick_retrain_every=3))
    session = window.bench.workspace.session
    tiles = undecided_training(window, 3)

    with qtbot.waitSignal(window.saver.saved, timeout=PATIENCE_MS):
        window.project.apply_changes(session.label(tiles[:2], 1))
    assert not window.quick.is_busy
    window.project.apply_changes(session.label(tiles[2:], 1))

    qtbot.waitUntil(lambda: champion(window) == 2, timeout=PATIENCE_MS)


def test_tiles_are_embedded_first_where_they_are_not(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*, workspace, embeds) -> Operation[Challenge]:
        yield from ()
        raise NotEmbeddedError("not embedded yet", "")

    monkeypatch.setattr(quick, "retrain_quick", refuse)

    with qtbot.waitSignal(window.bench.batch.task_queued, timeout=PATIENCE_MS) as queued:
        window.commands["model.retrain-quick"].trigger()

    assert queued.args[0].title == "Embed tiles"
    assert not window.quick.is_busy
    window.bench.batch.withdraw(queued.args[0])
