"""Near duplicates of the open project, looked for and kept on one side of the split."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from histoviewer.ui.tasks import Task
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # these import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.domain.near_duplicates import NearDuplicates
    from histoviewer.domain.regrouping import Regrouping
    from histoviewer.domain.tiles import TileTable
    from histoviewer.jobs.job import Operation
    from histoviewer.services.near_duplicates import NearDuplicateReport
    from histoviewer.services.opening import Workspace
    from histoviewer.services.regrouping import Regrouped


class LeakWork(QObject):
    """Tells what leaks between the sides by near duplicates, and mends it. UI thread only.

    Args:
        bench: The open project and its lanes.
        failed: Takes errors of what is no job.
        parent: Owner.
    """

    found = Signal(object, object)  # NearDuplicateReport, None before; what can be parted again
    regrouped = Signal(object)  # Regrouping
    parted = Signal(object)  # Regrouping
    busy_changed = Signal()

    def __init__(
        self, bench: Workbench, failed: Callable[[Exception], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bench, self._failed = bench, failed
        self.is_writing = False
        self._looking: Task | None = None
        self._unkept: NearDuplicates | None = None  # found in a project that is read only
        lane = bench.files
        for signal in (lane.operation_finished, lane.operation_failed, lane.operation_cancelled):
            signal.connect(self._note_end)

    @property
    def is_looking(self) -> bool:
        """Return whether near duplicates are being looked for, or will be."""
        return self._looking is not None

    def forget(self) -> None:
        """Want nothing any more of what was found and asked: the project is another."""
        self._looking = self._unkept = None
        self.busy_changed.emit()

    def read(self) -> None:
        """Read in the background what was found before; `found` tells."""
        workspace, unkept = self._workspace, self._unkept
        tiles = workspace.session.tiles
        self._bench.background.run(
            lambda: _read(workspace, tiles, unkept),
            then=self._bench.while_open(lambda known: self.found.emit(*known)),
            failed=self._failed,
        )

    def look(self) -> None:
        """Look for near duplicates; `found` tells."""
        self._looking = self._bench.submit(
            self._bench.files,
            self.tr("Look for near duplicates"),
            lambda: _look(self._workspace),
            self._bench.while_open(self._take_found),
            again=self.look,
        )
        self.busy_changed.emit()

    def regroup(self) -> None:
        """Keep near duplicates on one side of the split; `regrouped` tells."""
        self._write(_regroup, self.regrouped.emit)

    def part(self) -> None:
        """Take the newest regrouping back; `parted` tells."""
        self._write(_part, self.parted.emit)

    def _write(
        self, act: "Callable[[Workspace], Regrouped]", tell: "Callable[[Regrouping], None]"
    ) -> None:
        workspace = self._workspace
        take = self._bench.while_open(lambda done: self._take(done, tell))
        self._set_writing(on=True)
        self._bench.background.write(
            lambda: act(workspace),
            then=lambda done: self._end(lambda: take(done)),
            failed=lambda error: self._end(lambda: self._failed(error)),
        )

    def _end(self, go_on: Callable[[], None]) -> None:
        self._set_writing(on=False)
        go_on()

    def _set_writing(self, *, on: bool) -> None:
        self.is_writing = on
        self.busy_changed.emit()

    def _note_end(self, task: Task, _outcome: object = None) -> None:
        if task is self._looking:
            self._looking = None
            self.busy_changed.emit()

    def _take_found(self, found: "NearDuplicates") -> None:
        """Tell what was found; where it could not be kept, it is known as long as this is open."""
        self._unkept = found if self._workspace.session.read_only else None
        self.read()

    @property
    def _workspace(self) -> "Workspace":
        assert self._bench.workspace is not None, "the page has no buttons without a project"
        return self._bench.workspace

    def _take(self, done: "Regrouped", tell: "Callable[[Regrouping], None]") -> None:
        self._bench.changed.emit(self._workspace.session.replace_tiles(done.tiles))
        tell(done.plan)
        self.read()


def _read(
    workspace: "Workspace", tiles: "TileTable", unkept: "NearDuplicates | None"
) -> "tuple[NearDuplicateReport | None, Regrouping]":
    """Return what leaks, None where nobody has looked, and what can be parted (thread)."""
    from histoviewer.domain.regrouping import plan_parting
    from histoviewer.services.near_duplicates import NearDuplicateReport, read_near_duplicates

    parting = plan_parting(tiles, workspace.project.regroupings())
    if workspace.packed is None:
        return None, parting
    known = read_near_duplicates(workspace.project, workspace.packed) if unkept is None else unkept
    if known is None:
        return None, parting
    report = NearDuplicateReport(found=known, tiles=tiles)
    _ = report.leaks, report.regrouping  # worked out here and not in the UI thread
    return report, parting


def _look(workspace: "Workspace") -> "Operation[NearDuplicates]":
    from histoviewer.services.near_duplicates import find_near_duplicates

    return find_near_duplicates(workspace=workspace)


def _regroup(workspace: "Workspace") -> "Regrouped":
    from histoviewer.services.opening import packed_for_reading
    from histoviewer.services.regrouping import regroup

    return regroup(project=workspace.project, packed=packed_for_reading(workspace))


def _part(workspace: "Workspace") -> "Regrouped":
    from histoviewer.services.regrouping import part

    return part(project=workspace.project)
