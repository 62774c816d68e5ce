"""The verb about one tile."""

from pathlib import Path
from typing import Annotated, Any

import typer

from histoviewer.cli.output import JsonOption, ProjectArgument, report
from histoviewer.cli.workspace import workspace
from histoviewer.domain.labels import UNLABELLED, ClassNames
from histoviewer.services.tile_facts import TileFacts, find_tile, tile_facts, write_picture
from histoviewer.services.tile_scores import TileScore
from histoviewer.tiles.adjusting import LIMIT, Adjustments, Channel


def tile(
    project: ProjectArgument,
    *,
    tile_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the tile.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write its original pixels to this PNG file.")
    ] = None,
    channel: Annotated[
        Channel, typer.Option("--channel", help="With --out: all colours, or one stain alone.")
    ] = Channel.COLOUR,
    brightness: Annotated[
        int, typer.Option("--brightness", min=-LIMIT, max=LIMIT, help="With --out: percent.")
    ] = 0,
    contrast: Annotated[
        int, typer.Option("--contrast", min=-LIMIT, max=LIMIT, help="With --out: percent.")
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Tell what is known of a tile: labels, every model's score, tiles with the same pixels."""
    adjustments = Adjustments(channel=channel, brightness=brightness, contrast=contrast)
    with workspace(project, read_only=True) as opened:
        index = find_tile(opened, tile_id)
        facts = tile_facts(opened, index)
        if out is not None:
            write_picture(opened, index, out, adjustments)
        text = _as_text(facts, opened.session.classes)
    figures = {**_as_json(facts), "picture": None if out is None else str(out)}
    report(text, figures, as_json=as_json)


def _as_json(facts: TileFacts) -> dict[str, Any]:
    return {
        "id": facts.id,
        "file": facts.location,
        "label": _number(facts.label),
        "given": _number(facts.given),
        "split": facts.split.word,
        "group": facts.group,
        "neighbours": facts.neighbours,
        "problems": list(facts.problems),
        "scores": [
            {"model": each.model.id, "score": each.score, "champion": each.is_champion}
            for each in facts.scores
        ],
        "duplicates": None if facts.duplicates is None else list(facts.duplicates),
    }


def _number(label: int) -> int | None:
    return None if label == UNLABELLED else label


def _as_text(facts: TileFacts, classes: ClassNames) -> str:
    rows = {
        "id": facts.id,
        "file": facts.location,
        "label": classes.of(facts.label),
        "given": classes.of(facts.given),
        "split": facts.split.word,
        "group": f"{facts.group} ({facts.neighbours:,} other tiles)" if facts.group else "unknown",
        "problems": ", ".join(facts.problems) or "none",
        "same pixels": _duplicates(facts),
    }
    lines = [f"{name:<12}{value}" for name, value in rows.items()]
    return "\n".join([*lines, *(_score_line(each) for each in facts.scores)])


def _duplicates(facts: TileFacts) -> str:
    if facts.duplicates is None:
        return "not measured yet"
    return ", ".join(facts.duplicates) or "none"


def _score_line(each: TileScore) -> str:
    mark = "  (champion)" if each.is_champion else ""
    return f"{'score':<12}{each.score:.3f}  {each.model.id}{mark}"
