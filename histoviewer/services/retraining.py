"""Training and retraining up to the promotion gate, and choosing the champion by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from histoviewer.domain.models import ModelRecord
from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.errors import InputError
from histoviewer.jobs.job import Operation
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.challenging import Arena, Challenge, challenge
from histoviewer.services.networks import refuse_ensemble
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import Ranking, find_model, read_ranking, unlearned
from histoviewer.services.training import SEEDS, Lesson, Run, learn


def retrain(
    *,
    workspace: Workspace,
    epochs: int | None = None,
    max_seconds: float | None = None,
    backend: str | None = None,
    margin: float | None = None,
) -> Operation[Challenge]:
    """Train the champion further on the labels as they are now, the queue weighing more.

    The new model scores every tile and becomes champion if the gate lets it pass. The queue empties
    with that, since it is what the champion has not learned; a challenger that was kept can be
    promoted later.

    Args:
        workspace: The open project.
        epochs: In place of the recipe's number.
        max_seconds: Time limit of the training; None for none.
        backend: Keras backend.
        margin: Of the promotion gate; None for what the settings say.

    Raises:
        InputError: There is no champion, or nothing waits in the queue.
    """
    limits = Limits(epochs=epochs, max_seconds=max_seconds, margin=margin)
    return _retrain(workspace.project, Lesson.of(workspace), environment_of(backend), limits)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What bounds a training, and what its model is held to.

    Args:
        epochs: In place of the recipe's number.
        max_seconds: Time limit; None for none.
        margin: Of the promotion gate; None for what the settings say.
    """

    epochs: int | None = None
    max_seconds: float | None = None
    margin: float | None = None


def _retrain(
    project: Project, lesson: Lesson, environment: Mapping[str, str], limits: Limits
) -> Operation[Challenge]:
    champion = find_model(project, None)
    if len(lesson.queue) == 0:
        raise InputError(
            "Nothing waits for retraining.", "Review some training tiles first, then retrain."
        )
    honest = _honest(project, champion, lesson)
    run = Run(
        recipe=recipe_of(project, champion),
        # Another order of tiles than in any run before, a refused one included.
        seed=(champion.seed + len(project.models())) % SEEDS,
        epochs=limits.epochs,
        max_seconds=limits.max_seconds,
        environment=environment,
        parent=champion,
    )
    # The gate is told of all validation tiles: it counts those that prove nothing.
    arena = Arena.of_lesson(lesson, margin=limits.margin)
    return (yield from _learn_and_challenge(project, honest, run, arena))


def _honest(project: Project, champion: ModelRecord, lesson: Lesson) -> Lesson:
    """Return the lesson validated on tiles alone that the champion never learned elsewhere."""
    fresh = unlearned(project, lesson.validation, [champion])
    if len(np.unique(lesson.labels[fresh])) < 2:  # noqa: PLR2004 - two classes
        raise InputError(
            f"Model {champion.number} was trained elsewhere on too many of the validation tiles: "
            "nothing would tell whether training makes it better.",
            "Train a recipe from scratch.",
        )
    return replace(lesson, validation=fresh)


def train(
    *,
    workspace: Workspace,
    recipe: Recipe,
    seed: int = 0,
    epochs: int | None = None,
    max_seconds: float | None = None,
    backend: str | None = None,
    weights: Path | None = None,
    margin: float | None = None,
    scores_first: bool = True,
) -> Operation[Challenge]:
    """Train a recipe from scratch on the effective labels as they are now.

    The new model scores every tile and is promoted if the gate lets it pass.

    Args:
        workspace: The open project.
        recipe: The net and how it is trained.
        seed: Of the run.
        epochs: In place of the recipe's number.
        max_seconds: Time limit of the training; None for none.
        backend: Keras backend.
        weights: A file of pretrained weights, in place of Keras' cache and a download.
        margin: Of the promotion gate; None for what the settings say.
        scores_first: Whether the first model of a project, which meets nobody at the gate, scores
            the tiles too.

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
    lesson = Lesson.of(workspace)
    arena = Arena.of_lesson(lesson, margin=margin)
    return _learn_and_challenge(workspace.project, lesson, run, arena, scores_first=scores_first)


def promote(*, project: Project, model_id: str, reason: str = "chosen by the reader") -> Ranking:
    """Make a model champion, be it a challenger or an earlier champion.

    Returns:
        What ranks the grid now.
    """
    model = find_model(project, model_id)
    if model.id != project.champion():
        project.set_champion(model.id, reason=reason)
    return read_ranking(project)


def champion_before(project: Project) -> str | None:
    """Return the id of the model that was champion before the one of now; None without one."""
    now = project.champion()
    earlier = (record.model for record in reversed(project.champions()))
    return next((model for model in earlier if model != now), None)


def roll_back(*, project: Project) -> Ranking:
    """Make the model champion again that was it before the one of now.

    Returns:
        What ranks the grid now.

    Raises:
        InputError: There was no champion before.
    """
    before = champion_before(project)
    if before is None:
        raise InputError(
            f"There was no champion before in the project {project.info.name}.",
            "Train a model first, or name one: histoviewer promote PROJECT MODEL",
        )
    return promote(project=project, model_id=before, reason="rolled back by the reader")


def recipe_of(project: Project, model: ModelRecord) -> Recipe:
    """Return the recipe a model was trained by, as kept with it."""
    refuse_ensemble(model)
    path = project.model_folder(model.id) / "recipe.toml"
    try:
        return read_recipe(path.read_text(encoding="utf-8"), model.recipe)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The recipe of model {model.number} cannot be read: {path}: {error}.",
            "Train a model anew.",
        ) from error


def _learn_and_challenge(
    project: Project, lesson: Lesson, run: Run, arena: Arena, *, scores_first: bool = True
) -> Operation[Challenge]:
    """Train a model and let it stand at the gate; the first may be champion without scores."""
    model = yield from learn(project=project, lesson=lesson, run=run)
    if not scores_first and project.replace_champion(model.id, before=None, reason="first model"):
        return Challenge(model=model, champion=None, challenger_auc=model.val_auc, promoted=True)
    return (
        yield from challenge(project=project, model=model, arena=arena, environment=run.environment)
    )
