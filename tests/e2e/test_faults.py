"""What the window does when a process dies or the disk is full: real kills, a real small disk."""

import random
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from histoviewer.project.project import Project
from histoviewer.tiles.layouts import scan
from tests.e2e.conftest import CHECKOUT, command

pytestmark = [pytest.mark.xvfb, pytest.mark.slow]
WAIT_S = 120


def test_a_lost_compute_process_costs_its_own_job_only(play, ask, packed) -> None:
    played = play("lose_compute_processes", packed)

    for job in ("training", "scoring"):
        assert "ended unexpectedly (signal 9)" in played.found[job]["words"]
        assert "memory" in played.found[job]["words"]
        assert played.found[job]["log"]
    assert "scores.npy" not in played.found["scores_after_loss"]  # what is begun is gone on with
    status = ask("status", packed)
    assert len(status["models"]) == 1
    assert status["scored"] == status["tiles"]
    left = {path.name for path in (packed / "models").iterdir()}
    assert left == {status["champion"]}


def test_a_killed_window_has_lost_no_verdict_that_it_showed_as_saved(screen, packed) -> None:
    rest = random.Random(7).randrange(40, 120)
    with subprocess.Popen(
        command("key_until_killed", packed), cwd=CHECKOUT, env=screen, stdout=subprocess.PIPE
    ) as program:
        shown = _listen(program, until=rest)
        program.send_signal(signal.SIGKILL)
        shown = max(shown, _listen(program, until=sys.maxsize))  # what it had said when it died

    with Project.open(packed) as project:
        log = project.read_log()
    assert len(log.batches) >= shown >= rest
    judged = [(batch.tiles.tolist(), batch.after.tolist()) for batch in log.batches]
    assert judged == [([number - 1], [number % 2]) for number in range(1, len(judged) + 1)]


def _listen(program, *, until: int) -> int:
    """Hear how many verdicts are shown as saved, up to a number or the end of the program."""
    newest = 0
    while newest < until and select.select([program.stdout], [], [], WAIT_S)[0]:
        line = program.stdout.readline()
        if not line.endswith(b"\n"):
            break
        newest = int(line)
    return newest


def test_a_full_disk_is_shown_and_costs_no_verdict(play, packed, small_disk) -> None:
    path = shutil.copytree(packed, small_disk / "demo.histo")
    played = play("fill_the_disk", path)

    assert played.complaints == []
    assert played.found["pending"] == 2
    assert "no space left" in played.found["corner"]
    assert "no space left" in played.found["notices"][0]
    with Project.open(path) as project:
        log, given = project.read_log(), project.tiles().given
    assert log.states.effective(given).tolist() == played.found["effective"]
    assert [len(batch) for batch in log.batches] == [1, len(given), 1, 1]


@pytest.fixture
def full_disk(small_disk) -> Path:
    """A disk with room for a project but not for its packed tiles."""
    if not small_disk.is_mount():
        pytest.skip("needs the right to mount a small disk; tests/tiles has a disk that fails")
    (small_disk / "filler").write_bytes(bytes(30 * 2**20))
    return small_disk


def test_a_project_is_made_when_there_is_room_for_it(play, ask, dataset, full_disk) -> None:
    played = play("make_a_project", dataset, small_disk=full_disk, dataset=dataset)

    assert "MB left" in played.found["notices"][0]
    assert played.found["left"] == ["filler"]
    assert ask("status", full_disk / "tiles.histo")["packed"]


def test_tiles_that_there_is_no_room_to_pack_can_be_judged(play, ask, dataset, full_disk) -> None:
    path = full_disk / "mice.histo"
    Project.create(path, catalogue=scan(dataset), tile_size=96).close()
    played = play("pack_without_room", path, project=path)

    assert "MB left" in played.found["notices"][0]
    assert played.found["decided"] == 1
    status = ask("status", path)
    assert status["packed"]
    assert status["decided"] == 1
