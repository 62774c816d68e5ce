"""What runs inside the compute process."""

import contextlib
import faulthandler
import importlib
import logging
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from multiprocessing.connection import Connection, wait
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from histoviewer.errors import HistoViewerError, JobCancelled
from histoviewer.jobs.job import Body, Target
from histoviewer.jobs.messages import Cancelled, Ending, Failed, Finished


def child_main(
    pipe: Connection,
    cancel: Event,
    log_file: Path,
    environment: Mapping[str, str],
    preload: Iterable[str],
) -> None:
    """Take jobs from the pipe until it closes. Entry point of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle: it cancels
    os.environ.update(environment)
    _write_output_to(log_file)
    _die_with_parent()
    for module in preload:
        importlib.import_module(module)
    while True:
        try:
            target, request = pipe.recv()
        except (EOFError, OSError):
            return
        ending = _run(pipe, cancel, target, request)
        with contextlib.suppress(BrokenPipeError):
            pipe.send(ending)


def _write_output_to(log_file: Path) -> None:
    """Send stdout, stderr and crash dumps, those of C libraries too, to a file."""
    stream = log_file.open("a", buffering=1, encoding="utf-8")
    for number in (1, 2):
        os.dup2(stream.fileno(), number)
    sys.stdout = sys.stderr = stream
    faulthandler.enable(stream)
    logging.basicConfig(stream=stream, level=logging.INFO, format="%(levelname)s %(message)s")


def _die_with_parent() -> None:
    """End this process when its parent is gone, even in the middle of a job."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _run(pipe: Connection, cancel: Event, target: str, request: Any) -> Ending:
    """Run one job and say how it ended. Never raises: a job's fault must not end the process."""
    try:
        body = _resolve(target)(request, cancel.is_set)
        return Finished(_drive(body, pipe, cancel))
    except JobCancelled:
        return Cancelled()
    except HistoViewerError as error:
        return Failed(error=_picklable(error), message=str(error))
    except MemoryError:
        traceback.print_exc()
        return Failed(
            error=None, message="There was not enough memory. Try a smaller batch or other tiles."
        )
    except Exception as error:  # noqa: BLE001 - the boundary: it is reported, with its traceback
        traceback.print_exc()
        return Failed(error=None, message=f"The job failed: {type(error).__name__}: {error}")


def _resolve(target: str) -> Target:
    module, _, name = target.partition(":")
    function: Target = getattr(importlib.import_module(module), name)
    return function


def _drive(body: Body[Any], pipe: Connection, cancel: Event) -> Any:
    """Send what the body yields; throw `JobCancelled` into it once when cancelled.

    Returns:
        What the body returned.
    """
    thrown = False
    try:
        update = next(body)
        while True:
            pipe.send(update)
            if cancel.is_set() and not thrown:
                thrown = True
                update = body.throw(JobCancelled())
            else:
                update = next(body)
    except StopIteration as stop:
        return stop.value


def _picklable(error: HistoViewerError) -> Exception | None:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - whatever a foreign __reduce__ raises
        return None
    return error
