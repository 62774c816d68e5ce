"""What readers do in the window, from its opening to its end. Run by `driver`.

Each scenario takes the reader, asserts what can be seen in the window only, and returns what is to
be compared with the project from outside.
"""

import multiprocessing
import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget

from histoviewer.jobs.messages import Progress
from tests.e2e.disks import Filler, room_of
from tests.e2e.hands import Reader

Found = dict[str, Any]


def loop(reader: Reader) -> Found:
    """Train, score, judge, retrain, export."""
    reader.wait_for_project()
    reader.see("1-opened")
    reader.press("Ctrl+L")
    with reader.hearing(reader.bench.batch.curve_point_added):
        reader.train(epochs=1)
    reader.see("2-training")
    menus = reader.window.curves.findChildren(QMenu)
    assert not any(menu.isVisible() for menu in menus), "pyqtgraph's own menus stay away"
    reader.press("Ctrl+L")
    reader.wait_for_idle()
    reader.see("3-trained")
    reader.press("Ctrl+R")
    reader.wait_for_idle()
    verdicts = _judge_some(reader)
    bulk = _judge_all_and_think_again(reader)
    reader.wait_for_saved()
    reader.see("5-judged")
    waiting = reader.session.queue_length
    reader.press("Ctrl+Shift+R")
    reader.wait_for_idle()
    reader.see("6-retrained")
    notices = [notice.title for notice in reader.window.notices.notices]
    out = _project(reader).with_name("submission.csv")
    reader.export(out)
    reader.see("7-exported")
    return {"verdicts": verdicts, "bulk": bulk, "queue": waiting, "notices": notices}


def _judge_some(reader: Reader) -> list[Found]:
    """Press each verdict key on one tile, and one on four tiles."""
    reader.press("Home")
    verdicts = [reader.judge(key) for key in ("1", "0", "A", "X", "Space", "F")]
    reader.press("End", "Shift+Left", "Shift+Left", "Shift+Left")
    assert reader.page.grid.selection.count == 4
    verdicts.append(reader.judge("X"))
    reader.see("4-keys")
    return verdicts


def _judge_all_and_think_again(reader: Reader) -> Found:
    """Label every tile, take it back, bring it back, take it back: steps of any size are alike."""
    reader.press("Ctrl+A")
    assert reader.page.grid.selection.count == len(reader.session.tiles)
    before = reader.session.effective.tolist()
    bulk = reader.judge("1")
    assert (reader.session.effective == 1).all()
    reader.see("4-all")
    reader.press("Ctrl+Z")
    assert reader.session.effective.tolist() == before
    reader.press("Ctrl+Shift+Z")
    assert (reader.session.effective == 1).all()
    reader.press("Ctrl+Z")
    assert reader.session.effective.tolist() == before
    return bulk


def lose_compute_processes(reader: Reader) -> Found:
    """Lose the compute process in the first training, then in the first scoring; then score."""
    reader.wait_for_project()
    reader.train(epochs=50)
    _lose_it_while(reader, "training")
    reader.see("training-lost")
    trained = _what_is_said(reader)
    assert not _models(reader)

    reader.train(epochs=1)
    _lose_it_while(reader, "scoring")
    reader.see("scoring-lost")
    scored = _what_is_said(reader)
    left = sorted(path.name for path in (_project(reader) / "models").rglob("scores.*"))
    assert np.isnan(reader.session.scores).all()

    reader.press("Ctrl+R")
    reader.wait_for_idle()
    assert not np.isnan(reader.session.scores).any()
    reader.see("scored")
    return {"training": trained, "scoring": scored, "scores_after_loss": left}


def _lose_it_while(reader: Reader, phase: str) -> None:
    """Kill the compute process as soon as it says that it is at it, and wait for the end."""
    lane, phases = reader.bench.batch, set()

    def note(progress: Progress) -> None:
        phases.add(progress.phase)

    lane.progressed.connect(note)
    reader.wait(lambda: phase in phases, lane.progressed, what=phase)
    (process,) = multiprocessing.active_children()
    assert process.pid is not None
    with reader.hearing(lane.operation_failed):
        os.kill(process.pid, signal.SIGKILL)
    reader.wait_for_idle()


def _what_is_said(reader: Reader) -> Found:
    """Return the words about the newest failed job and its last log lines, and dismiss it."""
    failure = reader.window.jobs.failures[-1]
    buttons = {each.text() or each.accessibleName(): each for each in _buttons(failure)}
    reader.click(buttons["Show log"])
    reader.see("log-shown")
    words = [each.text() for each in failure.findChildren(QLabel)]
    said = {"words": " ".join(words), "log": failure.log_text}
    reader.click(buttons["Dismiss"])
    assert not reader.window.jobs.failures
    return said


def _buttons(widget: QWidget) -> list[QToolButton]:
    found: list[QToolButton] = widget.findChildren(QToolButton)
    return found


def key_until_killed(reader: Reader) -> Found:
    """Judge tile after tile, and say on stdout how many verdicts the window shows as saved."""
    reader.wait_for_project()
    saver, said = reader.window.saver, reader.window.save_state

    def tell() -> None:
        if said.text() == "saved":
            sys.stdout.write(f"{len(reader.session.log.batches)}\n")
            sys.stdout.flush()

    saver.changed.connect(tell)
    reader.press("Home")
    for number in count(1):
        reader.page.grid.go_to(number - 1)
        reader.press(str(number % 2))
    raise AssertionError("killed long before")


def fill_the_disk(reader: Reader) -> Found:
    """Judge while there is no room, make room, and go on."""
    reader.wait_for_project()
    room = room_of(reader.bench.workspace.project)
    reader.press("Home", "1")
    reader.wait_for_saved()
    room.take()
    with reader.hearing(reader.window.saver.failed):
        reader.press("Ctrl+A", "0")  # a step that needs more than what is left of a page
    reader.press("Home", "1")
    reader.see("disk-full")
    found = {
        "corner": reader.window.save_state.text(),
        "notices": [notice.title for notice in reader.window.notices.notices],
        "pending": reader.window.saver.pending,
    }
    room.give()
    reader.click(reader.window.save_state)
    reader.wait_for_saved()
    reader.press("End", "1")
    reader.wait_for_saved()
    reader.see("room-again")
    assert not reader.window.notices.notices
    return {**found, "effective": reader.session.effective.tolist()}


def make_a_project(reader: Reader) -> Found:
    """Make a project of a data set where there is no room; make room; make it again."""
    disk = Path(os.environ["SMALL_DISK"])
    with reader.hearing(reader.bench.looks.operation_failed):
        reader.make_project(in_folder=disk)
    reader.see("no-room")
    notices = [notice.title for notice in reader.window.notices.notices]
    left = sorted(path.name for path in disk.iterdir())
    Filler(disk).give()
    assert reader.bench.workspace is None
    reader.window.opener.open(Path(os.environ["DATASET"]))
    reader.make_project(in_folder=disk)
    reader.wait_for_project()
    reader.see("made")
    return {"notices": notices, "left": left}


def pack_without_room(reader: Reader) -> Found:
    """Open a project that there is no room to pack; judge; make room; open it again."""
    path = Path(os.environ["PROJECT"])
    with reader.hearing(reader.bench.files.operation_failed):
        reader.wait_for_tiles()
    reader.see("no-room-to-pack")
    notices = [notice.title for notice in reader.window.notices.notices]
    reader.press("Home", "1")
    reader.wait_for_saved()
    reader.press("Ctrl+W")
    assert not reader.window.front.shows_project
    Filler(path.parent).give()
    reader.window.opener.open(path)
    reader.wait_for_project()
    reader.see("packed-with-room")
    return {"notices": notices, "decided": int((reader.session.states.decided >= 0).sum())}


def _project(reader: Reader) -> Path:
    assert reader.bench.workspace is not None
    return reader.bench.workspace.project.path


def _models(reader: Reader) -> list[Any]:
    assert reader.bench.workspace is not None
    return list(reader.bench.workspace.project.models())
