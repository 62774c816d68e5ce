"""Searching for a better recipe on the tiles of a project."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.path_names import as_path_part
from histoviewer.domain.recipe import Recipe
from histoviewer.domain.search import Dimension, Method, SearchOutcome, space_of
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.requests import SearchRequest
from histoviewer.services.backends import backend_name, environment_of
from histoviewer.services.opening import Workspace
from histoviewer.services.reviewing import ReviewSession
from histoviewer.services.training import Lesson, learned_sides, unlabelled_tiles


@dataclass(frozen=True, kw_only=True)
class Search:
    """What came of a search, and where.

    Args:
        folder: Its folder in the project; may be deleted.
        outcome: Trials, and the best of them.
        best: The file of the best recipe; None where no trial has ended yet. The best of many is
            partly the luckiest: train it with another seed.
    """

    folder: Path
    outcome: SearchOutcome
    best: Path | None


class NoTrialError(InputError):
    """A search came to nothing: every trial that was to be was run, and failed.

    Args:
        found: What came of each.
        recipe: Around which recipe was searched.
    """

    def __init__(self, found: Search, recipe: str) -> None:
        trials = found.outcome.trials
        super().__init__(
            f"No trial around the recipe '{recipe}' succeeded, {len(trials):,} failed. "
            f"Trial {trials[-1].number}: {trials[-1].fault}",
            "The table of trials says why each did.",
        )
        self.found = found


def tune(
    *,
    workspace: Workspace,
    recipe: Recipe,
    trials: int,
    method: Method = "random",
    seed: int = 0,
    epochs: int | None = None,
    max_seconds: float | None = None,
    backend: str | None = None,
    weights: Path | None = None,
) -> Operation[Search]:
    """Search for a better recipe by validation AUC.

    Asked again for the same search, see `search_folder`, it goes on. No model is kept.

    Args:
        workspace: The open project.
        recipe: What the trials vary.
        trials: How many there are to be, those of earlier calls included.
        method: Who chooses the next.
        seed: Of choices and runs.
        epochs: Of each trial, at most; in place of the recipe's number.
        max_seconds: Time limit of this call; None for none.
        backend: Keras backend.
        weights: A file of pretrained weights, in place of Keras' cache and a download.

    Raises:
        NoTrialError: All trials were run, and every one failed.
        InputError: The tiles are not packed yet, or cannot be trained on, or nothing varies.
        StorageError: The project cannot be written to.
    """
    space, lesson = _space_to_search(recipe), Lesson.of(workspace)
    folder = search_folder(
        workspace,
        recipe,
        space,
        method=method,
        seed=seed,
        epochs=epochs,
        backend=backend,
        weights=weights,
    )
    request = SearchRequest(
        tiles=lesson.tiles,
        labels=lesson.labels,
        train=lesson.train,
        validation=lesson.validation,
        unlabelled=lesson.unlabelled,
        recipe=recipe,
        space=space,
        method=method,
        trials=trials,
        folder=folder,
        seed=seed,
        epochs=epochs,
        max_seconds=max_seconds,
        weights=weights,
    )
    return _tune(request, environment_of(backend))


def _space_to_search(recipe: Recipe) -> tuple[Dimension, ...]:
    """Return what varies from trial to trial; a recipe of which nothing would is refused."""
    if recipe.training.solver == "logistic":
        raise InputError(
            f"There is nothing to search around the recipe '{recipe.name}': its solver 'logistic' "
            "has neither learning rate nor batch, so that all trials would be the same.",
            "Choose a recipe with the solver 'gradient', or train this one as it is.",
        )
    return space_of(recipe)


def search_folder(
    workspace: Workspace,
    recipe: Recipe,
    space: Sequence[Dimension],
    *,
    method: Method,
    seed: int,
    epochs: int | None,
    backend: str | None = None,
    weights: Path | None = None,
) -> Path:
    """Return the folder of a search: another one for everything that its trials depend on.

    Trials that learned or were judged by other labels or tiles cannot be compared, so that a
    verdict on a tile that is trained or validated on asks for another search, and so does leaving
    one out of training; where the recipe adapts to tiles without a label, so does labelling one. A
    file of weights is known by its path: it is not read here. Call it in the session's thread.
    """
    project = workspace.project
    depends = [
        recipe.source,
        [asdict(dimension) for dimension in space],
        [method, seed, epochs, project.info.data_fingerprint],
        [backend_name(backend), None if weights is None else str(weights.absolute())],
        _digest_of_lesson(workspace.session, recipe),
    ]
    digest = sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:8]
    return project.searches_folder / f"{as_path_part(recipe.name)}-{method}-{digest}"


def _digest_of_lesson(session: ReviewSession, recipe: Recipe) -> str:
    """Return a digest of which tiles are learned from, judged by, adapted to, and of their labels.

    One number a tile tells all: it is hashed within a millisecond, where two arrays of indexes
    have eight times the bytes.
    """
    labels, sides = session.effective, learned_sides(session)
    lesson = np.full(len(labels), UNLABELLED, np.int8)
    lesson[sides[Split.TRAIN]] = labels[sides[Split.TRAIN]]
    lesson[sides[Split.VALIDATION]] = labels[sides[Split.VALIDATION]] + 2
    if recipe.training.adapts:
        lesson[unlabelled_tiles(session)] = 4
    return sha256(lesson.tobytes()).hexdigest()


def _tune(request: SearchRequest, environment: Mapping[str, str]) -> Operation[Search]:
    outcome: SearchOutcome = yield Job(
        title="Searching around {recipe}",
        facts={"recipe": request.recipe.name},
        target="histoviewer.ml.work:search",
        request=request,
        environment=environment,
    )
    best = None
    if outcome.recipe:
        best = request.folder / f"{as_path_part(request.recipe.name)}-tuned.toml"
        try:
            with whole_file(best) as stream:
                stream.write(outcome.recipe.encode())
        except OSError as error:
            raise storage_error(error, "the best recipe") from error
    found = Search(folder=request.folder, outcome=outcome, best=best)
    if outcome.is_done and outcome.trials and best is None:
        raise NoTrialError(found, request.recipe.name)
    return found
