"""Instant retraining in the real window: by its key, by itself, and what is said of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError, NotEmbeddedError
from histoviewer.jobs.job import Operation
from histoviewer.services import embedding, quick
from histoviewer.services.challenging import Challenge
from histoviewer.services.retraining import promote
from histoviewer.ui.tasks import Task
from histoviewer.ui.window import MainWindow
from tests.gates import gate_result
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS, begin_training


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


def test_promoted_by_hand_meanwhile_it_has_nobody_before_it(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def retrain(*, workspace, embeds) -> Operation[Challenge]:
        yield from ()
        second = workspace.project.models()[1]
        promote(project=workspace.project, model_id=second.id)
        return Challenge(model=second, champion=None, challenger_auc=0.94, promoted=True)

    monkeypatch.setattr(quick, "retrain_quick", retrain)

    window.commands["model.retrain-quick"].trigger()

    qtbot.waitUntil(lambda: bool(window.notices.notices), timeout=PATIENCE_MS)
    assert window.notices.notices[0].title == "Model 2 ranks the grid: validation AUC 0.9400."


@pytest.fixture
def retrained(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the lanes do where tiles are not embedded until they were; embedding takes no time."""
    done: list[str] = []

    def retrain(*, workspace, embeds) -> Operation[Challenge]:
        yield from ()
        done.append("retrain")
        if "embed" not in done:
            raise NotEmbeddedError("not embedded yet", "")
        first, second = workspace.project.models()
        return Challenge(model=second, champion=first, challenger_auc=0.94, promoted=True)

    def embed(*, workspace, model_id) -> Operation[None]:
        yield from ()
        done.append("embed")

    monkeypatch.setattr(quick, "retrain_quick", retrain)
    monkeypatch.setattr(embedding, "embed", embed)
    return done


def ask_twice(window: MainWindow, qtbot: QtBot) -> list[Task]:
    """Ask for retraining, and once more when the tiles wait to be embedded; return what waits."""
    batch = window.bench.batch
    retrain = window.commands["model.retrain-quick"]
    queued: list[Task] = []
    batch.task_queued.connect(queued.append)
    with qtbot.waitSignal(batch.task_queued, timeout=PATIENCE_MS):
        retrain.trigger()
    retrain.trigger()
    return queued


def test_tiles_are_embedded_once_for_all_who_wait(
    window: MainWindow, retrained: list[str], qtbot: QtBot
) -> None:
    training = begin_training(window)
    preferences = window.preferences
    preferences.put(replace(preferences.settings, quick_retrain_every=1))

    queued = ask_twice(window, qtbot)

    assert window.quick.is_busy
    assert window.status.text == "The tiles are embedded first, which takes a while."
    session = window.bench.workspace.session
    with qtbot.waitSignal(window.saver.saved, timeout=PATIENCE_MS):
        window.project.apply_changes(session.label(undecided_training(window, 2), 1))
    window.bench.batch.withdraw(training)
    qtbot.waitUntil(lambda: not window.quick.is_busy, timeout=PATIENCE_MS)
    assert retrained == ["retrain", "embed", "retrain"]
    assert [task.title for task in queued] == ["Embed tiles"]


def test_where_embedding_is_cancelled_it_can_be_asked_for_again(
    window: MainWindow, retrained: list[str], qtbot: QtBot
) -> None:
    training = begin_training(window)
    batch = window.bench.batch

    for _ in range(2):
        (queued,) = ask_twice(window, qtbot)
        batch.withdraw(queued)
        assert not window.quick.is_busy

    batch.withdraw(training)


def test_where_embedding_fails_it_can_be_asked_for_again(
    window: MainWindow, retrained: list[str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def embed(*, workspace, model_id) -> Operation[None]:
        raise InputError("The file is missing.", "Train again.")

    monkeypatch.setattr(embedding, "embed", embed)

    window.commands["model.retrain-quick"].trigger()

    qtbot.waitUntil(lambda: bool(window.notices.notices), timeout=PATIENCE_MS)
    assert window.notices.notices[0].title == "The file is missing."
    assert not window.quick.is_busy


def test_whoever_else_needs_embeddings_waits_for_the_same_job(
    window: MainWindow, retrained: list[str], qtbot: QtBot
) -> None:
    training = begin_training(window)
    queued = ask_twice(window, qtbot)
    done: list[str] = []

    window.model_work.embed(None, then=lambda: done.append("then"))

    assert window.status.text == "The tiles are being embedded already, which takes a while."
    window.bench.batch.withdraw(training)
    qtbot.waitUntil(lambda: not window.quick.is_busy, timeout=PATIENCE_MS)
    assert (len(queued), done, retrained.count("embed")) == (1, ["then"], 1)
