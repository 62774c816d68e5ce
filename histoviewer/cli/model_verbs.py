"""Verbs about models: train, score, retrain, challenge, promote."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from histoviewer.cli.challenges import MarginOption, challenge_figures, challenge_text
from histoviewer.cli.output import (
    BackendOption,
    JsonOption,
    ModelOption,
    ProjectArgument,
    perform,
    report,
)
from histoviewer.cli.workspace import workspace
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.recipe import DEFAULT_RECIPE, load_recipe
from histoviewer.errors import InputError
from histoviewer.services import challenging, retraining, scoring, training
from histoviewer.services.challenging import Challenge
from histoviewer.services.quick import retrain_quick

_COUNTS = (
    "epochs",
    "best_epoch",
    "batch",
    "parameters",
    "train_tiles",
    "unlabelled_tiles",
    "validation_tiles",
)

EpochsOption = Annotated[
    int | None, typer.Option("--epochs", min=1, help="Epochs, in place of the recipe's number.")
]
SecondsOption = Annotated[
    float | None,
    typer.Option("--max-seconds", min=1, help="Stop after this time, keeping the best model."),
]

WeightsOption = Annotated[
    Path | None,
    typer.Option("--weights", help="File of pretrained weights, for a recipe with a backbone."),
]


def train(
    project: ProjectArgument,
    *,
    recipe: Annotated[str, typer.Option(help="Name or TOML file of a recipe.")] = DEFAULT_RECIPE,
    epochs: EpochsOption = None,
    max_seconds: SecondsOption = None,
    seed: Annotated[int, typer.Option(min=0, max=training.SEEDS - 1, help="Seed of the run.")] = 0,
    weights: WeightsOption = None,
    margin: MarginOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a model from scratch; it becomes champion if the promotion gate lets it pass."""
    chosen = load_recipe(recipe)
    with workspace(project) as opened:
        outcome = perform(
            retraining.train(
                workspace=opened,
                recipe=chosen,
                seed=seed,
                epochs=epochs,
                max_seconds=max_seconds,
                backend=backend,
                weights=weights,
                margin=margin,
                scores_first=False,
            )
        )
    _report(outcome, as_json=as_json)


def score(
    project: ProjectArgument,
    *,
    model: ModelOption = None,
    tta: Annotated[
        bool | None,
        typer.Option(
            "--tta/--no-tta",
            help="Mean over the eight flips and quarter turns, or not; else as before.",
        ),
    ] = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score every tile; goes on where it was interrupted."""
    with workspace(project) as opened:
        outcome = perform(scoring.score(workspace=opened, model_id=model, tta=tta, backend=backend))
    result = outcome.result
    report(
        f"{result.count:,} tiles scored by {outcome.model.id} at "
        f"{result.tiles_per_second:,.0f} tiles/s",
        {"model": outcome.model.id, "tta": outcome.tta, **asdict(result)},
        as_json=as_json,
    )


def retrain(
    project: ProjectArgument,
    *,
    epochs: EpochsOption = None,
    max_seconds: SecondsOption = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only the last layer, on frozen embeddings: seconds.")
    ] = False,
    margin: MarginOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the champion further on the labels as they are now, what waits in the queue above all.

    The new model is promoted if the gate lets it pass.
    """
    if quick and (epochs is not None or max_seconds is not None):
        raise InputError(
            "A quick retraining has neither epochs nor a time limit.",
            "Leave out --epochs and --max-seconds, or --quick.",
        )
    with workspace(project) as opened:
        outcome = perform(
            retrain_quick(workspace=opened, backend=backend, margin=margin)
            if quick
            else retraining.retrain(
                workspace=opened,
                epochs=epochs,
                max_seconds=max_seconds,
                backend=backend,
                margin=margin,
            )
        )
    _report(outcome, as_json=as_json)


def promote(
    project: ProjectArgument,
    *,
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="Id or number of the model.")
    ] = None,
    back: Annotated[
        bool, typer.Option("--back", help="The model that was champion before the one of now.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a challenger or an earlier model champion, whatever the promotion gate found."""
    if (model is None) == (not back):
        raise InputError("Name a model, or say --back.", "Give one of both.")
    with workspace(project) as opened:
        ranking = (
            retraining.roll_back(project=opened.project)
            if model is None
            else retraining.promote(project=opened.project, model_id=model)
        )
    assert ranking.model is not None
    report(f"{ranking.model.id} is champion", {"champion": ranking.model.id}, as_json=as_json)


def challenge(
    project: ProjectArgument,
    model: Annotated[str, typer.Argument(help="Id or number of the model.")],
    *,
    margin: MarginOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a model with the champion of now on the labels of now; nothing is promoted."""
    with workspace(project) as opened:
        outcome = perform(
            challenging.compare_again(
                workspace=opened, model_id=model, margin=margin, backend=backend
            )
        )
    report(challenge_text(outcome), challenge_figures(outcome), as_json=as_json)


def _report(outcome: Challenge, *, as_json: bool) -> None:
    figures = {**_model_json(outcome.model), **challenge_figures(outcome)}
    report(challenge_text(outcome), figures, as_json=as_json)


def _model_json(record: ModelRecord) -> dict[str, Any]:
    counts = {name: int(record.metrics[name]) for name in _COUNTS if name in record.metrics}
    return {
        **record.metrics,
        **counts,
        "val_tta": record.val_tta,
        "recipe": record.recipe,
        "seed": record.seed,
        "parent": record.parent,
    }
