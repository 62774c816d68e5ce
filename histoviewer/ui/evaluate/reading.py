"""What the evaluate page reads from the disk, off the UI thread."""

import zlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.domain.tiles import TileTable

if TYPE_CHECKING:  # the services import SQLAlchemy, which must not delay the first paint
    from histoviewer.project.project import Project
    from histoviewer.services.model_table import ModelRow, RunCurves


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelsRead:
    """The models of a project.

    Args:
        rows: A row each, in the order of their numbers.
        curves: The learning curves of those that have some, by id.
        unscored: Ids of those that have not scored every validation tile.
        stamps: Of the scores of each model, by id: another one where they are others.
        sides: Likewise of the sides of the split, and of the groups.
    """

    rows: "Sequence[ModelRow]"
    curves: "dict[str, RunCurves]"
    unscored: frozenset[str]
    stamps: dict[str, tuple[int, int]]
    sides: int

    def basis(self, models: Sequence[str]) -> Hashable:
        """Return what models are assessed by besides labels, to be compared."""
        return self.sides, tuple(self.stamps[model] for model in models)


def read_models(project: "Project", tiles: TileTable, validation: Int64) -> ModelsRead:
    """Read them. Any thread but the UI thread.

    Args:
        project: The project.
        tiles: Its tiles.
        validation: Indexes of the labelled validation tiles.
    """
    from histoviewer.services.model_table import read_curves, read_model_table
    from histoviewer.services.ranking import read_scores

    rows = read_model_table(project)
    curves = read_curves(project, [row.model.id for row in rows])
    unscored = (
        row.model.id for row in rows if np.isnan(read_scores(project, row.model)[validation]).any()
    )
    return ModelsRead(
        rows=rows,
        curves={run.model: run for run in curves},
        unscored=frozenset(unscored),
        stamps={row.model.id: _stamp(project.scores_path(row.model.id)) for row in rows},
        sides=_sides(tiles),
    )


def _stamp(path: Path) -> tuple[int, int]:
    """Return the stamp of a file that is always written anew and whole."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


def _sides(tiles: TileTable) -> int:
    stamp = 0
    for column in (tiles.splits, tiles.usable, tiles.groups):
        stamp = zlib.crc32(column.tobytes(), stamp)
    return stamp
