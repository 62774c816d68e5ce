"""Verbs about data: inspect, import, update, status."""

from pathlib import Path
from typing import Annotated

import typer

from histoviewer.cli.output import JsonOption, ProjectArgument, perform, report
from histoviewer.cli.workspace import workspace
from histoviewer.project.project import Project
from histoviewer.services import importing
from histoviewer.services import status as status_service

DatasetArgument = Annotated[
    Path, typer.Argument(metavar="DATASET", help="Folder, manifest CSV or HDF5 file.")
]
LayoutOption = Annotated[
    str | None,
    typer.Option("--layout", help="kaggle, folders, groups, manifest or hdf5; found by default."),
]
GroupsOption = Annotated[
    Path | None, typer.Option("--groups", help="CSV file with the columns id and group.")
]
PositiveOption = Annotated[
    str | None, typer.Option("--positive", help="Name of the positive class; guessed by default.")
]
SizeOption = Annotated[
    int | None,
    typer.Option("--tile-size", help="Side of the packed tiles in pixels; the usual by default."),
]


def inspect(
    dataset: DatasetArgument,
    *,
    layout: LayoutOption = None,
    positive: PositiveOption = None,
    tile_size: SizeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report what a data set holds and everything that is wrong with it."""
    options = importing.ImportOptions(layout=layout, positive=positive, tile_size=tile_size)
    found = perform(importing.inspect(dataset=dataset, options=options))
    report(found.as_text(), found.as_json(), as_json=as_json)


def import_(
    dataset: DatasetArgument,
    *,
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="The folder to make.")],
    layout: LayoutOption = None,
    validation_ids: Annotated[
        Path | None, typer.Option(help="File with the ids of the validation tiles.")
    ] = None,
    groups: GroupsOption = None,
    positive: PositiveOption = None,
    tile_size: SizeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a project of a data set. The files of the data set are only read."""
    options = importing.ImportOptions(
        layout=layout,
        positive=positive,
        tile_size=tile_size,
        validation_ids=validation_ids,
        groups=groups,
    )
    found = perform(importing.import_dataset(dataset=dataset, path=project, options=options))
    text = f"{found.as_text()}\nThe project is {project}"
    report(text, {"project": str(project), **found.as_json()}, as_json=as_json)


def update(
    project: ProjectArgument, *, groups: GroupsOption = None, as_json: JsonOption = False
) -> None:
    """Add files that are new in the data set, or go on with an interrupted import."""
    with Project.open(project) as opened:
        added, found = perform(importing.update(project=opened, groups=groups))
    report(
        f"{added:,} new tiles\n{found.as_text()}",
        {"project": str(project), "added": added, **found.as_json()},
        as_json=as_json,
    )


def status(project: ProjectArgument, *, as_json: JsonOption = False) -> None:
    """Say what a project holds: tiles, verdicts, queue, models."""
    with workspace(project, read_only=True) as opened:
        figures = status_service.status(workspace=opened)
    report(status_service.as_text(figures), figures, as_json=as_json)
