"""Out-of-sample probabilities by whole networks: one training for each fold."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.domain.folds import assign_folds
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.recipe import Recipe, load_recipe
from histoviewer.errors import InputError, JobCancelled, storage_error
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.issue_requests import Evidence
from histoviewer.ml.requests import (
    MODEL_FILE,
    RECIPE_FILE,
    ScoreRequest,
    TrainRequest,
    TrainResult,
)
from histoviewer.project.folder import PART, ProjectFolder
from histoviewer.project.project import Project
from histoviewer.services.embedding import network_of
from histoviewer.tiles.store import PackedTiles

_CLASSES: Final = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class _Trial:
    """What every fold's network is trained on and by."""

    tiles: PackedTiles
    evidence: Evidence
    recipe: Recipe
    epochs: int | None
    environment: Mapping[str, str]
    rows: Int64  # the tiles that may be learned from
    decided: Bool  # of each of them: whether a reader gave its label
    fold: Int8  # of each of them


def judge_by_networks(
    project: Project,
    model: ModelRecord,
    packed: PackedTiles,
    evidence: Evidence,
    *,
    epochs: int | None,
    environment: Mapping[str, str],
) -> Operation[Float32]:
    """Train a network for each fold and let it judge the tiles that it did not learn from.

    A training tile is judged by the network of its fold, every other tile by the mean of all. The
    networks are of no other use and are not kept. Tiles that a reader decided are shown more often,
    as in a retraining.

    Args:
        project: Has the model.
        model: By whose recipe they are trained, from scratch.
        packed: The packed tiles.
        evidence: The labels.
        epochs: Of each; None for what the recipe says.
        environment: Variables of the compute process.

    Returns:
        (N,) float32 probabilities of the positive class.

    Raises:
        InputError: A fold, or what is left beside it, would be of one class.
        StorageError: The disk cannot take the networks.
        JobCancelled: Asked to stop; what was known before stays.
    """
    rows = np.flatnonzero(evidence.learnable & (evidence.labels != UNLABELLED))
    clusters = evidence.clusters[rows]
    folds = min(evidence.folds, len(np.unique(clusters)))
    trial = _Trial(
        tiles=packed,
        evidence=evidence,
        recipe=_undecided(_recipe_of(project, model)),
        epochs=epochs,
        environment=environment,
        rows=rows,
        decided=evidence.weights[rows] > 1,
        fold=assign_folds(evidence.labels[rows], clusters, folds=folds, seed=evidence.seed),
    )
    _refuse_folds_of_one_class(trial, folds)
    total = np.zeros(len(evidence.labels), np.float32)
    own = np.empty(len(rows), np.float32)
    for number in range(folds):
        scores = yield from _judged_without(project, trial, number)
        total += scores
        own[trial.fold == number] = scores[rows[trial.fold == number]]
    probability: Float32 = total / np.float32(folds)
    probability[rows] = own
    return probability


def _refuse_folds_of_one_class(trial: _Trial, folds: int) -> None:
    """Refuse before the first network what would end the run at a later one."""
    labels = trial.evidence.labels[trial.rows]
    for number in range(folds):
        inside = trial.fold == number
        if len(np.unique(labels[inside])) < _CLASSES or len(np.unique(labels[~inside])) < _CLASSES:
            raise InputError(
                f"Of {folds} folds by group, one or what is beside it has tiles of one class only.",
                "Ask for fewer folds, or look for label errors without whole networks.",
            )


def _judged_without(project: Project, trial: _Trial, number: int) -> Operation[Float32]:
    """Return (N,) float32 scores of all tiles by a network that knows nothing of one fold."""
    try:
        place = ProjectFolder(project.path).derived  # what a kill leaves there goes at opening
        place.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=place, prefix="fold-", suffix=PART) as made:
            folder = Path(made) / "run"
            result: TrainResult = yield _training(trial, number, folder)
            if result.cancelled:  # the best so far is no whole fold
                raise JobCancelled
            out = Path(made) / "scores.npy"
            yield _scoring(trial, number, folder / MODEL_FILE, out)
            scores: Float32 = np.load(out)
    except OSError as error:
        raise storage_error(error, "the network of a fold") from error
    return scores


def _training(trial: _Trial, number: int, folder: Path) -> Job:
    inside = trial.fold == number
    return Job(
        title="Training without fold {number} of {count}",
        facts={"number": number + 1, "count": int(trial.fold.max()) + 1},
        target="histoviewer.ml.work:train",
        request=TrainRequest(
            tiles=trial.tiles,
            labels=trial.evidence.labels,
            train=trial.rows[~inside],
            validation=trial.rows[inside],
            extra=trial.rows[~inside & trial.decided],
            recipe=trial.recipe,
            folder=folder,
            seed=trial.evidence.seed,
            epochs=trial.epochs,
        ),
        environment=trial.environment,
    )


def _scoring(trial: _Trial, number: int, model: Path, out: Path) -> Job:
    return Job(
        title="Scoring without fold {number} of {count}",
        facts={"number": number + 1, "count": int(trial.fold.max()) + 1},
        target="histoviewer.ml.work:score",
        request=ScoreRequest(
            tiles=trial.tiles,
            model=model,
            out=out,
            fingerprint=trial.tiles.fingerprint,
            tta=True,  # little beside the training, and worth as much as some epochs of it
        ),
        environment=trial.environment,
    )


def _recipe_of(project: Project, model: ModelRecord) -> Recipe:
    """Return what a model's network was trained by."""
    network = network_of(project, model.id)
    own = project.model_folder(network.id) / RECIPE_FILE
    return load_recipe(str(own) if own.exists() else network.recipe)


def _undecided(recipe: Recipe) -> Recipe:
    """Return a recipe in which the tiles to be judged decide neither its length nor its pace.

    Nor whose statistics normalisation takes: where a recipe adapts, validation chooses.
    """
    return replace(
        recipe,
        training=replace(recipe.training, statistics="training"),
        stopping=replace(recipe.stopping, keep="last", patience=None),
        plateau=replace(recipe.plateau, patience=None),
    )
