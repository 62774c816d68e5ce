"""Verbs about tiles that are like another, or like no other: duplicates, outliers."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
import typer

from histoviewer.cli.output import JsonOption, ModelOption, ProjectArgument, perform, report
from histoviewer.cli.workspace import workspace
from histoviewer.domain.near_duplicates import UNLIKE, Evidence, Leak, NearDuplicates
from histoviewer.domain.outliers import OutlierKind
from histoviewer.domain.regrouping import Regrouping, TileMove
from histoviewer.domain.tiles import Split, TileTable
from histoviewer.errors import InputError
from histoviewer.services.near_duplicates import (
    NearDuplicateReport,
    find_near_duplicates,
)
from histoviewer.services.opening import packed_for_reading
from histoviewer.services.outliers import find_outliers
from histoviewer.services.regrouping import Regrouped, part, regroup

KindName = StrEnum(  # type: ignore[misc]  # mypy wants its members written out
    "KindName", {kind.name: kind.word for kind in OutlierKind if kind != OutlierKind.NONE}
)


def duplicates(
    project: ProjectArgument,
    *,
    model: ModelOption = None,
    hash_only: Annotated[
        bool, typer.Option("--hash-only", help="Compare perceptual hashes only, no embeddings.")
    ] = False,
    group: Annotated[
        bool,
        typer.Option("--group", help="Keep near duplicates on one side of the split from now on."),
    ] = False,
    ungroup: Annotated[
        bool,
        typer.Option("--ungroup", help="Take the last --group back, then say what leaks."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find near duplicates, say what leaks by them, and keep them on one side where wanted."""
    if group and ungroup:
        raise InputError("--group and --ungroup contradict each other.", "Give one of them.")
    with workspace(project) as opened:
        finding = find_near_duplicates(workspace=opened, model_id=model, by_hash_only=hash_only)
        parted = part(project=opened.project) if ungroup else None
        tiles = opened.session.tiles if parted is None else parted.tiles
        result = NearDuplicateReport(found=perform(finding), tiles=tiles)
        if group:
            regroup(project=opened.project, packed=packed_for_reading(opened))
        moves = opened.project.regroupings()
    figures = _duplicate_figures(result) | {
        "grouped": group,
        "ungrouped": 0 if parted is None else len(parted.plan),
        "moves": [_move_figures(move, result.tiles) for move in moves],
    }
    lines = _duplicate_lines(result, grouped=group)
    report("\n".join([*_parting_lines(parted), *lines]), figures, as_json=as_json)


def outliers(
    project: ProjectArgument,
    *,
    kind: Annotated[KindName | None, typer.Option("--kind", help="Only outliers so.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="At most so many.")] = 20,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the strangest tiles: blank, blurred, with pen or fold, or far from all others."""
    with workspace(project) as opened:
        found = perform(find_outliers(workspace=opened, model_id=model))
        ids = opened.session.tiles.ids
    wanted = found.score >= 0 if kind is None else found.kind == OutlierKind[kind.name]
    order = np.argsort(-found.score, kind="stable")
    listed = [
        {"id": ids[tile], "score": float(found.score[tile]), "kind": _word(int(found.kind[tile]))}
        for tile in order[wanted[order]][:limit].tolist()
    ]
    counts = {each.word: count for each, count in found.counts().items()}
    figures = {"outliers": counts, "model": found.model or None, "tiles": listed}
    head = ", ".join(f"{count:,} {word}" for word, count in counts.items())
    rows = [f"{row['score']:6.1f}  {row['kind']:<8}  {row['id']}" for row in listed]
    report("\n".join([head, *rows]), figures, as_json=as_json)


def _word(kind: int) -> str:
    return OutlierKind(kind).word


def _duplicate_figures(result: NearDuplicateReport) -> dict[str, Any]:
    found, tiles, clusters = result.found, result.tiles, result.clusters
    return {
        "pairs": [
            {
                "ids": [tiles.ids[one], tiles.ids[other]],
                "splits": [_side(tiles, one), _side(tiles, other)],
                "bits": None if bits == UNLIKE else bits,
                "distance": distance,
                "cluster": int(clusters[one]),
            }
            for one, other, bits, distance in zip(
                found.first.tolist(),
                found.second.tolist(),
                found.bits.tolist(),
                found.distances.tolist(),
                strict=True,
            )
        ],
        "clusters": int(clusters.max(initial=-1)) + 1,
        "tiles": int(np.count_nonzero(clusters >= 0)),
        "found_by": _found_by(found),
        "model": found.model or None,
        "leaks": [_leak_figures(leak, tiles) for leak in result.leaks],
        "regrouping": _plan_figures(result.regrouping, tiles),
    }


def _side(tiles: TileTable, tile: int) -> str:
    return Split(int(tiles.splits[tile])).word


def _found_by(found: NearDuplicates) -> dict[str, int]:
    """Return the number of pairs by what they were found by."""
    names = {
        "hash": Evidence.HASH,
        "embedding": Evidence.EMBEDDING,
        "both": Evidence.HASH | Evidence.EMBEDDING,
    }
    evidence = found.evidence
    return {name: int(np.count_nonzero(evidence == value)) for name, value in names.items()}


def _leak_figures(leak: Leak, tiles: TileTable) -> dict[str, Any]:
    return {
        "splits": [side.word for side in leak.sides],
        "pairs": leak.pairs,
        "tiles": [tiles.ids[tile] for tile in leak.tiles.tolist()],
    }


def _plan_figures(plan: Regrouping, tiles: TileTable) -> dict[str, Any]:
    return {
        "groups": {
            tiles.ids[tile]: name
            for tile, name in zip(plan.tiles.tolist(), plan.groups, strict=True)
        },
        "to_validation": [tiles.ids[tile] for tile in plan.moving.tolist()],
        "left": [tiles.ids[tile] for tile in plan.left.tolist()],
    }


def _move_figures(move: TileMove, tiles: TileTable) -> dict[str, Any]:
    return {
        "id": tiles.ids[move.tile],
        "time": move.time.isoformat(),
        "splits": [move.split_before.word, move.split_after.word],
        "groups": [move.group_before, move.group_after],
    }


def _parting_lines(parted: Regrouped | None) -> Iterator[str]:
    if parted is None:
        return
    count, back = len(parted.plan), len(parted.plan.moving)
    yield (
        f"{count:,} {'tile has its' if count == 1 else 'tiles have their'} group of before; "
        f"{back:,} of them {'is' if back == 1 else 'are'} back in training"
    )
    if len(parted.plan.left):
        yield f"  {len(parted.plan.left):,} tiles were changed since and stay as they are"


def _duplicate_lines(result: NearDuplicateReport, *, grouped: bool) -> Iterator[str]:
    found, plan = result.found, result.regrouping
    concerned = int(np.count_nonzero(result.clusters >= 0))
    by = "".join(f"{count:,} by {name}, " for name, count in _found_by(found).items() if count)
    asked = f"embeddings by {found.model}" if found.model else "no embeddings asked"
    yield f"{len(found):,} pairs of near duplicates among {concerned:,} tiles ({by}{asked})"
    for leak in result.leaks:
        one, other = (side.word for side in leak.sides)
        yield f"  {leak.pairs:,} pairs leak between {one} and {other}: {len(leak.tiles):,} tiles"
    if len(plan.left):
        yield f"  {len(plan.left):,} tiles stay on their side: near duplicates are test tiles"
    if len(plan) == 0:
        return
    moving, done = len(plan.moving), "went" if grouped else "would go"
    yield (
        f"  {moving:,} training {'tile' if moving == 1 else 'tiles'} {done} to validation, "
        f"{len(plan):,} to another group"
    )
    if not grouped:
        yield "Keep them together with: histoviewer duplicates PROJECT --group"
