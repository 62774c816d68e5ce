"""Whether the window or the project may close: asks once where something would be lost."""

from PySide6.QtWidgets import QWidget

from histoviewer.ui import questions
from histoviewer.ui.saving import Saver
from histoviewer.ui.workbench import Workbench

_FLUSH_S = 15.0


def may_close(window: QWidget, bench: Workbench, saver: Saver) -> bool:
    """Return whether nothing stands against closing, or the reader wants it all the same.

    Verdicts are written first; the reader is asked only if they cannot be.
    """
    return _may_end_jobs(window, bench) and _may_end_saving(window, saver)


def _may_end_jobs(window: QWidget, bench: Workbench) -> bool:
    # Packing goes on where it was at the next opening: nothing to ask about.
    task = bench.batch.current
    if task is None or bench.batch.is_abandoned:  # its project was left: the reader was asked then
        return True
    return questions.may_end_job(window, task.title)


def _may_end_saving(window: QWidget, saver: Saver) -> bool:
    if saver.flush(_FLUSH_S):
        return True
    reason = window.tr("The disk is slow.") if saver.error is None else str(saver.error)
    return questions.may_lose_verdicts(window, saver.pending, reason)
