"""Verbs about embeddings."""

from dataclasses import asdict

from histoviewer.cli.output import (
    BackendOption,
    JsonOption,
    ModelOption,
    ProjectArgument,
    perform,
    report,
)
from histoviewer.cli.workspace import workspace
from histoviewer.services import embedding


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
