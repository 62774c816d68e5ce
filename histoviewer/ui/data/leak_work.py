"""Near duplicates of the open project, looked for and kept on one side of the split."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # these import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.domain.near_duplicates import NearDuplicates
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

    found = Signal(object)  # NearDuplicateReport; None where nobody has looked yet
    regrouped = Signal(object)  # Regrouping

    def __init__(
        self, bench: Workbench, failed: Callable[[Exception], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bench, self._failed = bench, failed

    def read(self) -> None:
        """Read in the background what was found before; `found` tells."""
        workspace = self._workspace
        tiles = workspace.session.tiles

        def read() -> "NearDuplicateReport | None":
            from histoviewer.services.near_duplicates import (
                NearDuplicateReport,
                read_near_duplicates,
            )

            if workspace.packed is None:
                return None
            known = read_near_duplicates(workspace.project, workspace.packed)
            if known is None:
                return None
            report = NearDuplicateReport(found=known, tiles=tiles)
            _ = report.leaks, report.regrouping  # worked out here and not in the UI thread
            return report

        self._bench.background.run(
            read, then=self._bench.while_open(self.found.emit), failed=self._failed
        )

    def look(self) -> None:
        """Look for near duplicates; `found` tells."""
        self._bench.submit(
            self._bench.files,
            self.tr("Look for near duplicates"),
            lambda: _look(self._workspace),
            self._bench.while_open(lambda _found: self.read()),
            again=self.look,
        )

    def regroup(self) -> None:
        """Keep near duplicates on one side of the split; `regrouped` tells."""
        workspace = self._workspace
        self._bench.background.run(
            lambda: _regroup(workspace),
            then=self._bench.while_open(self._take),
            failed=self._failed,
        )

    @property
    def _workspace(self) -> "Workspace":
        assert self._bench.workspace is not None, "the page has no buttons without a project"
        return self._bench.workspace

    def _take(self, done: "Regrouped") -> None:
        self._bench.changed.emit(self._workspace.session.replace_tiles(done.tiles))
        self.regrouped.emit(done.plan)
        self.read()


def _look(workspace: "Workspace") -> "Operation[NearDuplicates]":
    from histoviewer.services.near_duplicates import find_near_duplicates

    return find_near_duplicates(workspace=workspace)


def _regroup(workspace: "Workspace") -> "Regrouped":
    from histoviewer.services.opening import packed_for_reading
    from histoviewer.services.regrouping import regroup

    return regroup(project=workspace.project, packed=packed_for_reading(workspace))
