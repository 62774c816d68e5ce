"""Verbs about submissions: export, check-submission."""

from pathlib import Path
from typing import Annotated

import typer

from histoviewer.cli.output import JsonOption, ModelOption, ProjectArgument, perform, report, warn
from histoviewer.cli.workspace import workspace
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
