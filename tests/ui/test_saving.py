"""The state of saving as the window shows it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from histoviewer.domain.verdicts import Batch
from histoviewer.errors import StorageError
from histoviewer.ui.save_state import SaveState
from histoviewer.ui.saving import Saver
from histoviewer.ui.theme import Theme


class Disk:
    """Takes batches, or refuses while it is full."""

    def __init__(self) -> None:
        self.full = False
        self.written: list[int] = []

    def append(self, batches: Sequence[Batch]) -> None:
        if self.full:
            raise StorageError("There is no space left.", "Free some space.")
        self.written += [batch.number for batch in batches]


def batch(number: int) -> Batch:
    return Batch(number=number, first_sequence=number, when=datetime.now(UTC), reader="AB")


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def saver(qapp, disk: Disk):
    made = Saver()
    made.record = made.record_with(disk)
    yield made
    disk.full = False
    if writer := made.detach():
        writer.close()


def test_a_verdict_is_saved_in_the_background(qtbot: QtBot, saver, disk: Disk) -> None:
    with qtbot.waitSignal(saver.saved) as saved:
        saver.record(batch(1))

    assert saved.args == [1]
    assert disk.written == [1]
    assert saver.text == "saved"


def test_a_full_disk_is_said_and_nothing_is_lost(qtbot: QtBot, saver, disk: Disk) -> None:
    disk.full = True
    with qtbot.waitSignal(saver.failed):
        saver.record(batch(1))
    assert saver.text == "not saved: There is no space left; retry"

    disk.full = False
    with qtbot.waitSignal(saver.saved):
        saver.retry()

    assert disk.written == [1]
    assert saver.text == "saved"


def test_flush_says_whether_everything_is_on_the_disk(qtbot: QtBot, saver, disk: Disk) -> None:
    saver.record(batch(1))
    assert saver.flush(10)

    disk.full = True
    saver.record(batch(2))
    assert not saver.flush(10)
    assert saver.pending == 1


def test_the_corner_shows_a_failure_and_a_click_tries_again(
    qtbot: QtBot, saver, disk: Disk, theme: Theme
) -> None:
    corner = SaveState(saver, theme=theme)
    qtbot.addWidget(corner)
    disk.full = True
    with qtbot.waitSignal(saver.failed):
        saver.record(batch(1))
    assert corner.text().startswith("not saved")
    assert "Free some space" in corner.toolTip()

    disk.full = False
    with qtbot.waitSignal(saver.saved):
        corner.click()

    assert corner.text() == "saved"
