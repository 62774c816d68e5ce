"""What can be done with the data set as a whole, sent to the lanes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.data_report import DataReport
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # these import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.jobs.job import Operation
    from histoviewer.services.data_report.writing import ReportOutcome
    from histoviewer.services.opening import Workspace


class DataWork(QObject):
    """Reads, measures and writes what is known of the open project's data set. UI thread only.

    A failure is shown like that of any job, and can be tried again.

    Args:
        bench: The open project and its lanes.
        parent: Owner.
    """

    found = Signal(object)  # DataReport
    written = Signal(object)  # Path of a report

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench

    def read(self, failed: Callable[[Exception], None]) -> None:
        """Read in the background what is known without measuring; `found` tells."""
        from histoviewer.services.data_report.basis import DataBasis

        basis = DataBasis.of(self._workspace)
        self._bench.background.run(
            lambda: _read(basis), then=self._bench.while_open(self.found.emit), failed=failed
        )

    def measure(self) -> None:
        """Measure all tiles and fit the baseline, where that is not done; `found` tells."""
        self._bench.submit(
            self._bench.files,
            self.tr("Measure the data set"),
            lambda: _measure(self._workspace),
            self._bench.while_open(self.found.emit),
            again=self.measure,
        )

    def write_report(self, out: Path) -> None:
        """Write all of it as one HTML file; `written` tells."""
        self._bench.submit(
            self._bench.files,
            self.tr("Report on the data set"),
            lambda: _write(self._workspace, out),
            self._bench.while_open(self._tell_report),
            again=lambda: self.write_report(out),
        )

    @property
    def _workspace(self) -> "Workspace":
        assert self._bench.workspace is not None, "the page has no buttons without a project"
        return self._bench.workspace

    def _tell_report(self, done: "ReportOutcome") -> None:
        self.found.emit(done.report)
        self.written.emit(done.path)


def _read(basis: object) -> DataReport:
    from histoviewer.services.data_report.basis import DataBasis
    from histoviewer.services.data_report.reporting import read_data

    assert isinstance(basis, DataBasis)
    return read_data(basis)


def _measure(workspace: "Workspace") -> "Operation[DataReport]":
    from histoviewer.services.data_report.reporting import measure_data

    return measure_data(workspace=workspace)


def _write(workspace: "Workspace", out: Path) -> "Operation[ReportOutcome]":
    from histoviewer.services.data_report.writing import write_report

    return write_report(workspace=workspace, out=out)
