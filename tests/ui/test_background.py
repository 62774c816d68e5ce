"""Short work in the background."""

import threading

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from histoviewer.errors import InputError
from histoviewer.ui.background import Background


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
    threading.Timer(0.05, may_end.set).start()
    background.close(leave=left.append)

    assert (left, got) == (["an open project"], [])


def test_a_result_that_waited_for_delivery_is_left_properly(qapp) -> None:
    background, left, got = Background(), [], []
    done = threading.Event()
    background.run(done.set, then=got.append, failed=got.append)
    done.wait()

    background.close(leave=left.append)

    assert (left, got) == ([None], [])
