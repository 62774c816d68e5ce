"""Opening and closing projects, and making them of data sets."""

import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from histoviewer.errors import InputError
from histoviewer.ui import operations
from histoviewer.ui.closing import Leaving
from histoviewer.ui.dialogs.new_project import ProjectChoice
from histoviewer.ui.preferences import Preferences
from histoviewer.ui.saving import Saver
from histoviewer.ui.standing import Opened, is_project, open_project
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # these import SQLAlchemy, which must not delay the first paint
    from histoviewer.project.writer import VerdictWriter
    from histoviewer.services.opening import Workspace

log = logging.getLogger(__name__)


class Opener(QObject):
    """Opens one project at a time. UI thread only; files are read and written in the background.

    Args:
        bench: Where work on the open project is done.
        saver: Puts verdicts on the disk.
        preferences: Who reads.
        leaving: Finds out whether the open project may be closed.
        parent: Owner.
    """

    opening_started = Signal(Path)
    opened = Signal(object)
    closed = Signal()  # no project is shown any more; its jobs may still be ending
    files_closed = Signal()  # nor does anything hold its files
    dataset_found = Signal(Path, object)
    failed = Signal(object)
    stayed = Signal()  # the reader keeps what is open rather than open another project

    def __init__(
        self,
        bench: Workbench,
        saver: Saver,
        *,
        preferences: Preferences,
        leaving: Leaving,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._saver = saver
        self._preferences = preferences
        self._leaving = leaving
        self.is_opening = False
        self._closing: Callable[[], object] | None = None  # what is left to do of letting go
        self._once_closed: list[Callable[[], object]] = []
        bench.became_idle.connect(self._close_files)
        bench.outgrown.connect(self.open)
        preferences.changed.connect(self._follow_reader)

    @property
    def reader(self) -> str:
        """Return the name recorded with verdicts."""
        return self._preferences.reader

    def open(self, path: Path) -> None:
        """Open a project; look into anything else as a data set to make a project of."""
        self._bench.background.run(
            lambda: is_project(path),
            then=lambda found: self._open_project(path) if found else self._look_into(path),
            failed=self.failed.emit,
        )

    def open_again(self) -> None:
        """Open the project once more, as when it can be written to by now."""
        if self._bench.workspace is not None:
            self._open_project(self._bench.workspace.project.path)

    def open_demo(self) -> None:
        """Open the demo project, making it where there is none yet."""
        bench, title = self._bench, self.tr("Make the demo")
        bench.submit(bench.looks, title, operations.make_demo, self.open, again=self.open_demo)

    def make_project(self, dataset: Path, choice: ProjectChoice) -> None:
        """Make a project of a data set and open it; packing goes on in the background."""
        self._bench.submit(
            self._bench.looks,
            self.tr("Make project {name}").format(name=choice.path.stem),
            lambda: operations.create_project(dataset, choice),
            self.open,
            again=lambda: self.make_project(dataset, choice),
        )

    def close_project(self) -> None:
        """Let go of the project: its jobs end, its verdicts are written, its files are closed.

        The reader is asked first where something would be lost, and may keep it open.
        """
        if self._bench.workspace is not None:
            self._leaving.ask(self._let_go)

    def end(self, then: Callable[[], object]) -> None:
        """Let go of everything; call a function when jobs and reads have ended, files are closed.

        Reads that have not begun are forgotten. Nothing more can be opened.
        """
        self._once_closed.append(then)
        self._bench.background.end(leave=self._leave)
        for lane in self._bench.lanes:
            lane.end()
        files = self._closing  # none, perhaps: what runs is waited for all the same
        # Of its own: where files are just being closed, that may end before what runs behind it.
        self._closing = lambda: None if files is None else files()
        self._let_go()

    def close(self) -> None:
        """Close the project and end all threads, waiting for it."""
        if self._bench.workspace is not None:
            gc.unfreeze()
            self._closing = _Files(self._bench.workspace, self._saver.detach()).close
        self._bench.background.end(leave=self._leave)
        self._bench.close()
        self._bench.background.close()
        if self._closing is not None:  # again, where the background just did: that is no harm
            self._closing()
            self._closing = None

    def _let_go(self) -> None:
        workspace = self._bench.let_go()
        if workspace is not None:
            gc.unfreeze()
            self._closing = _Files(workspace, self._saver.detach()).close
            self.closed.emit()
        self._close_files()

    def _close_files(self) -> None:
        """Close what was let go of, once no operation can write to it any more.

        Behind all that reads it in the background: its turn comes when that has ended.
        """
        closing = self._closing
        if closing is None or self._bench.is_busy:
            return

        def fail(problem: Exception) -> None:
            self.failed.emit(problem)
            self._go_on(closing)

        self._bench.background.clean_up(closing, then=lambda _: self._go_on(closing), failed=fail)

    def _go_on(self, closed: Callable[[], object]) -> None:
        """Do what waited for the files to be closed, also where closing them failed."""
        if closed is not self._closing:  # done before, or the end of all is waited for meanwhile
            return
        self._closing = None
        waiting, self._once_closed = self._once_closed, []
        for act in waiting:
            act()
        self.files_closed.emit()

    def _look_into(self, dataset: Path) -> None:
        self._bench.submit(
            self._bench.looks,
            self.tr("Look into {name}").format(name=dataset.name),
            lambda: operations.look(dataset),
            lambda found: self.dataset_found.emit(dataset, found),
            again=lambda: self._look_into(dataset),
        )

    def _open_project(self, path: Path) -> None:
        if self.is_opening:
            error = self.tr("Another project is being opened."), self.tr("Wait a moment.")
            self.failed.emit(InputError(*error))
            return
        self.is_opening = True  # before the question: another project may be asked for meanwhile
        if self._bench.workspace is None:
            self._replace_by(path)
        else:
            self._leaving.ask(lambda: self._replace_by(path), self._stay)

    def _stay(self) -> None:
        self.is_opening = False
        self.stayed.emit()

    def _replace_by(self, path: Path) -> None:
        self._let_go()
        self.opening_started.emit(path)
        if self._closing is None:
            self._read_project(path)
        else:  # it may be this very project, which nobody can open before it is closed
            self._once_closed.append(lambda: self._read_project(path))

    def _read_project(self, path: Path) -> None:
        self._bench.background.run(
            lambda: open_project(path, reader=self.reader, saver=self._saver),
            then=self._take,
            failed=self._refuse,
        )

    def _refuse(self, error: Exception) -> None:
        self.is_opening = False
        self.failed.emit(error)

    def _take(self, opened: Opened) -> None:
        self.is_opening = False
        self._saver.set_read_only(on=opened.read_only_because is not None)
        self._bench.take(opened)
        # What was read lives as long as the project is open. A full garbage collection that walked
        # it would hold up some key for 40 ms at 277,483 tiles, on a busy machine for 120.
        gc.freeze()
        self._follow_reader()
        self.opened.emit(opened)

    def _follow_reader(self) -> None:
        self._bench.read_as(self.reader)

    def _leave(self, result: object) -> None:
        """Close a project that was opened when nobody waited for it any more. Any thread."""
        if isinstance(result, Opened):
            _Files(result.workspace, self._saver.detach()).close()


@dataclass(frozen=True)
class _Files:
    """What is to be closed of a project that was let go of."""

    workspace: "Workspace"
    writer: "VerdictWriter | None"

    def close(self) -> None:
        """Write what waits, then close the database."""
        if self.writer is not None and not self.writer.close():
            log.warning("%d steps could not be written", self.writer.pending)
        self.workspace.close()
