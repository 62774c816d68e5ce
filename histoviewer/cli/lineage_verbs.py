"""The verb about what models learned from: lineage."""

from pathlib import Path
from typing import Annotated, Any

import typer

from histoviewer.cli.output import JsonOption, ProjectArgument, report
from histoviewer.cli.workspace import workspace
from histoviewer.errors import InputError
from histoviewer.services.lineage import (
    LearnedVerdict,
    learned_labels,
    learned_verdicts,
    write_labels,
    write_rows,
)
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model
from histoviewer.services.tile_facts import find_tile

_TITLES = ("id", "sequence", "step", "time", "reader", "label", "first_model")


def lineage(
    project: ProjectArgument,
    *,
    model: Annotated[
        str | None, typer.Option("--model", help="Only this one, by id or number.")
    ] = None,
    tile: Annotated[
        str | None, typer.Option("--tile", help="The verdicts on this tile, by its id.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="CSV: the labels of --model, else verdicts with their models."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say which labels each model learned from, and which model learned a verdict first."""
    if model is not None and tile is not None:
        raise InputError("A model has labels, a tile has verdicts.", "Give --model or --tile.")
    with workspace(project, read_only=True) as opened:
        if tile is None and (model is not None or out is None):
            _report_models(opened, model, out, as_json=as_json)
        else:
            _report_verdicts(opened, tile, out, as_json=as_json)


def _report_models(opened: Workspace, name: str | None, out: Path | None, *, as_json: bool) -> None:
    project, session = opened.project, opened.session
    models = project.models() if name is None else [find_model(project, name)]
    rows: list[dict[str, Any]] = []
    for model in models:
        found = learned_labels(project, model)
        if out is not None:
            if found is None:
                raise InputError(
                    f"What model {model.number} learned is not known any more.",
                    "Choose another model.",
                )
            write_labels(found, session.tiles.ids, session.log, out)
        rows.append(
            {
                "id": model.id,
                "number": model.number,
                "kind": model.kind.value,
                "labels": None if found is None else len(found.tiles),
                "positive": None if found is None else int(found.labels.sum()),
                "fingerprint": None if found is None else found.fingerprint(session.tiles.ids),
                "learned_through": model.learned_through,
            }
        )
    lines = [
        f"{row['id']:<24} {row['labels'] or 0:>9,} labels  {row['fingerprint'] or 'not known'}"
        for row in rows
    ]
    report("\n".join(lines) or "no model yet", {"models": rows}, as_json=as_json)


def _report_verdicts(
    opened: Workspace, name: str | None, out: Path | None, *, as_json: bool
) -> None:
    session = opened.session
    tiles = None if name is None else [find_tile(opened, name)]
    found = learned_verdicts(opened.project, session.log, tiles)
    rows = [_row(each, session.tiles.ids[each.tile]) for each in found]
    if out is not None:
        write_rows(_TITLES, (tuple(row.values()) for row in rows), out)
    lines = [
        f"{row['time']}  {row['reader']}  {session.classes.of(row['label'])}  "
        f"first learned by {row['first_model'] or 'no model yet'}"
        for row in rows
    ]
    text = f"{len(rows):,} verdicts" if name is None else "\n".join(lines) or "no verdict yet"
    report(text, {"verdicts": rows}, as_json=as_json)


def _row(found: LearnedVerdict, name: str) -> dict[str, Any]:
    batch, row = found.batch, found.row
    return {
        "id": name,
        "sequence": found.sequence,
        "step": batch.number,
        "time": batch.time_of(row).isoformat(),
        "reader": batch.reader_of(row),
        "label": int(batch.after[row]),
        "first_model": None if found.model is None else found.model.id,
    }
