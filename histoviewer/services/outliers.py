"""Outliers: how strange each tile is, worked out once and kept."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.arrays import Bool
from histoviewer.domain.outliers import Outliers, score_outliers
from histoviewer.jobs.job import Operation
from histoviewer.project.derived import DerivedFiles
from histoviewer.project.project import Project
from histoviewer.services.appearance import appearance_of
from histoviewer.services.embedding import champion_embeddings
from histoviewer.services.near_duplicates import derived_key, is_of, neighbours_of
from histoviewer.services.opening import Workspace, packed_for_reading
from histoviewer.tiles.store import PackedTiles

OUTLIERS = "outliers"  # name of the derived arrays: `score` and `kind`


def find_outliers(*, workspace: Workspace, model_id: str | None = None) -> Operation[Outliers]:
    """Work out how strange each tile is, in what way, and keep it.

    Blank, blurred, with ink, folded; and far from its neighbours in embedding space, where the
    champion has embeddings or a model is named that has some.

    Args:
        workspace: The open project.
        model_id: Id or number of the model whose embeddings to ask.

    Raises:
        InputError: The tiles are not packed, there is no such model, or it has no embeddings.
    """
    packed = packed_for_reading(workspace)
    return _find(workspace.project, packed, workspace.session.tiles.usable, model_id)


def read_outliers(project: Project, packed: PackedTiles) -> Outliers | None:
    """Return how strange each packed tile is; None where that is to be worked out.

    Where the champion has embeddings, those that were found in others, or in none, do not count:
    what is far from its neighbours for one model need not be so for another. Reads files: not for
    the UI thread.
    """
    found = DerivedFiles(project).read(OUTLIERS)
    if found is None or not is_of(found, packed):
        return None
    embeddings = champion_embeddings(project)
    if embeddings is not None and found.key != derived_key(packed, embeddings):
        return None
    arrays = found.arrays
    return Outliers(
        score=arrays["score"],
        kind=arrays["kind"],
        model=str(arrays["model"]),
        fingerprint=found.key,
    )


def _find(
    project: Project, packed: PackedTiles, usable: Bool, model_id: str | None
) -> Operation[Outliers]:
    near = yield from neighbours_of(project, packed, model_id)
    appearance = yield from appearance_of(project, packed)
    score, kind = score_outliers(
        appearance,
        usable=usable,
        distances=None if near is None else near[1].distances.mean(axis=1),
    )
    found = Outliers(
        score=score,
        kind=kind,
        model="" if near is None else near[0].model,
        fingerprint=derived_key(packed, None if near is None else near[0]),
    )
    if not project.read_only:
        arrays: dict[str, NDArray[Any]] = {
            "score": score,
            "kind": kind,
            "model": np.array(found.model),
        }
        DerivedFiles(project).write(OUTLIERS, arrays, key=found.fingerprint)
    return found
