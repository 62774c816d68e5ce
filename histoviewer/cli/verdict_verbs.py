"""Verbs about verdicts as files: review, export-verdicts."""

from pathlib import Path
from typing import Annotated, Any

import typer

from histoviewer.cli.output import JsonOption, ProjectArgument, perform, report, warn
from histoviewer.cli.workspace import workspace
from histoviewer.domain.labels import ClassNames
from histoviewer.errors import InputError
from histoviewer.services.interchange.conflicts import Conflict
from histoviewer.services.interchange.exporting import export_verdicts as export_service
from histoviewer.services.interchange.forms import Form
from histoviewer.services.interchange.importing import ImportOutcome, import_verdicts

_LISTED = 20


def review(
    project: ProjectArgument,
    *,
    verdicts: Annotated[
        Path,
        typer.Option(
            "--verdicts", help="CSV file: columns id, action[, label], or an exported history."
        ),
    ],
    reader: Annotated[str | None, typer.Option(help="Name recorded with the verdicts.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Record verdicts from a file: a plain list, or a history exported on another machine.

    A list is recorded under your name. A history is merged: each verdict keeps its reader and time,
    and what is here already adds nothing. Either is one step of undo.

    Lines that cannot be used are listed and left out; the exit code is then 2.
    """
    with workspace(project, reader=reader) as opened:
        outcome = import_verdicts(session=opened.session, path=verdicts)
        queue, classes = opened.session.queue_length, opened.session.classes
    report(_as_text(outcome, queue), _as_json(outcome, queue, classes), as_json=as_json)
    _list([_describe(conflict, classes) for conflict in outcome.conflicts[: _LISTED + 1]])
    _list([str(line) for line in outcome.rejected[: _LISTED + 1]])
    if outcome.rejected:
        count = len(outcome.rejected)
        raise InputError(
            f"{count:,} {'line' if count == 1 else 'lines'} of {verdicts} could not be used; the "
            f"other {outcome.applied:,} verdicts are recorded.",
            "Correct those lines and give them again.",
        )


def export_verdicts(
    project: ProjectArgument,
    *,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file or folder to write.")],
    form: Annotated[
        Form,
        typer.Option("--format", help="csv and json: every verdict; the others: a folder."),
    ] = Form.CSV,
    all_tiles: Annotated[
        bool,
        typer.Option("--all-tiles", help="Also tiles that nobody has looked at, in a folder."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the verdicts for another machine, for Label Studio or for FiftyOne.

    A CSV file can be read in again with 'review'.
    """
    with workspace(project, read_only=True) as opened:
        written = perform(export_service(workspace=opened, out=out, form=form, all_tiles=all_tiles))
    _list([f"The tile {name} cannot be read, so it is left out." for name in written.unreadable])
    noun = "verdicts" if written.counts_verdicts else "tiles"
    report(
        f"The verdicts are in {written.path}: {written.rows:,} {noun}",
        {
            "path": str(written.path),
            "format": form.value,
            "rows": written.rows,
            "copied": written.copied,
            "unreadable": list(written.unreadable),
        },
        as_json=as_json,
    )


def _list(lines: list[str]) -> None:
    """Print lines on stderr, but not a hundred thousand."""
    for line in lines[:_LISTED]:
        warn(line)
    if len(lines) > _LISTED:
        warn("… and more; --json lists them all.")


def _as_text(outcome: ImportOutcome, queue: int) -> str:
    counts = {
        "were here already": outcome.known,
        "had been taken back there": outcome.undone,
        "of an earlier import were taken back": outcome.withdrawn,
    }
    waits = "tile waits" if queue == 1 else "tiles wait"
    return "; ".join(
        (
            f"{outcome.applied:,} verdicts recorded",
            *(f"{count:,} {what}" for what, count in counts.items() if count),
            f"{queue:,} {waits} for retraining",
        )
    )


def _as_json(outcome: ImportOutcome, queue: int, classes: ClassNames) -> dict[str, Any]:
    return {
        "kind": "history" if outcome.is_history else "list",
        "applied": outcome.applied,
        "known": outcome.known,
        "undone": outcome.undone,
        "withdrawn": outcome.withdrawn,
        "relabelled": outcome.relabelled,
        "rejected": [str(line) for line in outcome.rejected],
        "conflicts": [
            {
                "id": conflict.tile,
                "stands": classes.of(conflict.stands),
                "opinions": [
                    {
                        "reader": opinion.reader,
                        "label": classes.of(opinion.label),
                        "time": opinion.time.isoformat(),
                    }
                    for opinion in conflict.opinions
                ],
            }
            for conflict in outcome.conflicts
        ],
        "queue": queue,
    }


def _describe(conflict: Conflict, classes: ClassNames) -> str:
    said = ", ".join(
        f"{opinion.reader} says {classes.of(opinion.label)} ({opinion.time:%Y-%m-%d %H:%M})"
        for opinion in conflict.opinions
    )
    return f"Conflict on {conflict.tile}: {said}; {classes.of(conflict.stands)} stands."
