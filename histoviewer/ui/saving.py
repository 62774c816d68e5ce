"""Saving verdicts: the writer thread as the window sees it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.verdicts import Batch
from histoviewer.errors import StorageError

if TYPE_CHECKING:  # both import SQLAlchemy, which must not delay the first paint
    from histoviewer.project.project import Project
    from histoviewer.project.writer import VerdictWriter


class Saver(QObject):
    """Puts verdicts on the disk in the background and says how far it is.

    `record_with` and `detach` may be called in any thread, as a project is opened and closed in the
    background; all else belongs to the UI thread.

    Args:
        parent: Owner.
    """

    saved = Signal(int)
    failed = Signal(object)
    recovered = Signal(object)  # the error that is over
    changed = Signal()
    _written = Signal(int)
    _refused = Signal(object, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer: VerdictWriter | None = None
        self.error: StorageError | None = None
        self.is_read_only = False
        self._written.connect(self._note_saved)
        self._refused.connect(self._note_failed)

    def record_with(self, project: "Project") -> Callable[[Batch], None]:
        """Start the writer of a project; return what takes each new batch."""
        from histoviewer.project.writer import VerdictWriter

        writer = VerdictWriter(project, on_saved=self._written.emit, on_failed=self._refused.emit)
        self._writer = writer

        def record(batch: Batch) -> None:
            writer.put(batch)
            self.changed.emit()

        return record

    @property
    def pending(self) -> int:
        """Return how many batches are not on the disk yet."""
        writer = self._writer  # looked up once: a project may be closed in the background meanwhile
        return 0 if writer is None else writer.pending

    @property
    def text(self) -> str:
        """Return the state as the window shows it."""
        if self.is_read_only:
            return self.tr("read only")
        if self.error is not None:
            reason = self.error.message.rstrip(".")
            return self.tr("not saved: {reason}; retry").format(reason=reason)
        if self.pending:
            return self.tr("saving {count}…").format(count=f"{self.pending:,}")
        return self.tr("saved")

    def set_read_only(self, *, on: bool) -> None:
        """Say that nothing can be saved, as long as a project is open for reading only."""
        self.is_read_only = on
        self.changed.emit()

    def retry(self) -> None:
        """Try again now what failed."""
        if self._writer is not None:
            self._writer.retry()

    def flush(self, timeout_s: float) -> bool:
        """Wait for the queue; return whether everything is on the disk."""
        return self._writer is None or self._writer.flush(timeout_s)

    def detach(self) -> "VerdictWriter | None":
        """Let go of the writer, so that it can be closed in the background."""
        writer, self._writer = self._writer, None
        self.error = None
        return writer

    def _note_saved(self, batch_number: int) -> None:
        error, self.error = self.error, None
        if error is not None:
            self.recovered.emit(error)
        self.saved.emit(batch_number)
        self.changed.emit()

    def _note_failed(self, error: StorageError, _pending: int) -> None:
        if self._writer is not None:
            self.error = error
            self.failed.emit(error)
            self.changed.emit()
