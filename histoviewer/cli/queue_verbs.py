"""The verb about what waits for retraining: queue."""

import math
from typing import Annotated, Any

import numpy as np
import typer

from histoviewer.cli.output import JsonOption, ProjectArgument, report
from histoviewer.cli.workspace import workspace
from histoviewer.domain.arrays import Int64
from histoviewer.domain.command_lines import command_line
from histoviewer.domain.labels import UNLABELLED, ClassNames
from histoviewer.domain.queue_weights import HEAVIEST
from histoviewer.errors import InputError
from histoviewer.services.opening import Workspace
from histoviewer.services.queue import QueueEntry, Waiting, preview, read_queue, weigh
from histoviewer.services.tile_facts import find_tile

_SHOWN = 20  # rows for people


def queue(
    project: ProjectArgument,
    tiles: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Waiting tiles to give a weight.")
    ] = None,
    *,
    weight: Annotated[
        float | None,
        typer.Option(
            "--weight",
            min=0,
            max=HEAVIEST,
            help="How often they count in place of once; 0 leaves them out of retraining.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits for retraining, and what retraining would learn; change what tiles weigh."""
    if bool(tiles) != (weight is not None):
        raise InputError("A weight belongs to tiles.", "Give ids and --weight, or neither.")
    with workspace(project, read_only=weight is None) as opened:
        session = opened.session
        if tiles and weight is not None:
            _, given = weigh(session, _waiting(opened, tiles), weight)
            opened.project.weigh(given)
        waiting = Waiting.of(session)
        entries, coming = read_queue(waiting), preview(waiting)
    ids, classes = session.tiles.ids, session.classes
    figures: dict[str, Any] = {
        "waiting": len(entries) - coming.left_out,
        "left_out": coming.left_out,
        "confirmed": coming.confirmed,
        "taken_back": coming.taken_back,
        "changed": [
            {"before": _label(before), "after": _label(after), "count": count}
            for (before, after), count in coming.changed.items()
        ],
        "learnable": coming.learnable,
        "tiles": [_as_json(entry, ids[entry.tile]) for entry in entries],
    }
    lines = [_line(entry, ids[entry.tile], classes) for entry in entries[:_SHOWN]]
    head = (
        f"{figures['waiting']:,} tiles wait, {coming.left_out:,} are left out; retraining would "
        f"learn from {coming.learnable:,} tiles"
    )
    more = [f"... and {len(entries) - _SHOWN:,} more: --json has all"] * (len(entries) > _SHOWN)
    report("\n".join((head, *lines, *more)), figures, as_json=as_json)


def _waiting(opened: Workspace, names: list[str]) -> Int64:
    """Return the indexes of waiting tiles.

    Raises:
        InputError: One of them is no tile, or does not wait.
    """
    found = np.array([find_tile(opened, name) for name in names], np.int64)
    idle = ~np.isin(found, opened.session.waiting())
    if idle.any():
        raise InputError(
            f"The tile '{names[int(np.argmax(idle))]}' does not wait for retraining.",
            f"See what waits: {command_line('queue', opened.project.path)}",
        )
    return found


def _as_json(entry: QueueEntry, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "before": _label(entry.before),
        "after": _label(entry.after),
        "reader": entry.reader or None,
        "time": None if entry.when is None else entry.when.isoformat(),
        "model": entry.model,
        "score": entry.score,
        "weight": entry.weight,
    }


def _label(label: int) -> int | None:
    return None if label == UNLABELLED else label


def _line(entry: QueueEntry, name: str, classes: ClassNames) -> str:
    score = "" if math.isnan(entry.score) else f"  score {entry.score:.3f} by {entry.model}"
    left_out = "  left out" if entry.weight == 0 else ""
    weight = f"  weight {entry.weight:g}" if entry.weight not in (0, 1) else ""
    return (
        f"{name}  {classes.of(entry.before)} -> {classes.of(entry.after)}  {entry.reader}"
        f"{score}{weight}{left_out}"
    )
