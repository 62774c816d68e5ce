"""The verb about the embedding map."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from histoviewer.cli.output import (
    BackendOption,
    JsonOption,
    ModelOption,
    ProjectArgument,
    perform,
    report,
)
from histoviewer.cli.workspace import workspace
from histoviewer.domain.embedding_map import Layout
from histoviewer.domain.map_colouring import ColourBy, colouring
from histoviewer.services.embedding_map import exporting
from histoviewer.services.embedding_map.making import make_map


def make_embedding_map(
    project: ProjectArgument,
    *,
    layout: Annotated[Layout, typer.Option("--layout", help="umap or pca.")] = Layout.UMAP,
    colour_by: Annotated[
        ColourBy, typer.Option("--colour-by", help="label, score, state, group or split.")
    ] = ColourBy.LABEL,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write where each tile lies to this file.")
    ] = None,
    png: Annotated[Path | None, typer.Option("--png", help="Write a picture of the map.")] = None,
    model: ModelOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lay all tiles out on a plane, similar ones beside each other; embeds them first."""
    with workspace(project) as opened:
        found = perform(make_map(workspace=opened, layout=layout, model_id=model, backend=backend))
        session = opened.session
        nothing = np.zeros(len(session.tiles), bool)
        coloured = colouring(colour_by, session.columns(), hidden=nothing)
        entries = exporting.legend(coloured, session.classes)
        if csv is not None:
            exporting.write_table(session, found, csv)
        if png is not None:
            exporting.write_picture(found, coloured, png)
    lines = [
        f"{len(found.places):,} tiles are laid out by {found.layout} as {found.model} sees them"
    ]
    lines += [f"{each.tiles:>10,}  {each.sign:<14} {each.colour}  {each.name}" for each in entries]
    lines += [f"written to {path}" for path in (csv, png) if path is not None]
    figures = {
        "model": found.model,
        "layout": found.layout,
        "tiles": len(found.places),
        "colour_by": colour_by,
        "legend": [asdict(each) for each in entries],
        "csv": None if csv is None else str(csv),
        "png": None if png is None else str(png),
    }
    report("\n".join(lines), figures, as_json=as_json)
