"""Verbs about embeddings: work them out, and find the tiles most like some."""

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
from histoviewer.services import embedding, listing
from histoviewer.services import similar as similarity
from histoviewer.services.tile_facts import find_tile


def embed(
    project: ProjectArgument,
    *,
    model: ModelOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Embed every tile with a model's penultimate layer; goes on where it was interrupted."""
    with workspace(project) as opened:
        outcome = perform(embedding.embed(workspace=opened, model_id=model, backend=backend))
    result = outcome.result
    new = result.count - result.kept
    report(
        f"{result.count:,} tiles have embeddings of {result.dimensions} numbers by "
        f"{outcome.model.id}, {new:,} of them new",
        {"model": outcome.model.id, **asdict(result)},
        as_json=as_json,
    )


def similar(
    project: ProjectArgument,
    *,
    tile_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of the tiles.")],
    count: Annotated[
        int, typer.Option("--count", min=1, help="How many to find at most.")
    ] = similarity.COUNT,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write them to this CSV file, as 'list' does.")
    ] = None,
    model: ModelOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the tiles most like one, or like any of several, the most similar first."""
    with workspace(project, read_only=True) as opened:
        asked = np.array([find_tile(opened, each) for each in tile_ids], np.int64)
        found = perform(
            similarity.find_similar(
                workspace=opened, tiles=asked, count=count, model_id=model, backend=backend
            )
        )
        session, figures = opened.session, {"model": found.model.id, "asked": tile_ids}
        if out is not None:
            listing.write_list(session, found.tiles, out)
            text = f"{len(found.tiles):,} tiles are listed in {out}"
            report(text, {**figures, "path": str(out)}, as_json=as_json)
            return
        rows = zip(
            listing.describe_tiles(session, found.tiles), found.distances.tolist(), strict=True
        )
        told = [{**asdict(row), "distance": distance} for row, distance in rows]
        text = "\n".join(f"{each['distance']:.4f}  {each['id']}" for each in told)
        report(text, {**figures, "tiles": told}, as_json=as_json)
