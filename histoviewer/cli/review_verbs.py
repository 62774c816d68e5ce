"""Verbs about verdicts: review."""

from pathlib import Path
from typing import Annotated

import typer

from histoviewer.cli.output import JsonOption, ProjectArgument, report, warn
from histoviewer.cli.workspace import workspace
from histoviewer.errors import InputError
from histoviewer.services.verdict_files import apply_verdict_file

_LISTED = 20


def review(
    project: ProjectArgument,
    *,
    verdicts: Annotated[
        Path, typer.Option("--verdicts", help="CSV file with the columns id, action[, label].")
    ],
    reader: Annotated[str | None, typer.Option(help="Name recorded with the verdicts.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Record verdicts from a file, as one step of undo.

    Lines that cannot be used are listed and left out; the exit code is then 2.
    """
    with workspace(project, reader=reader) as opened:
        outcome = apply_verdict_file(session=opened.session, path=verdicts)
        queue = opened.session.queue_length
    report(
        f"{outcome.applied:,} verdicts recorded; {queue:,} tiles wait for retraining",
        {"applied": outcome.applied, "rejected": list(outcome.rejected), "queue": queue},
        as_json=as_json,
    )
    for line in outcome.rejected[:_LISTED]:
        warn(line)
    if outcome.rejected:
        raise InputError(
            f"{len(outcome.rejected):,} lines of {verdicts} could not be used; the other "
            f"{outcome.applied:,} verdicts are recorded.",
            "Correct those lines and give them again.",
        )
