"""Verbs about how good models are: evaluate, compare, models."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from histoviewer.cli.assessments import (
    MIXED_VIEWS,
    NO_PROBABILITIES,
    Shown,
    assessment_figures,
    assessment_lines,
    figure_text,
    on_tiles,
)
from histoviewer.cli.challenges import standing_figures, standing_lines
from histoviewer.cli.output import JsonOption, ProjectArgument, perform, report
from histoviewer.cli.workspace import workspace
from histoviewer.domain.assessment import Assessment, Match
from histoviewer.domain.eight_views import with_views
from histoviewer.domain.operating import OperatingPoint
from histoviewer.errors import InputError
from histoviewer.services.assessment_tables import tables_of
from histoviewer.services.csv_tables import Table, write_tables
from histoviewer.services.evaluating import assess, compare_models
from histoviewer.services.model_csv import model_tables
from histoviewer.services.model_table import ModelRow, read_curves, read_model_table
from histoviewer.services.promotion import read_promotions
from histoviewer.services.review_state import THRESHOLD

CsvOption = Annotated[
    Path | None, typer.Option("--csv", metavar="FOLDER", help="Write all numbers there.")
]


def evaluate(
    project: ProjectArgument,
    *,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            help="Id or number of a model; may be repeated. The champion by default.",
        ),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=0, max=1, help="Call positive from here on.")
    ] = None,
    sensitivity: Annotated[
        float | None,
        typer.Option("--sensitivity", min=0, max=1, help="Share of the positives to be found."),
    ] = None,
    csv: CsvOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure models on the fixed validation tiles."""
    if threshold is not None and sensitivity is not None:
        raise InputError("A threshold and a sensitivity exclude each other.", "Give one of both.")
    with workspace(project, read_only=True) as opened:
        found = perform(assess(workspace=opened, models=model or None))
        session = opened.session
    shown = [
        Shown(
            found=each,
            point=_point(each, threshold, sensitivity),
            classes=session.classes,
            group_names=session.tiles.group_names,
        )
        for each in found
    ]
    files = [] if csv is None else write_tables(csv, _tables(shown))
    figures = [assessment_figures(each) for each in shown]
    texts = ["\n".join(assessment_lines(each)) for each in shown]
    if len({each.tta for each in found}) > 1:
        texts.append(MIXED_VIEWS)
    report(
        "\n\n".join(texts),
        figures[0] | {"models": figures, "files": [str(path) for path in files]},
        as_json=as_json,
    )


def _point(found: Assessment, threshold: float | None, sensitivity: float | None) -> OperatingPoint:
    if sensitivity is not None:
        return found.points.at_sensitivity(sensitivity)
    return found.points.at_threshold(THRESHOLD if threshold is None else threshold)


def _tables(shown: Sequence[Shown]) -> Mapping[str, Table]:
    return {
        name: table
        for each in shown
        for name, table in tables_of(each.found, each.group_names, each.point).items()
    }


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
    first = with_views(found.first, tta=match.first_tta)
    second = with_views(found.second, tta=match.second_tta)
    said = (
        f"{first} {found.first_auc:.4f}, {second} {found.second_auc:.4f}: difference "
        f"{difference.value:+.4f} {certainty}, {on_tiles(found.n, match)}"
    )
    return f"{said}\n{MIXED_VIEWS}" if match.first_tta != match.second_tta else said


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


def models(project: ProjectArgument, *, csv: CsvOption = None, as_json: JsonOption = False) -> None:
    """List every model with its figures."""
    with workspace(project, read_only=True) as opened:
        rows = read_model_table(opened.project)
        found = read_promotions(opened.project, opened.session.validation_labels())
        runs = [] if csv is None else read_curves(opened.project, [row.model.id for row in rows])
        ids = opened.session.tiles.ids
    files = [] if csv is None else write_tables(csv, model_tables(rows, runs))
    lines = [line for row in rows for line in (_row_text(row), *standing_lines(found, row.model))]
    text = "\n".join(lines) or "There is no model yet."
    listed = [_row_json(row) | {"gate": standing_figures(found, row.model, ids)} for row in rows]
    report(text, {"models": listed, "files": [str(path) for path in files]}, as_json=as_json)


def _row_text(row: ModelRow) -> str:
    said = (
        f"{'*' if row.is_champion else ' '} {row.model.id:<28} {row.model.kind:<9} "
        f"AUC {figure_text(row.val_auc)}  loss {figure_text(row.val_loss)}  "
        f"accuracy {figure_text(row.val_accuracy)}  parameters {row.parameters:>12,.0f}"
    )
    said = said if row.model.gives_probabilities else f"{said} ({NO_PROBABILITIES})"
    return with_views(said, tta=row.val_tta)


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
