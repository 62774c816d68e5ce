"""What the evaluate page reads from the disk, off the UI thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from histoviewer.domain.arrays import Int64

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
    """

    rows: "Sequence[ModelRow]"
    curves: "dict[str, RunCurves]"
    unscored: frozenset[str]


def read_models(project: "Project", validation: Int64) -> ModelsRead:
    """Read them. Any thread but the UI thread.

    Args:
        project: The project.
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
        rows=rows, curves={run.model: run for run in curves}, unscored=frozenset(unscored)
    )
