"""Verbs about how good models are: evaluate, compare, models."""

import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from histoviewer.cli.challenges import standing_figures, standing_lines
from histoviewer.cli.output import JsonOption, ModelOption, ProjectArgument, perform, report
from histoviewer.cli.workspace import workspace
from histoviewer.domain.assessment import Assessment, Interval, Match
from histoviewer.domain.operating import OperatingPoint, threshold_text
from histoviewer.errors import InputError
from histoviewer.services.assessment_tables import write_tables
from histoviewer.services.evaluating import assess, compare_models
from histoviewer.services.model_table import ModelRow, read_model_table
from histoviewer.services.promotion import read_promotions, validation_labels
from histoviewer.services.review_state import THRESHOLD


def evaluate(
    project: ProjectArgument,
    *,
    model: ModelOption = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=0, max=1, help="Call positive from here on.")
    ] = None,
    sensitivity: Annotated[
        float | None,
        typer.Option("--sensitivity", min=0, max=1, help="Share of the positives to be found."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FOLDER", help="Write all numbers there.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a model on the fixed validation tiles."""
    if threshold is not None and sensitivity is not None:
        raise InputError("A threshold and a sensitivity exclude each other.", "Give one of both.")
    with workspace(project, read_only=True) as opened:
        (found,) = perform(assess(workspace=opened, models=[model] if model else None))
        names = opened.session.tiles.group_names
    files = [] if csv is None else write_tables(csv, found, names)
    point = (
        found.points.at_threshold(THRESHOLD if threshold is None else threshold)
        if sensitivity is None
        else found.points.at_sensitivity(sensitivity)
    )
    figures = _figures(found, point) | {"files": [str(path) for path in files]}
    report("\n".join(_lines(found, point)), figures, as_json=as_json)


def compare(
    project: ProjectArgument,
    first: Annotated[str, typer.Argument(metavar="FIRST", help="Id or number of a model.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="Id or number of another.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Test whether two models differ in AUC on the validation tiles."""
    with workspace(project, read_only=True) as opened:
        found = perform(compare_models(workspace=opened, first=first, second=second))
    report(_match_text(found), _match_figures(found), as_json=as_json)


def _match_text(match: Match) -> str:
    found = match.comparison
    difference = found.difference
    certainty = (
        f"(95 % {difference.low:+.4f} to {difference.high:+.4f}), p = {found.p:.3f}, by paired "
        f"bootstrap of {found.units:,} {found.resampled}s"
    )
    if math.isnan(found.p):
        certainty = f"on {found.units} {found.resampled}s: too few to tell chance from a difference"
    first = _scored_name(found.first, tta=match.first_tta)
    second = _scored_name(found.second, tta=match.second_tta)
    said = (
        f"{first} {found.first_auc:.4f}, {second} {found.second_auc:.4f}: difference "
        f"{difference.value:+.4f} {certainty}, {_on_tiles(found.n, match)}"
    )
    if match.first_tta != match.second_tta:
        said += (
            "\nOnly one of both was scored on 8 views of each tile: part of the difference comes "
            "from that. Score both in one way to compare the models."
        )
    return said


def _scored_name(model: str, *, tta: bool) -> str:
    return f"{model} (mean of 8 views)" if tta else model


def _match_figures(match: Match) -> dict[str, Any]:
    found = match.comparison
    return {
        "first": found.first,
        "second": found.second,
        "first_tta": match.first_tta,
        "second_tta": match.second_tta,
        "n": found.n,
        "left_out": match.left_out,
        "learned_by": list(match.learned_by),
        "first_auc": found.first_auc,
        "second_auc": found.second_auc,
        "difference": found.difference.value,
        "difference_low": found.difference.low,
        "difference_high": found.difference.high,
        "difference_at_least": found.at_least,
        "p": found.p,
        "resampled": found.resampled,
        "units": found.units,
    }


def _on_tiles(count: int, found: Assessment | Match) -> str:
    """Return on what models were measured, and what was left out of it."""
    tiles = f"on {count:,} validation tiles"
    if not found.left_out:
        return tiles
    learners = " and ".join(found.learned_by)
    return f"{tiles} ({found.left_out:,} left out: {learners} learned from them)"


def models(project: ProjectArgument, *, as_json: JsonOption = False) -> None:
    """List every model with its figures."""
    with workspace(project, read_only=True) as opened:
        rows = read_model_table(opened.project)
        found = read_promotions(opened.project, validation_labels(opened.session))
        ids = opened.session.tiles.ids
    lines = [line for row in rows for line in (_row_text(row), *standing_lines(found, row.model))]
    text = "\n".join(lines) or "There is no model yet."
    listed = [_row_json(row) | {"gate": standing_figures(found, row.model, ids)} for row in rows]
    report(text, {"models": listed}, as_json=as_json)


def _row_text(row: ModelRow) -> str:
    return (
        f"{'*' if row.is_champion else ' '} {row.model.id:<28} {row.model.kind:<9} "
        f"AUC {_shown(row.val_auc)}  loss {_shown(row.val_loss)}  "
        f"accuracy {_shown(row.val_accuracy)}  parameters {row.parameters:>12,.0f}"
    )


def _row_json(row: ModelRow) -> dict[str, Any]:
    figures = asdict(row)
    del figures["model"]
    model = row.model
    return {
        "id": model.id,
        "number": model.number,
        "kind": model.kind,
        "recipe": model.recipe,
        "parent": model.parent,
        "seed": model.seed,
        **figures,
        "loss_gap": row.loss_gap,
        "accuracy_gap": row.accuracy_gap,
        "auc_gap": row.auc_gap,
    }


def _figures(found: Assessment, point: OperatingPoint) -> dict[str, Any]:
    return {
        "model": found.model,
        "tta": found.tta,
        "n": len(found.labels),
        "left_out": found.left_out,
        "resampled": found.resampled,
        "units": found.units,
        "auc": found.auc.value,
        "auc_low": found.auc.low,
        "auc_high": found.auc.high,
        "average_precision": found.average_precision.value,
        "average_precision_low": found.average_precision.low,
        "average_precision_high": found.average_precision.high,
        "log_loss": found.log_loss,
        "brier": found.brier,
        "ece": found.ece,
        "temperature": found.temperature.value,
        "calibrated_ece": found.temperature.ece,
        "threshold": point.threshold,
        "accuracy": point.accuracy,
        "sensitivity": point.sensitivity,
        "specificity": point.specificity,
        "hard_auc": (point.sensitivity + point.specificity) / 2,
        "tp": point.tp,
        "fp": point.fp,
        "tn": point.tn,
        "fn": point.fn,
        "cleared": point.cleared,
        "misses_per_1000_cleared": point.misses_per_1000_cleared,
    }


def _with_interval(found: Assessment, figure: Interval) -> str:
    if math.isnan(figure.low):
        few = f"{found.units} {found.resampled}s are too few for an interval"
        return f"{figure.value:.4f}  ({few})"
    drawn = f"by bootstrap of {found.units:,} {found.resampled}s"
    return f"{figure.value:.4f}  (95 % {figure.low:.4f} to {figure.high:.4f}, {drawn})"


def _lines(found: Assessment, point: OperatingPoint) -> Iterator[str]:
    temperature = found.temperature
    yield f"{_scored_name(found.model, tta=found.tta)} {_on_tiles(len(found.labels), found)}"
    yield f"AUC                {_with_interval(found, found.auc)}"
    yield f"average precision  {_with_interval(found, found.average_precision)}"
    yield f"log loss           {found.log_loss:.4f}"
    yield f"Brier score        {found.brier:.4f}"
    yield (
        f"calibration error  {found.ece:.4f}  (with temperature {temperature.value:.2f}: "
        f"{temperature.ece:.4f})"
    )
    yield f"At the threshold of {threshold_text(point.threshold)}:"
    yield f"  sensitivity      {point.sensitivity:.4f}  ({point.tp:,} found, {point.fn:,} missed)"
    yield f"  specificity      {point.specificity:.4f}  ({point.fp:,} called without cause)"
    yield f"  accuracy         {point.accuracy:.4f}"
    yield (
        f"  cleared          {point.cleared:.1%} of the tiles, "
        f"{_shown(point.misses_per_1000_cleared, 1)} misses per 1,000 cleared"
    )


def _shown(value: float, digits: int = 4) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"
