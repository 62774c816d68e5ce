"""Verbs about submissions: export, exports, check-submission."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from histoviewer.cli.output import JsonOption, ModelOption, ProjectArgument, perform, report, warn
from histoviewer.cli.workspace import workspace
from histoviewer.domain.models import ExportRecord, KaggleScores
from histoviewer.errors import InputError
from histoviewer.services import exporting
from histoviewer.services.submission import check_submission, read_sample_ids

SampleOption = Annotated[
    Path | None, typer.Option("--sample", help="A sample submission that gives ids and order.")
]


def export(
    project: ProjectArgument,
    *,
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="The submission to write.")],
    model: ModelOption = None,
    sample: SampleOption = None,
    hard: Annotated[
        bool, typer.Option("--hard", help="Write 0 and 1; says what that costs.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a Kaggle submission with its provenance beside it."""
    with workspace(project) as opened:
        outcome = perform(
            exporting.export(workspace=opened, out=out, model_id=model, sample=sample, hard=hard)
        )
    for warning in outcome.warnings:
        warn(warning)
    report(
        f"The submission is {outcome.path}: {outcome.rows:,} rows by {outcome.model.id}",
        {
            "path": str(outcome.path),
            "rows": outcome.rows,
            "model": outcome.model.id,
            "hard": hard,
            "warnings": list(outcome.warnings),
        },
        as_json=as_json,
    )


def exports(
    project: ProjectArgument,
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="The export that a score is of.")
    ] = None,
    *,
    public: Annotated[
        str | None,
        typer.Option(
            "--public", metavar="SCORE", help="Kaggle's public score of it; 'none' takes it back."
        ),
    ] = None,
    private: Annotated[
        str | None,
        typer.Option("--private", metavar="SCORE", help="Kaggle's private score, likewise."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the submissions that were written; note what Kaggle said of one."""
    scores = _told(public=public, private=private)
    if (number is None) != (not scores):
        raise InputError(
            "A score is noted with the number of an export.",
            "Give a number and --public, --private or both; nothing of these lists all exports.",
        )
    with workspace(project, read_only=number is None) as opened:
        if number is not None:
            opened.project.note_kaggle_scores(number, **scores)
        records = opened.project.exports()
    text = "\n".join(map(_export_text, records)) or "Nothing was exported yet."
    report(text, {"exports": [_export_json(record) for record in records]}, as_json=as_json)


def _told(*, public: str | None, private: str | None) -> KaggleScores:
    """Return the scores that were given, each as a number or None for 'none'."""
    scores = KaggleScores()
    if public is not None:
        scores["public"] = _score(public)
    if private is not None:
        scores["private"] = _score(private)
    return scores


def _score(text: str) -> float | None:
    if text == "none":
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InputError(
            f"'{text}' is no Kaggle score.", "It is a number from 0 to 1, or 'none'."
        ) from error


def _export_text(record: ExportRecord) -> str:
    scores = ((record.public_score, "public"), (record.private_score, "private"))
    told = "  ".join(f"{name} {score:.5f}" for score, name in scores if score is not None)
    kind = "labels" if record.hard else "probabilities"
    return (
        f"{record.number:>3}  {record.created:%Y-%m-%d %H:%M}  {record.model:<28} "
        f"{record.rows:,} {kind}  {record.path}  {told}"
    ).rstrip()


def _export_json(record: ExportRecord) -> dict[str, Any]:
    return asdict(record) | {"created": record.created.isoformat()}


def check(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A submission.")],
    sample: SampleOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a submission file; the exit code is 2 where it would be refused."""
    sample_ids = read_sample_ids(sample) if sample else None
    judgement = check_submission(file, sample_ids=sample_ids)
    for warning in judgement.warnings:
        warn(f"Warning: {warning}.")
    known = "" if sample else " in form (give --sample to check the ids too)"
    report(
        f"{file}: {judgement.rows:,} rows, {'valid' + known if judgement.valid else 'not valid'}",
        {
            "path": str(file),
            "rows": judgement.rows,
            "valid": judgement.valid,
            "faults": list(judgement.faults),
            "warnings": list(judgement.warnings),
        },
        as_json=as_json,
    )
    if not judgement.valid:
        raise InputError(f"{file} is not a valid submission: {'; '.join(judgement.faults)}.")
