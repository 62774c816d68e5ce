"""Verbs that make models of others, and carry them elsewhere: ensemble, bundle, export-onnx."""

from pathlib import Path
from typing import Annotated

import typer

from histoviewer.cli.challenges import MarginOption, challenge_figures, challenge_text
from histoviewer.cli.output import (
    BackendOption,
    JsonOption,
    ModelOption,
    ProjectArgument,
    perform,
    report,
    warn,
)
from histoviewer.cli.workspace import workspace
from histoviewer.domain.models import Combining
from histoviewer.errors import InputError
from histoviewer.services.bundles.exporting import export_bundle
from histoviewer.services.bundles.importing import ImportOutcome, import_bundle
from histoviewer.services.bundles.starter import import_starter
from histoviewer.services.ensembles import make_ensemble
from histoviewer.services.onnx_export import export_onnx


def ensemble(
    project: ProjectArgument,
    models: Annotated[list[str], typer.Argument(metavar="MODEL", help="Ids or numbers.")],
    *,
    how: Annotated[
        Combining, typer.Option("--how", help="Mean of probabilities, or of places in the order.")
    ] = "mean",
    tta: Annotated[
        bool, typer.Option("--tta", help="Each score the mean over eight flips and turns.")
    ] = False,
    margin: MarginOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a model of others; it becomes champion if the promotion gate lets it pass."""
    with workspace(project) as opened:
        outcome = perform(
            make_ensemble(
                workspace=opened, members=models, how=how, tta=tta, backend=backend, margin=margin
            )
        )
    blend = outcome.model.blend
    assert blend is not None
    figures = {"members": list(blend.members), "how": blend.how, "tta": blend.tta}
    report(challenge_text(outcome), {**challenge_figures(outcome), **figures}, as_json=as_json)


def bundle_export(
    project: ProjectArgument,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Ends in .histomodel.")],
    *,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a model as one file for another machine."""
    with workspace(project, read_only=True) as opened:
        outcome = perform(export_bundle(workspace=opened, out=out, model_id=model))
    report(
        f"Wrote {outcome.model.id} to {outcome.path} ({outcome.size / 1e6:.1f} MB)",
        {"path": str(outcome.path), "model": outcome.model.id, "size": outcome.size},
        as_json=as_json,
    )


def bundle_import(
    project: ProjectArgument,
    bundle: Annotated[
        Path | None, typer.Argument(metavar="BUNDLE", help="What 'bundle export' wrote.")
    ] = None,
    *,
    starter: Annotated[
        bool, typer.Option("--starter", help="The model that comes with the program.")
    ] = False,
    margin: MarginOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a model in; it becomes champion if the promotion gate lets it pass."""
    if (bundle is None) == (not starter):
        raise InputError("Name a bundle, or say --starter.", "Give one of both.")
    with workspace(project) as opened:
        outcome: ImportOutcome = perform(
            import_starter(workspace=opened, backend=backend, margin=margin)
            if bundle is None
            else import_bundle(workspace=opened, path=bundle, backend=backend, margin=margin)
        )
    for warning in outcome.warnings:
        warn(warning)
    challenge = outcome.challenge
    figures = {**challenge_figures(challenge), "warnings": list(outcome.warnings)}
    report(challenge_text(challenge), figures, as_json=as_json)


def onnx(
    project: ProjectArgument,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Where to, such as model.onnx.")],
    *,
    model: ModelOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a model as ONNX, for programs without Keras."""
    with workspace(project, read_only=True) as opened:
        outcome = perform(export_onnx(workspace=opened, out=out, model_id=model, backend=backend))
    result = outcome.result
    report(
        f"Wrote {outcome.model.id} to {outcome.path}; its scores differ from Keras' by "
        f"{result.largest_difference:.1g} at most",
        {
            "path": str(outcome.path),
            "model": outcome.model.id,
            "largest_difference": result.largest_difference,
            "opset": result.opset,
            "size": result.size,
        },
        as_json=as_json,
    )
