"""What a project holds, in a few figures."""

from typing import Any

import numpy as np

from histoviewer.domain.eight_views import with_views
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.tiles import Split
from histoviewer.services.opening import Workspace


def status(*, workspace: Workspace) -> dict[str, Any]:
    """Return the figures of a project as documented in docs/cli.md."""
    session, project = workspace.session, workspace.project
    info, states, tiles = project.info, session.states, session.tiles
    champion = session.ranking.model
    return {
        "project": str(project.path),
        "dataset": str(info.root),
        "layout": info.layout,
        "classes": {"negative": info.classes.negative, "positive": info.classes.positive},
        "tile_size": info.tile_size,
        "tiles": len(tiles),
        "by_split": {
            split.word: count
            for split in Split
            if (count := int(np.count_nonzero(tiles.splits == split)))
        },
        "packed": workspace.packed is not None,
        "problems": int(np.count_nonzero(tiles.problems)),
        "batches": len(session.log.batches),
        "verdicts": session.log.last_sequence,
        "decided": int(np.count_nonzero(states.decided != UNLABELLED)),
        "relabelled": int(
            np.count_nonzero((states.decided != UNLABELLED) & (states.decided != tiles.given))
        ),
        "skipped": int(np.count_nonzero(states.skipped)),
        "flagged": int(np.count_nonzero(states.flagged)),
        "queue": session.queue_length,
        "champion": None if champion is None else champion.id,
        "scored": int(np.count_nonzero(~np.isnan(session.scores))),
        "models": [
            {
                "id": model.id,
                "number": model.number,
                "recipe": model.recipe,
                "parent": model.parent,
                "created": model.created.isoformat(),
                "val_auc": model.val_auc,
                "val_tta": model.val_tta,
            }
            for model in project.models()
        ],
        "exports": [record.path for record in project.exports()],
    }


def as_text(figures: dict[str, Any]) -> str:
    """Return the figures as lines for people."""
    splits = ", ".join(f"{name} {count:,}" for name, count in figures["by_split"].items())
    lines = [
        f"{figures['project']}",
        f"  tiles     {figures['tiles']:,} ({splits})",
        f"  packed    {'yes' if figures['packed'] else 'not yet'}",
        f"  problems  {figures['problems']:,}",
        f"  verdicts  {figures['verdicts']:,} in {figures['batches']:,} steps",
        f"  decided   {figures['decided']:,} tiles, {figures['relabelled']:,} of them relabelled",
        f"  marked    {figures['skipped']:,} skipped, {figures['flagged']:,} flagged",
        f"  queue     {figures['queue']:,} tiles wait for retraining",
    ]
    for model in figures["models"]:
        mark = "*" if model["id"] == figures["champion"] else " "
        auc = with_views(f"validation AUC {model['val_auc']:.4f}", tta=model["val_tta"])
        lines.append(f"  model   {mark} {model['id']}  {auc}")
    if figures["models"]:
        lines.append(f"  scored    {figures['scored']:,} tiles by the champion (*)")
    else:
        lines.append("  model     none yet")
    return "\n".join(lines)
