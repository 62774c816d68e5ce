"""The compute process: one child in which jobs run one after the other.

Where Keras lives. A child that dies takes only its own job along; the GPU memory it held is given
back with it. Started with `spawn`: a fork of a process with Qt threads is not safe, and Windows and
macOS know nothing else.
"""

import contextlib
import logging
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from histoviewer.jobs.child import child_main
from histoviewer.jobs.job import Job
from histoviewer.jobs.messages import Cancelled, Ending, Failed, Finished, Update

log = logging.getLogger(__name__)

_SPAWN = multiprocessing.get_context("spawn")
_TAIL_LINES = 20
_QUIT_S = 5.0
_POLL_S = 0.2  # a silent child is looked at this often: has its time to end run out?


class ComputeProcess:
    """Runs jobs in a child process, one at a time.

    One thread calls `run`; `cancel` may be called from any thread.

    Args:
        environment: Variables set in the child before anything is imported there.
        preload: Modules imported by the child as soon as it starts, so that the first job need not
            wait for them.
        grace_s: Seconds a cancelled job may take to end by itself before it is killed.
    """

    def __init__(
        self,
        *,
        environment: Mapping[str, str] | None = None,
        preload: tuple[str, ...] = (),
        grace_s: float = 20.0,
    ) -> None:
        self._environment = dict(environment or {})
        self._grace_s = grace_s
        handle, name = tempfile.mkstemp(prefix="histoviewer-", suffix=".log")
        os.close(handle)
        self._log_file = Path(name)
        self._cancel = _SPAWN.Event()
        self._cancelled_at: float | None = None
        self._pipe, child_pipe = _SPAWN.Pipe()
        self._process: SpawnProcess = _SPAWN.Process(
            target=child_main,
            args=(child_pipe, self._cancel, self._log_file, self._environment, preload),
            name="histoviewer-compute",
            daemon=True,
        )
        self._process.start()
        child_pipe.close()

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

    def run(self, job: Job, on_update: Callable[[Update], None]) -> Ending:
        """Run a job to its end.

        Args:
            job: What to run.
            on_update: Called in this thread with each message of the running job.
        """
        try:
            self._pipe.send((job.target, job.request))
        except (BrokenPipeError, OSError):
            return self._died()
        for message in self._messages():
            if isinstance(message, Finished | Cancelled | Failed):
                self._cancel.clear()
                self._cancelled_at = None
                if isinstance(message, Failed):
                    return Failed(
                        error=message.error, message=message.message, log_tail=self.log_tail()
                    )
                return message
            on_update(message)
        return self._died()

    def _messages(self) -> Iterator[Update | Ending]:
        """Yield what the child says until it dies; kill it when it ignores a cancel."""
        while True:
            try:
                ready = wait([self._pipe, self._process.sentinel], timeout=_POLL_S)
            except KeyboardInterrupt:  # Ctrl+C at the command line; the child ignores it
                self.cancel()
                continue
            if self._pipe in ready or self._pipe.poll():
                try:
                    yield self._pipe.recv()
                except (EOFError, OSError):
                    return
            elif ready or self._overdue():
                return

    def _overdue(self) -> bool:
        if self._cancelled_at is None or time.monotonic() - self._cancelled_at < self._grace_s:
            return False
        log.warning("the job did not end %.0f s after it was cancelled: killed", self._grace_s)
        self._process.kill()
        self._process.join()
        return True

    def _died(self) -> Ending:
        self._process.join()
        if self._cancelled_at is not None:
            return Cancelled()
        code = self._process.exitcode
        reason = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        hint = " It may have run out of memory." if code == -9 else ""  # noqa: PLR2004 - SIGKILL
        return Failed(
            error=None,
            message=f"The compute process ended unexpectedly ({reason}).{hint}",
            log_tail=self.log_tail(),
        )

    def cancel(self, *, grace_s: float | None = None) -> None:
        """Ask the running job to end; kill it if it does not within the grace time. Any thread.

        Args:
            grace_s: Another grace time from now on, such as a short one when the program ends.
        """
        if grace_s is not None:
            self._grace_s = grace_s
        self._cancelled_at = time.monotonic()
        self._cancel.set()

    def log_tail(self) -> tuple[str, ...]:
        """Return the last lines that the child wrote to stdout and stderr."""
        with contextlib.suppress(OSError):
            text = self._log_file.read_text(encoding="utf-8", errors="replace")
            return tuple(line for line in text.splitlines() if line.strip())[-_TAIL_LINES:]
        return ()

    def close(self, *, patience_s: float = _QUIT_S) -> None:
        """End the child, by force if need be, and remove its log.

        Args:
            patience_s: Seconds in which it may end by itself; one that is still importing what was
                to be preloaded does not.
        """
        self._pipe.close()  # the child leaves its loop at end-of-file
        self._process.join(patience_s)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()
        with contextlib.suppress(OSError):
            self._log_file.unlink()

    def __enter__(self) -> "ComputeProcess":
        """Return self."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()
