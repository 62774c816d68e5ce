"""Verbs about the tile that is worth a reader's minute: issues, next."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from histoviewer.cli.output import (
    BackendOption,
    JsonOption,
    ModelOption,
    ProjectArgument,
    perform,
    report,
)
from histoviewer.cli.triage_verbs import SplitName
from histoviewer.cli.workspace import workspace
from histoviewer.domain.arrays import Int64
from histoviewer.domain.folds import FOLDS
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.strategies import Strategy
from histoviewer.domain.suspects import Suspects
from histoviewer.domain.tiles import Split
from histoviewer.services.listing import describe_tiles, write_list
from histoviewer.services.next_batch import SIZE, NextBatch, Wish, choose_next
from histoviewer.services.reviewing import ReviewSession
from histoviewer.services.suspects import Full, find_suspects

OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="F.csv", help="Write a table there.")
]


def issues(
    project: ProjectArgument,
    *,
    split: Annotated[SplitName | None, typer.Option("--split", help="Only this split.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help="At most so many; all suspects by default.")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, max=20, help="Parts to judge in.")] = FOLDS,
    full: Annotated[
        bool, typer.Option("--full", help="Train a whole network for each fold, not a head.")
    ] = False,
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, help="Of each network, with --full.")
    ] = None,
    model: ModelOption = None,
    out: OutOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find labels that are probably wrong, the most suspicious first."""
    with workspace(project) as opened:
        found = perform(
            find_suspects(
                workspace=opened,
                model_id=model,
                folds=folds,
                full=Full(epochs=epochs) if full else None,
                backend=backend,
            )
        )
        session = opened.session
        session.suspects = found
        tiles = _suspicious(session, None if split is None else Split[split.name], limit)
        figures = _figures(session, found)
        if out is not None:
            write_list(session, tiles, out)
            figures["path"] = str(out)
        rows = list(_rows(session, found, tiles))
    report("\n".join(_lines(figures, rows)), figures | {"tiles": rows}, as_json=as_json)


def _suspicious(session: ReviewSession, split: Split | None, limit: int | None) -> Int64:
    """Return tiles by suspicion: the suspects, or as many as are asked for."""
    columns = session.columns()
    assert columns.label_quality is not None
    assert columns.suspect is not None
    asked = ~np.isnan(columns.label_quality)
    if split is not None:
        asked &= columns.splits == split
    if limit is None:
        asked &= columns.suspect
    tiles = np.flatnonzero(asked)
    order = np.argsort(columns.label_quality[tiles], kind="stable")
    return tiles[order][:limit]


def _figures(session: ReviewSession, found: Suspects) -> dict[str, Any]:
    return {
        "model": found.model or None,
        "labelled": int((found.labels != UNLABELLED).sum()),
        "suspects": int(found.suspect.sum()),
        "suspects_by_label": {
            session.classes.of(label): int((found.suspect & (found.labels == label)).sum())
            for label in (1, 0)
        },
    }


def _rows(session: ReviewSession, found: Suspects, tiles: Int64) -> Iterator[dict[str, Any]]:
    for row in describe_tiles(session, tiles):
        tile = session.tiles.index_of[row.id]
        yield {
            "id": row.id,
            "label": row.label,
            "given": row.given,
            "split": row.split,
            "decided": row.decided,
            "suspect": row.suspect,
            "label_quality": row.label_quality,
            "wanted": float(found.wanted[tile]),
        }


def _lines(figures: Mapping[str, Any], rows: list[dict[str, Any]]) -> Iterator[str]:
    suspects, labelled = figures["suspects"], figures["labelled"]
    yield f"{suspects:,} of {labelled:,} labels ({suspects / labelled:.1%}) are probably wrong"
    for row in rows:
        mark = "!" if row["suspect"] else " "
        yield f"{mark} {row['label_quality']:.3f}  {row['label']}  {row['id']}"


def next_(
    project: ProjectArgument,
    *,
    strategy: Annotated[Strategy, typer.Option("--strategy", help="How to choose.")] = Strategy.MIX,
    size: Annotated[int, typer.Option("-n", "--size", min=1, help="How many tiles.")] = SIZE,
    random_share: Annotated[
        float | None,
        typer.Option("--random-share", min=0, max=1, help="Share of them drawn at random."),
    ] = None,
    split: Annotated[
        SplitName | None, typer.Option("--split", help="Of this split; train by default.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of what is drawn.")] = 0,
    model: ModelOption = None,
    out: OutOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Choose the tiles to look at next; never what is decided, nor two that are alike."""
    wish = Wish(
        strategy=strategy,
        size=size,
        random_share=random_share,
        split=Split.TRAIN if split is None else Split[split.name],
        seed=seed,
    )
    with workspace(project) as opened:
        batch = perform(choose_next(workspace=opened, wish=wish, model_id=model, backend=backend))
        session = opened.session
        figures = _batch_figures(batch)
        if out is not None:
            write_list(session, batch.tiles, out)
            figures["path"] = str(out)
        rows = [asdict(row) for row in describe_tiles(session, batch.tiles)]
    report("\n".join(row["id"] for row in rows), figures | {"tiles": rows}, as_json=as_json)


def _batch_figures(batch: NextBatch) -> dict[str, Any]:
    wish = batch.wish
    return {
        "strategy": wish.strategy.value,
        "source": wish.strategy.facts.source,
        "random_share": wish.share,
        "split": None if wish.split is None else wish.split.word,
        "seed": wish.seed,
        "model": batch.model.id,
        "size": len(batch.tiles),
    }
