"""Short work in the background."""

import threading

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from histoviewer.errors import InputError, StorageError
from histoviewer.ui.background import Background
from tests.ui.conftest import PATIENCE_MS


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    made.close()


def test_work_is_done_elsewhere_and_delivered_here(qtbot: QtBot, background: Background) -> None:
    got: list[object] = []
    here = threading.get_ident()

    background.run(
        threading.get_ident,
        then=lambda there: got.extend([there, threading.get_ident()]),
        failed=got.append,
    )
    qtbot.waitUntil(lambda: len(got) == 2)

    assert got[0] != here
    assert got[1] == here
    assert QThread.currentThread().isMainThread()


def test_an_error_is_delivered(qtbot: QtBot, background: Background) -> None:
    errors: list[Exception] = []

    def fail() -> None:
        raise InputError("No.", "Try.")

    background.run(fail, then=lambda _: None, failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))

    assert str(errors[0]) == "No. Try."


@pytest.mark.expected_log("background work failed by a fault of ours")
def test_a_bug_is_logged(qtbot: QtBot, background: Background) -> None:
    errors: list[Exception] = []

    background.run(lambda: 1 // 0, then=lambda _: None, failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))

    assert isinstance(errors[0], ZeroDivisionError)


def test_what_nobody_waits_for_any_more_is_left_properly(qapp) -> None:
    background, left, got = Background(), [], []
    running, may_end = threading.Event(), threading.Event()

    def work() -> str:
        running.set()
        may_end.wait()
        return "an open project"

    background.run(work, then=got.append, failed=got.append)
    running.wait()
    background.end(leave=left.append)
    may_end.set()
    background.close()

    assert (left, got) == (["an open project"], [])


def test_ending_forgets_reads_at_once_and_waits_for_nothing(
    qtbot: QtBot, background: Background
) -> None:
    done, running, may_end = [], threading.Event(), threading.Event()

    def work() -> None:
        running.set()
        may_end.wait(PATIENCE_MS / 1000)

    background.run(work, then=done.append, failed=done.append)
    background.run(lambda: done.append("waited"), then=done.append, failed=done.append)
    running.wait()

    background.end()
    background.run(lambda: done.append("late"), then=done.append, failed=done.append)
    background.write(lambda: "written", then=done.append, failed=done.append)
    with qtbot.waitSignal(background.settled, timeout=PATIENCE_MS):
        may_end.set()

    assert done == ["written"]


def test_closing_forgets_what_waits_but_no_write(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    background, done, may_end = Background(), [], threading.Event()
    end = background._pool.shutdown
    monkeypatch.setattr(background._pool, "shutdown", lambda: (may_end.set(), end()))
    for begin, what in ((background.run, "read"), (background.write, "write")):
        background.run(may_end.wait, then=done.append, failed=done.append)
        begin(lambda what=what: done.append(what), then=done.append, failed=done.append)
    assert background.pending == 1

    background.close()

    assert (done, background.pending) == (["write"], 0)


@pytest.mark.expected_log("at closing: There is no space left.")
def test_a_write_that_fails_at_closing_is_logged(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    background, may_end = Background(), threading.Event()
    end = background._pool.shutdown
    monkeypatch.setattr(background._pool, "shutdown", lambda: (may_end.set(), end()))

    def fail() -> None:
        may_end.wait()
        raise StorageError("There is no space left.", "Free some space.")

    background.write(fail, then=lambda _: None, failed=lambda _: None)

    background.close()


def test_a_write_is_pending_until_its_end_is_told(qtbot: QtBot, background: Background) -> None:
    told: list[object] = []

    def fail() -> None:
        raise StorageError("There is no space left.", "Free some space.")

    background.write(list, then=told.append, failed=told.append)
    background.write(fail, then=told.append, failed=told.append)
    background._pool.submit(list).result(PATIENCE_MS / 1000)  # by now both are done
    assert (background.pending, background.failures) == (2, 0)

    with qtbot.waitSignal(background.settled, timeout=PATIENCE_MS):
        pass

    assert (background.pending, background.failures) == (0, 1)
    assert len(told) == 2


def test_a_write_that_leads_to_another_is_settled_with_it(
    qtbot: QtBot, background: Background
) -> None:
    done: list[str] = []

    def go_on(_: object) -> None:
        background.write(
            lambda: done.append("second"),
            then=lambda _: done.append("told"),
            failed=lambda _: None,
        )

    with qtbot.waitSignal(background.settled, timeout=PATIENCE_MS):
        background.write(lambda: done.append("first"), then=go_on, failed=lambda _: None)

    assert done == ["first", "second", "told"]


@pytest.mark.expected_log("something was to be written when nothing is any more")
def test_after_closing_nothing_is_done_and_a_write_is_logged(qapp) -> None:
    background, done = Background(), []
    background.close()

    for begin in (background.run, background.write):
        begin(lambda: done.append("done"), then=done.append, failed=done.append)

    assert (done, background.pending) == ([], 0)


def test_a_result_that_waited_for_delivery_is_left_properly(qapp) -> None:
    background, left, got = Background(), [], []
    done = threading.Event()
    background.run(done.set, then=got.append, failed=got.append)
    done.wait()

    background.end(leave=left.append)
    background.close()

    assert (left, got) == ([None], [])
