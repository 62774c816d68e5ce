"""The compute process: one child in which jobs run one after the other.

Where Keras lives. A child that dies takes only its own job along; the GPU memory it held is given
back with it. Started with `spawn`: a fork of a process with Qt threads is not safe, and Windows and
macOS know nothing else.

Two pipes lead to the child: one for jobs and what they say, one for cancelling. Cancelling names
the number of the job, so that it cannot hit the next one. A pipe rather than an event of
`multiprocessing`: a child killed while it holds the event's lock would block the parent for ever.
"""

import contextlib
import dataclasses
import logging
import math
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import wait
from types import TracebackType
from typing import Final, Self

from histoviewer.jobs.cancel import CancelToken
from histoviewer.jobs.child import child_main
from histoviewer.jobs.faults import lost_device
from histoviewer.jobs.interrupts import interrupts_call, interrupts_held
from histoviewer.jobs.job import Job
from histoviewer.jobs.load import LoadMeter
from histoviewer.jobs.messages import Cancelled, Ending, Failed, Finished, Ready, Update
from histoviewer.jobs.output import OutputFile

log = logging.getLogger(__name__)

_SPAWN: Final = multiprocessing.get_context("spawn")
NICENESS: Final = 10
INTERACTIVE_NICENESS: Final = 5  # a reader waits: it goes before a training, but after the window
_QUIT_S: Final = 5.0
_SIGKILL: Final = 9


class ComputeProcess:
    """Runs jobs in a child process, one at a time.

    One thread at a time calls `run`, and none does when `close` is called; `cancel` may be called
    from any thread.

    Args:
        environment: Variables set in the child before anything is imported there.
        preload: Modules imported by the child as soon as it starts, so that the first job need not
            wait for them.
        grace_s: Seconds a cancelled job may take to end by itself before it is killed.
        niceness: By how much the child gives way to others; 0 for not at all, 19 for wholly.
    """

    def __init__(
        self,
        *,
        environment: Mapping[str, str] | None = None,
        preload: tuple[str, ...] = (),
        grace_s: float = 20.0,
        niceness: int = NICENESS,
    ) -> None:
        self._environment = dict(environment or {})
        self._grace_s = grace_s
        self._ready = False
        self._lock = threading.RLock()  # guards the three below; Ctrl+C may come while it is held
        self._job = 0  # number of the newest job
        self._running = False
        self._deadline: float | None = None  # when a cancelled job is killed, by time.monotonic()
        self._output = OutputFile()
        self._pipe, child_pipe = _SPAWN.Pipe()
        child_control, self._control = _SPAWN.Pipe(duplex=False)
        self._woken, self._wake = _SPAWN.Pipe(duplex=False)
        self._process = _SPAWN.Process(
            target=child_main,
            args=(child_pipe, child_control, self._output.path, self._environment, preload),
            kwargs={"niceness": niceness},
            name="histoviewer-compute",
            daemon=True,
        )
        try:
            with interrupts_held():
                self._process.start()
        except BaseException:
            self._release()
            raise
        finally:
            child_pipe.close()
            child_control.close()
        self._meter = LoadMeter(self.pid)

    @property
    def pid(self) -> int:
        """Return the process id of the child."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Return whether the child can take a job."""
        return self._process.is_alive()

    def serves(self, environment: Mapping[str, str]) -> bool:
        """Return whether the child lives and was started with these variables."""
        return self.alive and self._environment == dict(environment)

    def run(
        self, job: Job, on_update: Callable[[Update], None], cancel: CancelToken | None = None
    ) -> Ending:
        """Run a job to its end, and tell once a second how busy it keeps the machine.

        In the main thread, Ctrl+C cancels the job, and once more kills it.

        Args:
            job: What to run.
            on_update: Called in this thread with each message of the running job.
            cancel: Cancels this job, and this job only; also where it was used before.
        """
        with self._lock:
            assert not self._running, "a compute process runs one job at a time"
            self._job += 1
            self._running, self._deadline = True, None
        self._output.begin()
        self._meter.begin()
        try:
            with (
                (cancel or CancelToken()).calling(self.cancel),
                interrupts_call(self._interrupted),
            ):
                return self._run(job, on_update)
        except BaseException:  # the caller's fault, but the child is in the middle of a job
            self.kill()
            raise
        finally:
            self._meter.rest()
            with self._lock:
                self._running = False

    def _run(self, job: Job, on_update: Callable[[Update], None]) -> Ending:
        if self._ready and not self._begin(job):
            return Cancelled()
        for message in self._messages():
            match message:
                case Ready():  # sent only now: a large request would block while the child imports
                    self._ready = True
                    if not self._begin(job):
                        return Cancelled()
                case Failed():
                    return dataclasses.replace(message, log_tail=self._output.tail())
                case Finished() | Cancelled():
                    return message
                case _:
                    on_update(message)
        return self._died()

    def _begin(self, job: Job) -> bool:
        """Hand the job to the child; return False where it was cancelled before."""
        if self._deadline is not None:
            return False
        with contextlib.suppress(OSError):  # a dead child is noticed while waiting for its answer
            self._pipe.send((self._job, job.target, job.request))
        return True

    def _messages(self) -> Iterator[Ready | Update | Ending]:
        """Yield what the child says until it dies; kill it when it ignores a cancel."""
        while True:
            if not self._meter.due_in_s and (load := self._meter.look()):
                yield load
            patience = min(self._patience(), self._meter.due_in_s)
            ready = wait([self._pipe, self._process.sentinel, self._woken], patience)
            if self._woken in ready:
                self._woken.recv_bytes()
            try:
                if self._pipe.poll():
                    yield self._pipe.recv()
                    continue
            except (EOFError, OSError):
                return
            if self._process.sentinel in ready:
                return
            if self._overdue():
                log.warning("a job did not end in time after it was cancelled: killed")
                self.kill()

    def _patience(self) -> float:
        deadline = self._deadline
        return math.inf if deadline is None else max(0.0, deadline - time.monotonic())

    def _overdue(self) -> bool:
        return self._patience() == 0

    def _interrupted(self) -> None:
        if self._deadline is None:
            self.cancel()
        else:
            self.kill()

    def _died(self) -> Ending:
        self._process.join()
        if self._deadline is not None:
            return Cancelled()
        code = self._process.exitcode or 0
        tail = self._output.tail()
        lost = lost_device(tail) if code != -_SIGKILL else None  # some other line, long before
        if lost is not None:
            return Failed(error=lost, message=str(lost), log_tail=tail)
        event = "ended unexpectedly" if self._ready else "did not start"
        reason = f"signal {-code}" if code < 0 else f"exit code {code}"
        hint = " It may have run out of memory." if code == -_SIGKILL else ""
        message = f"The compute process {event} ({reason}).{hint}"
        return Failed(error=None, message=message, log_tail=tail)

    def cancel(self, *, grace_s: float | None = None) -> None:
        """Ask the running job to end; kill it if it does not within the grace time. Any thread.

        Nothing happens where no job runs. Asking again does not lengthen the grace time.

        Args:
            grace_s: Another grace time for this job, such as a short one when the program ends.
        """
        with self._lock, contextlib.suppress(OSError):  # a dead child needs no asking
            if not self._running:
                return
            deadline = time.monotonic() + (self._grace_s if grace_s is None else grace_s)
            before = self._deadline
            if before is None or deadline < before:  # else the pipe might fill up, and block us
                self._deadline = deadline
                self._wake.send_bytes(b"!")  # whoever waits for the child must mind the deadline
            if before is None:
                self._control.send(self._job)

    def kill(self) -> None:
        """End the child at once."""
        self._process.kill()
        self._process.join()

    def close(self, *, patience_s: float = _QUIT_S) -> None:
        """End the child, by force if need be, and remove its output.

        Args:
            patience_s: Seconds in which it may end by itself; none while it is still importing.
        """
        with contextlib.suppress(OSError):
            if not self._ready and not self._pipe.poll():
                self.kill()  # it is still importing, and nobody should wait for that
        self._pipe.close()  # the child leaves its loop at end-of-file
        self._process.join(patience_s)
        if self._process.is_alive():
            self.kill()
        self._process.close()
        self._release()

    def _release(self) -> None:
        for end in (self._pipe, self._control, self._woken, self._wake):
            end.close()
        self._output.remove()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
