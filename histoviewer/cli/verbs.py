"""The table of verbs."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from histoviewer import __version__
from histoviewer.cli import (
    data_verbs,
    device_verbs,
    duplicate_verbs,
    embedding_verbs,
    evaluation_verbs,
    exchange_verbs,
    explain_verbs,
    issue_verbs,
    lineage_verbs,
    log_verbs,
    map_verbs,
    model_verbs,
    queue_verbs,
    recipe_verbs,
    report_verbs,
    search_verbs,
    submission_verbs,
    tile_verbs,
    triage_verbs,
    verdict_verbs,
    window_verbs,
    workload_verbs,
)
from histoviewer.cli.command import Verb

# A verb of two words belongs to a group named by the first.
VERBS: dict[str, Callable[..., Any]] = {
    "open": window_verbs.open_window,
    "demo": window_verbs.demo,
    "inspect": data_verbs.inspect,
    "import": data_verbs.import_,
    "update": data_verbs.update,
    "status": data_verbs.status,
    "report": report_verbs.write,
    "train": model_verbs.train,
    "tune": search_verbs.tune,
    "score": model_verbs.score,
    "embed": embedding_verbs.embed,
    "evaluate": evaluation_verbs.evaluate,
    "compare": evaluation_verbs.compare,
    "workload": workload_verbs.workload,
    "plan": workload_verbs.plan,
    "models": evaluation_verbs.models,
    "explain": explain_verbs.explain,
    "look layers": explain_verbs.layers,
    "look features": explain_verbs.features,
    "look filters": explain_verbs.filters,
    "retrain": model_verbs.retrain,
    "challenge": model_verbs.challenge,
    "promote": model_verbs.promote,
    "queue": queue_verbs.queue,
    "lineage": lineage_verbs.lineage,
    "ensemble": exchange_verbs.ensemble,
    "bundle export": exchange_verbs.bundle_export,
    "bundle import": exchange_verbs.bundle_import,
    "export-onnx": exchange_verbs.onnx,
    "devices": device_verbs.devices,
    "recipes": recipe_verbs.recipes,
    "recipe show": recipe_verbs.show,
    "recipe check": recipe_verbs.check,
    "recipe layers": recipe_verbs.layers,
    "recipe save": recipe_verbs.save,
    "recipe delete": recipe_verbs.delete,
    "list": triage_verbs.list_tiles,
    "issues": issue_verbs.issues,
    "next": issue_verbs.next_,
    "views": triage_verbs.views,
    "map": map_verbs.make_embedding_map,
    "similar": embedding_verbs.similar,
    "duplicates": duplicate_verbs.duplicates,
    "outliers": duplicate_verbs.outliers,
    "tile": tile_verbs.tile,
    "review": verdict_verbs.review,
    "undo": log_verbs.undo,
    "redo": log_verbs.redo,
    "history": log_verbs.history,
    "disputes": log_verbs.disputes,
    "settle": log_verbs.settle,
    "agreement": log_verbs.agreement,
    "pace": log_verbs.pace,
    "export-verdicts": verdict_verbs.export_verdicts,
    "export": submission_verbs.export,
    "exports": submission_verbs.exports,
    "check-submission": submission_verbs.check,
}


# What a group's own help says.
_GROUPS = {
    "bundle": "Carry a model to another machine as one file.",
    "look": "Look into a model: its layers, feature maps and filters.",
    "recipe": "Look at a recipe, check one, keep one of your own.",
}

FIRST_WORDS = frozenset(verb.split()[0] for verb in VERBS)


def make_app() -> typer.Typer:
    """Return the command line application."""
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        no_args_is_help=False,
        help="Review, correct and retrain image classifiers on small microscope tiles.",
        epilog="'histoviewer PATH' opens the window on a project or a data set folder.",
    )
    app.callback(invoke_without_command=True)(_options)
    groups = {name: typer.Typer(help=text, rich_markup_mode=None) for name, text in _GROUPS.items()}
    for name, group in groups.items():
        app.add_typer(group, name=name)
    for name, verb in VERBS.items():
        first, _, second = name.partition(" ")
        if second:
            groups[first].command(second, cls=Verb)(verb)
        else:
            app.command(first, cls=Verb)(verb)
    return app


def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Review, correct and retrain image classifiers on small microscope tiles."""
    if version:
        typer.echo(f"histoviewer {__version__}")
        raise typer.Exit
