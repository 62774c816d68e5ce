"""A reader who never stops: records verdicts and says which are saved. Run as a child process.

    python recorder.py PROJECT COUNT AHEAD

It writes the number of the newest saved batch to stdout as soon as it is told, and lets at most
AHEAD verdicts wait unsaved.
"""

import os
import sys
import threading
from pathlib import Path

import numpy as np

from histoviewer.domain.verdicts import Action, Batch
from histoviewer.project.project import Project
from histoviewer.project.writer import VerdictWriter
from tests.project.samples import batch


def nth_verdict(number: int, tiles: int) -> Batch:
    """What batch `number` of the log holds, so that the parent can check it."""
    action = np.array([(Action.CONFIRM, Action.RELABEL)[number % 2]], np.int8)
    after = np.array([number % 2], np.int8)
    return batch(number, number, [number * 7 % tiles], actions=action, after=after)


def main(path: Path, count: int, ahead: int) -> None:
    room = threading.Semaphore(ahead)
    with Project.open(path) as project:
        first = project.read_log().next_number
        told = first - 1

        def tell(newest: int) -> None:
            nonlocal told
            os.write(1, b"%d\n" % newest)
            room.release(newest - told)
            told = newest

        with VerdictWriter(project, on_saved=tell, on_failed=lambda *_: None) as writer:
            for number in range(first, first + count):
                room.acquire()
                writer.put(nth_verdict(number, project.tile_count))
    os.write(1, b"done\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
