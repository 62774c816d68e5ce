"""What every model of a project says of one tile."""

from dataclasses import dataclass

import numpy as np

from histoviewer.domain.models import ModelRecord
from histoviewer.project.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class TileScore:
    """What one model says of one tile.

    Args:
        model: The model.
        score: Probability of the positive class; NaN where the model has not scored the tile.
        is_champion: Whether it is the model that ranks the grid.
    """

    model: ModelRecord
    score: float
    is_champion: bool


def tile_scores(project: Project, tile: int) -> list[TileScore]:
    """Return what every model says of a tile: the champion first, then the newest first.

    Reads the registry and one number of each model's `scores.npy`, which is mapped and let go of
    again: a file that stays mapped could not be replaced on Windows. Any thread but the UI thread.

    Raises:
        StorageError: The database cannot be read.
    """
    champion = project.champion()
    scores = [
        TileScore(
            model=model,
            score=_score(project, model, tile),
            is_champion=model.id == champion,
        )
        for model in project.models()
    ]
    return sorted(scores, key=lambda each: (not each.is_champion, -each.model.number))


def _score(project: Project, model: ModelRecord, tile: int) -> float:
    """Return one score; NaN where the file is not there, damaged, or from before the tile was."""
    try:
        stored = np.load(project.scores_path(model.id), mmap_mode="r")
        return float(stored[tile]) if tile < len(stored) else float("nan")
    except (OSError, ValueError, EOFError, TypeError):
        return float("nan")
