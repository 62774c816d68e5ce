"""The use case of the report: measure what is not measured, and write one HTML file."""

from dataclasses import dataclass
from pathlib import Path

from histoviewer.domain.data_report import DataReport
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Operation
from histoviewer.services.data_report.basis import DataBasis
from histoviewer.services.data_report.page import write_page
from histoviewer.services.data_report.reporting import measure
from histoviewer.services.data_report.samples import Sampling, draw_samples
from histoviewer.services.opening import Workspace


@dataclass(frozen=True, kw_only=True, eq=False)
class ReportOutcome:
    """What was written.

    Args:
        path: The file.
        report: What it shows.
    """

    path: Path
    report: DataReport


def write_report(
    *, workspace: Workspace, out: Path, sampling: Sampling | None = None
) -> Operation[ReportOutcome]:
    """Write everything there is to say of the data set as one HTML file with its pictures.

    Args:
        workspace: The open project.
        out: The file.
        sampling: Which tiles are shown; some of each class by default.

    Raises:
        InputError: The tiles are not packed, or there is no folder for the file.
        StorageError: The disk does not take the file; nothing is left.
    """
    if not out.parent.is_dir():  # known before minutes of measuring, not after them
        raise InputError(f"There is no folder for {out}.", "Choose a folder that exists.")
    return _write(DataBasis.of(workspace), out, sampling or Sampling())


def _write(basis: DataBasis, out: Path, sampling: Sampling) -> Operation[ReportOutcome]:
    report = yield from measure(basis)
    assert basis.packed is not None, "without packed tiles nothing was measured"
    samples = draw_samples(basis, sampling)
    page = write_page(report, samples=samples, source=basis.packed, ids=basis.tiles.ids)
    try:
        with whole_file(out) as stream:
            stream.write(page)
    except OSError as error:
        raise storage_error(error, f"the report {out}") from error
    return ReportOutcome(path=out, report=report)
