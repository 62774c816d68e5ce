"""What runs inside the compute process."""

import contextlib
import faulthandler
import importlib
import logging
import os
import pickle
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from histoviewer.errors import HistoViewerError, JobCancelled
from histoviewer.jobs.faults import lost_device
from histoviewer.jobs.interrupts import ignore_interrupts
from histoviewer.jobs.job import Body, CancelCheck, Target
from histoviewer.jobs.messages import (
    Cancelled,
    CurvePoint,
    Ending,
    Failed,
    Finished,
    Note,
    Ready,
    Update,
)

log = logging.getLogger(__name__)

_THIS_PROCESS, _BELOW_NORMAL = -1, 0x4000  # as SetPriorityClass of Windows calls them


def child_main(
    pipe: Connection,
    control: Connection,
    log_file: Path,
    environment: Mapping[str, str],
    preload: Iterable[str],
    *,
    niceness: int,
) -> None:
    """Take jobs from the pipe until it closes. Entry point of the process.

    Args:
        pipe: Brings (number, target, request); takes `Ready` once, then updates and endings.
        control: Brings the numbers of jobs to cancel; its end means that the parent is gone.
        log_file: Takes all output.
        environment: Variables to set.
        preload: Modules to import before saying `Ready`.
        niceness: By how much it gives way to the window; more for those that nobody waits for.
    """
    ignore_interrupts()
    _give_way(niceness)
    os.environ.update(environment)
    _write_output_to(log_file)
    control_reader = _ControlReader(control)
    control_reader.start()
    for module in preload:
        importlib.import_module(module)
    with contextlib.suppress(EOFError, OSError):  # the parent closes the pipe when it needs no more
        pipe.send(Ready())
        while True:
            number, target, request = pipe.recv()
            control_reader.current = number
            _hand_over(pipe, _run(pipe, control_reader.cancelled, target, request))


def _give_way(niceness: int) -> None:
    """Let the window go first where processors are scarce: a reader waits for every key.

    A training takes every core there is. Where nobody else needs them it is as fast as before.
    """
    if sys.platform == "win32":
        import ctypes

        this_process = ctypes.c_void_p(_THIS_PROCESS)
        ctypes.windll.kernel32.SetPriorityClass(this_process, _BELOW_NORMAL)
    else:
        os.nice(niceness)


def _write_output_to(log_file: Path) -> None:
    """Send stdout, stderr and crash dumps, those of C libraries too, to a file."""
    stream = log_file.open("a", buffering=1, encoding="utf-8", errors="backslashreplace")
    for number in (1, 2):
        os.dup2(stream.fileno(), number)
    sys.stdout = sys.stderr = stream
    faulthandler.enable(stream)
    logging.basicConfig(stream=stream, level=logging.INFO, format="%(levelname)s %(message)s")


class _ControlReader(threading.Thread):
    """Listens for cancelling, and ends the process when the parent is gone, even in a job."""

    def __init__(self, control: Connection) -> None:
        super().__init__(name="control", daemon=True)
        self._control = control
        self._newest_cancelled = 0
        self.current = 0

    def run(self) -> None:
        while True:
            try:
                self._newest_cancelled = self._control.recv()
            except (EOFError, OSError):
                os._exit(1)

    def cancelled(self) -> bool:
        """Return whether the job that runs now has been asked to end."""
        return self._newest_cancelled >= self.current


def _run(pipe: Connection, cancelled: CancelCheck, target: str, request: object) -> Ending:
    """Run one job and say how it ended. Never raises: a job's fault must not end the process."""
    log.info("begins %s", target)  # the last line that there is of a job that is killed at once
    try:
        with contextlib.closing(_resolve(target)(request, cancelled)) as body:
            return Finished(_drive(body, pipe, cancelled))
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
        if lost := lost_device(str(error).splitlines()):
            return Failed(error=lost, message=str(lost))
        return Failed(error=None, message=f"The job failed: {type(error).__name__}: {error}")


def _resolve(target: str) -> Target:
    module, _, name = target.partition(":")
    function: Target = getattr(importlib.import_module(module), name)
    return function


def _drive(body: Body[object], pipe: Connection, cancelled: CancelCheck) -> object:
    """Send what the body yields; throw `JobCancelled` into it once when cancelled.

    Returns:
        What the body returned.
    """
    thrown = False
    try:
        update = next(body)
        while True:
            _log(update)
            pipe.send(update)
            if cancelled() and not thrown:
                thrown = True
                update = body.throw(JobCancelled())
            else:
                update = next(body)
    except StopIteration as stop:
        result: object = stop.value
        return result


def _log(update: Update) -> None:
    """Keep epochs and notes in the log, whose last lines are shown when the process dies."""
    if isinstance(update, CurvePoint):
        figures = ", ".join(f"{name} {value:.4g}" for name, value in update.values.items())
        log.info("epoch %d: %s", update.epoch, figures)
    elif isinstance(update, Note):
        log.info(update.text)


def _hand_over(pipe: Connection, ending: Ending) -> None:
    """Send an ending; say so where its result cannot be sent."""
    try:
        pipe.send(ending)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a foreign __reduce__ raises
        traceback.print_exc()
        message = f"The job's result cannot be handed over: {type(error).__name__}: {error}"
        pipe.send(Failed(error=None, message=message))


def _picklable(error: HistoViewerError) -> Exception | None:
    try:
        copy: Any = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - whatever a foreign __reduce__ raises
        return None
    return copy if isinstance(copy, Exception) else None
