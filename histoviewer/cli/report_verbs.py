"""The verb about the data set as a whole: report."""

from pathlib import Path
from typing import Annotated

import typer

from histoviewer.cli.output import JsonOption, ProjectArgument, perform, report
from histoviewer.cli.workspace import workspace
from histoviewer.services.data_report.figures import as_json as figures_of
from histoviewer.services.data_report.figures import as_lines
from histoviewer.services.data_report.samples import SAMPLE, Sampling
from histoviewer.services.data_report.writing import write_report


def write(
    project: ProjectArgument,
    out: Annotated[
        Path, typer.Argument(metavar="OUT.html", help="The file to write; pictures are in it.")
    ],
    *,
    samples: Annotated[
        int, typer.Option("--samples", min=1, max=400, help="Tiles shown of each class.")
    ] = SAMPLE,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of which tiles are shown.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Write what the data set looks like as one HTML file: counts, colours, stains, samples."""
    sampling = Sampling(per_class=samples, seed=seed)
    with workspace(project) as opened:
        done = perform(write_report(workspace=opened, out=out, sampling=sampling))
    lines = "\n".join([*as_lines(done.report), f"The report is {done.path}"])
    report(lines, {"path": str(done.path), **figures_of(done.report)}, as_json=as_json)
