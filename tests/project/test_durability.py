"""What was said to be saved survives a kill at any moment."""

import os
import random
import select
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from histoviewer.project.project import Project
from tests.project import recorder
from tests.project.recorder import nth_verdict
from tests.project.samples import catalogue

VERDICTS, KILLS, TILES = 2_000, 20, 1_000
CHECKOUT = Path(__file__).parents[2]


class Kill:
    """A recorder killed soon after it said that its `after`th verdict is saved."""

    def __init__(self, path: Path, *, ahead: int, after: int, delay_s: float) -> None:
        command = [sys.executable, recorder.__file__, str(path), str(VERDICTS), str(ahead)]
        environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
        self.said = b""
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
            self._pipe = process.stdout.fileno()
            while self._acknowledgements < after and self._listen(60.0):
                pass
            end = monotonic() + delay_s
            while (left := end - monotonic()) > 0 and self._listen(left):
                pass
            process.kill()
            while self._listen(60.0):  # what it had said when it died
                pass

    def _listen(self, timeout_s: float) -> bool:
        """Hear what is said next; return whether there was anything."""
        ready, _, _ = select.select([self._pipe], [], [], timeout_s)
        heard = os.read(self._pipe, 65_536) if ready else b""
        self.said += heard
        return bool(heard)

    @property
    def _acknowledgements(self) -> int:
        """Verdicts that it saved in this run."""
        lines = self.said.split()
        first = int(lines[0]) if lines else 0
        return self.acknowledged - first if lines else 0

    @property
    def acknowledged(self) -> int:
        """The newest batch that was said to be saved; 0 for none."""
        return max((int(line) for line in self.said.split(b"\n")[:-1] if line.isdigit()), default=0)

    @property
    def was_in_time(self) -> bool:
        """Whether it died while recording."""
        return b"done" not in self.said


def check_integrity(path: Path) -> None:
    with closing(sqlite3.connect(path / "project.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def check_log(path: Path, acknowledged: int) -> None:
    """The log is a whole beginning of what was recorded, up to what was acknowledged or beyond."""
    with Project.open(path) as project:
        log = project.read_log()
    expected = {}
    for stored in log.batches:
        wanted = nth_verdict(stored.number, TILES)
        assert (stored.tiles, stored.actions, stored.after) == (
            wanted.tiles,
            wanted.actions,
            wanted.after,
        )
        expected[int(wanted.tiles[0])] = int(wanted.after[0])
    assert len(log.batches) >= acknowledged
    assert {t: int(log.states.decided[t]) for t in expected} == expected


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL and select on pipes")
def test_every_acknowledged_verdict_survives_a_kill_at_any_moment(tmp_path) -> None:
    path, random_ = tmp_path / "x.histo", random.Random(20)
    Project.create(path, catalogue=catalogue(TILES), tile_size=96).close()
    in_time = 0
    for turn in range(KILLS):
        kill = Kill(
            path,
            ahead=(1, 25, VERDICTS)[turn % 3],
            after=random_.randrange(VERDICTS // 4 if turn % 3 else VERDICTS // 10),
            delay_s=random_.uniform(0, 0.01),
        )
        in_time += kill.was_in_time
        check_integrity(path)
        check_log(path, kill.acknowledged)
    assert in_time >= KILLS // 2, "most kills must come while verdicts are being written"
