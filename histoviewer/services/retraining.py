"""Retraining from the queue, and deciding who is champion."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from histoviewer.domain.models import ModelRecord
from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.errors import InputError
from histoviewer.jobs.job import Operation
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.evaluating import measure
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import (
    Ranking,
    find_model,
    read_ranking,
    read_score_note,
    read_scores,
)
from histoviewer.services.review_state import THRESHOLD
from histoviewer.services.scoring import score_with
from histoviewer.services.training import SEEDS, Lesson, Run, learn


@dataclass(frozen=True, kw_only=True)
class RetrainOutcome:
    """How a new model did against the champion, both on the same validation tiles and labels.

    Args:
        model: The new model.
        champion: Who was champion before; None for the first model.
        champion_auc: Its area under the ROC curve; NaN for the first model.
        challenger_auc: That of the new model.
        promoted: Whether the new model is champion now.
    """

    model: ModelRecord
    champion: ModelRecord | None
    champion_auc: float
    challenger_auc: float
    promoted: bool


def retrain(
    *,
    workspace: Workspace,
    epochs: int | None = None,
    max_seconds: float | None = None,
    backend: str | None = None,
) -> Operation[RetrainOutcome]:
    """Train the champion further on the labels as they are now, the queue weighing more.

    The new model scores every tile and becomes champion if its validation AUC is not worse. The
    queue empties with that, since it is what the champion has not learned; a challenger that was
    kept can be promoted later.

    Raises:
        InputError: There is no champion, or nothing waits in the queue.
    """
    lesson = Lesson.of(workspace)
    return _retrain(workspace.project, lesson, environment_of(backend), epochs, max_seconds)


def _retrain(
    project: Project,
    lesson: Lesson,
    environment: Mapping[str, str],
    epochs: int | None,
    max_seconds: float | None,
) -> Operation[RetrainOutcome]:
    champion = find_model(project, None)
    if len(lesson.queue) == 0:
        raise InputError(
            "Nothing waits for retraining.", "Review some training tiles first, then retrain."
        )
    run = Run(
        recipe=recipe_of(project, champion),
        # Another order of tiles than in any run before, a refused one included.
        seed=(champion.seed + len(project.models())) % SEEDS,
        epochs=epochs,
        max_seconds=max_seconds,
        environment=environment,
        parent=champion,
    )
    return (yield from _learn_and_challenge(project, lesson, run))


def train_and_score(
    *,
    workspace: Workspace,
    recipe: Recipe,
    seed: int = 0,
    epochs: int | None = None,
    max_seconds: float | None = None,
    backend: str | None = None,
    weights: Path | None = None,
) -> Operation[RetrainOutcome]:
    """Train a recipe from scratch, score every tile, and make it champion if it is not worse.

    Raises:
        InputError: The tiles are not packed yet, or cannot be trained on.
    """
    run = Run(
        recipe=recipe,
        seed=seed,
        epochs=epochs,
        max_seconds=max_seconds,
        environment=environment_of(backend),
        weights=weights,
    )
    return _learn_and_challenge(workspace.project, Lesson.of(workspace), run)


def promote(*, project: Project, model_id: str, reason: str = "chosen by the reader") -> Ranking:
    """Make a model champion, be it a challenger or an earlier champion.

    Returns:
        What ranks the grid now.
    """
    model = find_model(project, model_id)
    if model.id != project.champion():
        project.set_champion(model.id, reason=reason)
    return read_ranking(project)


def recipe_of(project: Project, model: ModelRecord) -> Recipe:
    """Return the recipe a model was trained by, as kept with it."""
    path = project.model_folder(model.id) / "recipe.toml"
    try:
        return read_recipe(path.read_text(encoding="utf-8"), model.recipe)
    except OSError as error:
        raise InputError(
            f"The recipe of model {model.number} is missing: {path}.", "Train a model anew."
        ) from error


def _learn_and_challenge(project: Project, lesson: Lesson, run: Run) -> Operation[RetrainOutcome]:
    champion_id = project.champion()
    model = yield from learn(project=project, lesson=lesson, run=run)
    if champion_id is None:  # at once: whoever cancels the scoring has a model all the same
        project.set_champion(model.id, reason="first model")
    tta = champion_id is not None and _has_tta(project, champion_id)
    yield from score_with(project, model, lesson.tiles, run.environment, tta=tta)
    challenger_auc = yield from _auc(project, lesson, model, run.environment)
    if champion_id is None:
        return RetrainOutcome(
            model=model,
            champion=None,
            champion_auc=float("nan"),
            challenger_auc=challenger_auc,
            promoted=True,
        )
    champion = find_model(project, champion_id)
    yield from _score_if_needed(project, lesson, champion, run.environment)
    champion_auc = yield from _auc(project, lesson, champion, run.environment)
    promoted = challenger_auc >= champion_auc
    if promoted:
        reason = f"validation AUC {challenger_auc:.4f}, before {champion_auc:.4f}"
        project.set_champion(model.id, reason=reason)
    return RetrainOutcome(
        model=model,
        champion=champion,
        champion_auc=champion_auc,
        challenger_auc=challenger_auc,
        promoted=promoted,
    )


def _has_tta(project: Project, model_id: str) -> bool:
    """Return how the champion's scores were made: its challenger is scored in the same way."""
    return read_score_note(project, find_model(project, model_id)).tta


def _score_if_needed(
    project: Project, lesson: Lesson, model: ModelRecord, environment: Mapping[str, str]
) -> Operation[None]:
    """Score a model that has not seen the validation tiles: both are judged on the same ones."""
    if np.isnan(read_scores(project, model)[lesson.validation]).any():
        yield from score_with(project, model, lesson.tiles, environment)


def _auc(
    project: Project, lesson: Lesson, model: ModelRecord, environment: Mapping[str, str]
) -> Operation[float]:
    """Return the AUC of a model on the validation tiles, with the labels of the lesson."""
    scores = read_scores(project, model)
    evaluation = yield from measure(
        lesson.labels, scores, lesson.validation, threshold=THRESHOLD, environment=environment
    )
    return evaluation.auc
