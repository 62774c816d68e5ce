"""The compute processes of the lanes: started when first needed, kept warm, replaced when dead."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from histoviewer.errors import DeviceError
from histoviewer.jobs.cancel import CancelToken
from histoviewer.jobs.compute import NICENESS, ComputeProcess
from histoviewer.jobs.job import Job
from histoviewer.jobs.messages import Ending, Failed, Update


class LaneProcess:
    """Runs the jobs of one lane in a process that outlives them.

    The second job finds Keras imported. A process that died or was started with other variables is
    replaced. One thread at a time uses it; a `CancelToken` cancels from any other.

    Args:
        preload: Modules imported by the process as soon as it starts.
        grace_s: Seconds a cancelled job may take to end by itself before it is killed.
        niceness: By how much the process gives way to others; see `ComputeProcess`.
    """

    def __init__(
        self,
        *,
        preload: tuple[str, ...] = (),
        grace_s: float = 20.0,
        niceness: int = NICENESS,
    ) -> None:
        self._preload = preload
        self._niceness = niceness
        self._grace_s = grace_s
        self._process: ComputeProcess | None = None

    def warm_up(self, environment: Mapping[str, str]) -> ComputeProcess:
        """Return the process for jobs with these variables, starting it where need be."""
        if self._process is not None and not self._process.serves(environment):
            self.close()
        if self._process is None:
            self._process = ComputeProcess(
                environment=environment,
                preload=self._preload,
                grace_s=self._grace_s,
                niceness=self._niceness,
            )
        return self._process

    def run(
        self, job: Job, on_update: Callable[[Update], None], cancel: CancelToken | None = None
    ) -> Ending:
        """Run a job to its end; see `ComputeProcess.run`. The next has a process that works."""
        ending = self.warm_up(job.environment).run(job, on_update, cancel)
        if isinstance(ending, Failed) and isinstance(ending.error, DeviceError):
            self.close()  # a library that has lost its GPU does not find it again
        return ending

    def cancel(self, *, grace_s: float) -> None:
        """Ask the running job to end within some seconds, else kill it. Any thread."""
        process = self._process
        if process is not None:
            process.cancel(grace_s=grace_s)

    def close(self) -> None:
        """End the process, which gives back its GPU memory; the next job starts another."""
        if self._process is not None:
            self._process.close()
            self._process = None

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
