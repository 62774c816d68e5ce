"""The verb that searches for a better recipe: tune."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from histoviewer.cli.model_verbs import EpochsOption, WeightsOption
from histoviewer.cli.output import BackendOption, JsonOption, ProjectArgument, perform, report
from histoviewer.cli.workspace import workspace
from histoviewer.domain.command_lines import command_line
from histoviewer.domain.recipe import DEFAULT_RECIPE, load_recipe
from histoviewer.domain.search import Method, Trial
from histoviewer.services.searching import NoTrialError, Search
from histoviewer.services.searching import tune as search
from histoviewer.services.training import SEEDS


def tune(
    project: ProjectArgument,
    *,
    recipe: Annotated[str, typer.Option(help="Name or TOML file of a recipe.")] = DEFAULT_RECIPE,
    trials: Annotated[int, typer.Option("--trials", min=1, help="How many to try in all.")] = 20,
    max_seconds: Annotated[
        float | None, typer.Option("--max-seconds", min=1, help="Stop after this time.")
    ] = None,
    method: Annotated[Method, typer.Option("--method", help="Who chooses the next.")] = "random",
    epochs: EpochsOption = None,
    seed: Annotated[int, typer.Option(min=0, max=SEEDS - 1, help="Of choices and runs.")] = 0,
    weights: WeightsOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search for a better recipe; goes on where it was interrupted."""
    chosen = load_recipe(recipe)
    with workspace(project) as opened:
        operation = search(
            workspace=opened,
            recipe=chosen,
            trials=trials,
            method=method,
            seed=seed,
            epochs=epochs,
            max_seconds=max_seconds,
            backend=backend,
            weights=weights,
        )
        try:
            found = perform(operation)
        except NoTrialError as error:
            _report(error.found, weights, as_json=as_json)
            raise
    _report(found, weights, as_json=as_json)


def _report(found: Search, weights: Path | None, *, as_json: bool) -> None:
    outcome = found.outcome
    figures = {
        "folder": str(found.folder),
        "trials": [asdict(trial) for trial in outcome.trials],
        "best": outcome.best,
        "recipe": None if found.best is None else str(found.best),
        "done": outcome.is_done,
    }
    report("\n".join(_lines(found, weights)), figures, as_json=as_json)


def _lines(found: Search, weights: Path | None) -> Iterator[str]:
    outcome = found.outcome
    for trial in outcome.trials:
        mark = "*" if trial.number == outcome.best else " "
        yield f"{mark} {trial.number:>3}  {_result(trial)}  {_values(trial)}"
    if not outcome.is_done:
        none_yet = "" if found.best else "No trial has succeeded so far. "
        yield f"{none_yet}Not all trials were run; ask again to go on."
    if found.best is not None:
        yield f"The best recipe is {found.best}"
        from_file = () if weights is None else ("--weights", weights)
        verb = command_line("train", "PROJECT", "--recipe", found.best, "--seed", 1, *from_file)
        yield f"Train it with: {verb}"


def _result(trial: Trial) -> str:
    return f"failed: {trial.fault}" if trial.val_auc is None else f"AUC {trial.val_auc:.4f}"


def _values(trial: Trial) -> str:
    return "  ".join(f"{name} {_value(trial, name)}" for name in trial.values)


def _value(trial: Trial, name: str) -> str:
    asked = f"{trial.values[name]:.4g}"
    is_other = name == "batch" and trial.batch_asked is not None
    return f"{trial.batch}, not {asked}" if is_other else asked
