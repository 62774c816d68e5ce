"""What every model of a project says of one tile."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelRecord
from histoviewer.project.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class TileScore:
    """What one model says of one tile.

    Args:
        model: The model.
        score: Probability of the positive class; NaN where the model has not scored the tile.
        is_champion: Whether it is the model that ranks the grid.
        learned: The label that it learned of the tile; `UNLABELLED` where it did not see it.
    """

    model: ModelRecord
    score: float
    is_champion: bool
    learned: int = UNLABELLED


def tile_scores(project: Project, tile: int) -> list[TileScore]:
    """Return what every model says of a tile: the champion first, then the newest first.

    Reads the registry and one number of each model's `scores.npy` and `learned.npy`, which are
    mapped and let go of again: a file that stays mapped could not be replaced on Windows. Any
    thread but the UI thread.

    Raises:
        StorageError: The database cannot be read.
    """
    champion = project.champion()
    scores = [
        TileScore(
            model=model,
            score=_entry(project.scores_path(model.id), tile, float("nan")),
            is_champion=model.id == champion,
            learned=int(_entry(project.learned_path(model.id), tile, UNLABELLED)),
        )
        for model in project.models()
    ]
    return sorted(scores, key=lambda each: (not each.is_champion, -each.model.number))


def _entry(path: Path, tile: int, missing: float) -> float:
    """Return one number; `missing` where the file is lost, damaged, or from before the tile was."""
    try:
        stored = np.load(path, mmap_mode="r")
        return float(stored[tile]) if tile < len(stored) else missing
    except (OSError, ValueError, EOFError, TypeError):
        return missing
