"""The champion and its scores: what ranks the grid now."""

import json
from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Float32, Int8
from histoviewer.domain.models import ModelRecord
from histoviewer.errors import InputError
from histoviewer.project.project import Project


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranking:
    """What the grid is ranked by.

    Args:
        model: The champion; None before the first training.
        scores: (N,) float32 probability of the positive class, NaN where unscored.
        learned: (N,) int8 labels the champion was trained on, -1 elsewhere; None without one.
    """

    model: ModelRecord | None
    scores: Float32
    learned: Int8 | None


def find_model(project: Project, model_id: str | None) -> ModelRecord:
    """Return a model by id or number, the champion for None.

    Raises:
        InputError: There is no such model, or none at all.
    """
    models = project.models()
    if not models:
        raise InputError(
            f"The project {project.info.name} has no model yet.",
            f"Train one first: histoviewer train {project.path}",
        )
    wanted = model_id or project.champion()
    for model in models:
        if wanted in (model.id, str(model.number)):
            return model
    raise InputError(
        f"There is no model '{wanted}' in the project {project.info.name}.",
        f"Its models are {', '.join(model.id for model in models)}.",
    )


def read_ranking(project: Project) -> Ranking:
    """Return the champion of a project with its scores."""
    count = project.tile_count
    champion = project.champion()
    if champion is None:
        return Ranking(model=None, scores=np.full(count, np.nan, np.float32), learned=None)
    model = find_model(project, champion)
    return Ranking(
        model=model,
        scores=read_scores(project, model),
        learned=read_learned(project, model),
    )


def read_scores(project: Project, model: ModelRecord) -> Float32:
    """Return (N,) float32 scores of a model, NaN for tiles it has not scored."""
    scores = np.full(project.tile_count, np.nan, np.float32)
    path = project.scores_path(model.id)
    if path.exists():
        stored = np.load(path)
        scores[: len(stored)] = stored  # tiles added since then stay unscored
    return scores


def scores_fingerprint(project: Project, model: ModelRecord) -> str | None:
    """Return the fingerprint of the packed tiles that a model's scores were made from."""
    path = project.scores_path(model.id).with_suffix(".json")
    if not path.exists():
        return None
    fingerprint: str | None = json.loads(path.read_text(encoding="utf-8")).get("fingerprint")
    return fingerprint


def read_learned(project: Project, model: ModelRecord) -> Int8:
    """Return (N,) int8 labels that a model was trained on, -1 for tiles it was not trained on."""
    learned = np.full(project.tile_count, -1, np.int8)
    stored = np.load(project.learned_path(model.id))
    learned[: len(stored)] = stored
    return learned
