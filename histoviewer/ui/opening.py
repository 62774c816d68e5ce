"""Opening and closing projects, and making them of data sets."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from histoviewer.errors import InputError
from histoviewer.ui import operations
from histoviewer.ui.dialogs.new_project import ProjectChoice
from histoviewer.ui.saving import Saver
from histoviewer.ui.standing import Opened, is_project, open_project
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # these import SQLAlchemy, which must not delay the first paint
    from histoviewer.project.writer import VerdictWriter
    from histoviewer.services.opening import Workspace


class Opener(QObject):
    """Opens one project at a time. UI thread only; files are read and written in the background.

    Args:
        bench: Where work on the open project is done.
        saver: Puts verdicts on the disk.
        reader: Name recorded with each verdict.
        parent: Owner.
    """

    opening_started = Signal(Path)
    opened = Signal(object)
    closed = Signal()
    dataset_found = Signal(Path, object)
    failed = Signal(object)

    def __init__(
        self, bench: Workbench, saver: Saver, *, reader: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._saver = saver
        self.reader = reader
        self._is_opening = False
        self._closing: list[_Files] = []

    def open(self, path: Path) -> None:
        """Open a project; look into anything else as a data set to make a project of."""
        self._bench.background.run(
            lambda: is_project(path),
            then=lambda found: self._open_project(path) if found else self._look_into(path),
            failed=self.failed.emit,
        )

    def open_demo(self) -> None:
        """Open the demo project, making it where there is none yet."""
        bench = self._bench
        bench.submit(bench.files, self.tr("Make the demo"), operations.make_demo, self.open)

    def make_project(self, dataset: Path, choice: ProjectChoice) -> None:
        """Make a project of a data set and open it; packing goes on in the background."""
        self._bench.submit(
            self._bench.files,
            self.tr("Make project {name}").format(name=choice.path.stem),
            lambda: operations.create_project(dataset, choice),
            self.open,
        )

    def close_project(self, *, then: Callable[[], None] = lambda: None) -> None:
        """Let go of the project: its jobs end, its verdicts are written, its files are closed.

        Args:
            then: Called when that is done; at once where no project is open.
        """
        workspace = self._bench.let_go()
        if workspace is None:
            then()
            return
        self._closing.append(_Files(workspace, self._saver.detach()))
        self.closed.emit()

        def close_files() -> None:
            files = self._closing.pop(0)
            self._bench.background.run(files.close, then=lambda _: then(), failed=self.failed.emit)

        if self._bench.is_busy:  # an operation may still write to the project
            once = Qt.ConnectionType.SingleShotConnection
            self._bench.became_idle.connect(close_files, once)
        else:
            close_files()

    def close(self) -> None:
        """Close the project and end all threads, waiting for it."""
        workspace = self._bench.workspace
        if workspace is not None:
            self._closing.append(_Files(workspace, self._saver.detach()))
        self._bench.close()
        for files in self._closing:
            files.close()
        self._closing.clear()
        self._bench.background.close(leave=self._leave)

    def _look_into(self, dataset: Path) -> None:
        self._bench.submit(
            self._bench.files,
            self.tr("Look into {name}").format(name=dataset.name),
            lambda: operations.look(dataset),
            lambda found: self.dataset_found.emit(dataset, found),
        )

    def _open_project(self, path: Path) -> None:
        if self._is_opening:
            error = self.tr("Another project is being opened."), self.tr("Wait a moment.")
            self.failed.emit(InputError(*error))
            return
        self._is_opening = True
        self.close_project(then=lambda: self._read_project(path))

    def _read_project(self, path: Path) -> None:
        self.opening_started.emit(path)
        self._bench.background.run(
            lambda: open_project(path, reader=self.reader, saver=self._saver),
            then=self._take,
            failed=self._refuse,
        )

    def _refuse(self, error: Exception) -> None:
        self._is_opening = False
        self.failed.emit(error)

    def _take(self, opened: Opened) -> None:
        self._is_opening = False
        self._bench.take(opened)
        self.opened.emit(opened)

    def _leave(self, result: object) -> None:
        """Close a project that was opened when nobody waited for it any more."""
        if isinstance(result, Opened):
            _Files(result.workspace, self._saver.detach()).close()


@dataclass(frozen=True)
class _Files:
    """What is to be closed of a project that was let go of."""

    workspace: "Workspace"
    writer: "VerdictWriter | None"

    def close(self) -> None:
        """Write what waits, then close the database."""
        if self.writer is not None:
            self.writer.close()
        self.workspace.close()
