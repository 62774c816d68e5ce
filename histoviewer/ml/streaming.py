"""A long call that cannot yield, such as Keras' `fit`, as a job body that does."""

import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from histoviewer.errors import JobCancelled
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Update

Result = TypeVar("Result")
Emit = Callable[[Update], None]

_END: Any = object()


class LongCall(Protocol[Result]):  # type: ignore[misc]  # mypy wants it covariant; it is only returned
    """A call that reports and can be asked to end."""

    def __call__(self, emit: Emit, should_stop: CancelCheck) -> Result:
        """Do the work; report through `emit`; end soon once `should_stop` answers True."""
        ...


def stream(call: LongCall[Result], cancelled: CancelCheck) -> Body[Result]:
    """Run a call in a thread and yield what it emits, in order.

    On cancelling the call is asked to stop and what it returns all the same is returned; a call
    with nothing to return raises `JobCancelled` itself. The thread ends before this generator does.

    Args:
        call: Does the work.
        cancelled: Asked by the call at each step, beside what is thrown in here.
    """
    updates: queue.SimpleQueue[Any] = queue.SimpleQueue()
    stopped = threading.Event()
    outcome: list[Any] = []

    def should_stop() -> bool:
        return stopped.is_set() or cancelled()

    def run() -> None:
        try:
            outcome.append(call(updates.put, should_stop))
        except BaseException as error:  # noqa: BLE001 - raised again below, in the job's own thread
            outcome.append(error)
        finally:
            updates.put(_END)

    thread = threading.Thread(target=run, name="long-call", daemon=True)
    thread.start()
    try:
        while (update := updates.get()) is not _END:
            try:
                yield update
            except JobCancelled:
                stopped.set()
    finally:
        stopped.set()
        thread.join()
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    result: Result = outcome[0]
    return result
