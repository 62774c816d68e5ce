"""One recipe on one data set, through the product itself, kept as a file so that it is run once.

What is kept belongs to the recipe as it was: a run is made anew where the recipe has changed since.
"""

import hashlib
import os
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks.kept import kept_figures
from benchmarks.rows import say
from histoviewer.domain.arrays import Float32, Int8, Int32
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.queue import trainable
from histoviewer.domain.recipe import Recipe, load_recipe
from histoviewer.domain.recipe_text import write_recipe
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.files import whole_file
from histoviewer.jobs.job import Operation
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.runner import drive
from histoviewer.ml.assessing import assess
from histoviewer.ml.requests import AssessRequest
from histoviewer.services.backends import environment_of
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.ranking import read_scores
from histoviewer.services.scoring import score
from histoviewer.services.training import Lesson, Run, learn

Result = TypeVar("Result")

_PACE_S = 1.0


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A data set as the product imports it.

    Args:
        name: What tables call it.
        options: What is said about it at the import.
    """

    name: str
    options: ImportOptions


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One run.

    Args:
        data: The data set.
        recipe: Name of the recipe.
        seed: Of the run.
        budget: Seconds; the recipe's own epochs end it sooner.
        table: Which table of the report it belongs to.
    """

    data: DataSet
    recipe: str
    seed: int
    budget: float
    table: str

    @property
    def name(self) -> str:
        """Return what its file is called."""
        return f"{self.data.name}-{self.recipe}-{self.seed}-{self.budget:.0f}s"

    @property
    def digest(self) -> str:
        """Return what tells the recipe from an older one of its name."""
        return digest_of(load_recipe(self.recipe))


def digest_of(recipe: Recipe) -> str:
    """Return what tells a recipe from an older one of its name; its remarks do not."""
    return hashlib.sha256(write_recipe(recipe).encode()).hexdigest()[:16]


def finish(plan: Plan, *, data: Path, build: Path, runs: Path) -> dict[str, Any]:
    """Return the figures of a run, running it unless it was run before with the same recipe.

    What is kept of an older recipe of its name stays until the run is done. Beside the figures lie
    labels, scores and groups of the validation tiles, to compare runs by.

    Args:
        plan: The run.
        data: Folder of the data sets.
        build: Where projects are kept.
        runs: Where figures are kept.
    """
    kept = runs / f"{plan.name}.json"

    def run() -> dict[str, Any]:
        return _run(plan, _project(plan.data, data, build), kept.with_suffix(".npz"))

    def is_current(figures: dict[str, Any]) -> bool:
        is_same: bool = figures["digest"] == plan.digest
        if not is_same:
            say(f"{plan.name}: the recipe has changed")
        return is_same

    return kept_figures(kept, run, is_current=is_current)


def _project(data: DataSet, folder: Path, build: Path) -> Path:
    """Return the project of a data set, made and packed where that was not done before."""
    path = build / f"{data.name}.histo"
    if not path.exists():
        build.mkdir(parents=True, exist_ok=True)
        _perform(import_dataset(dataset=folder / data.name, path=path, options=data.options))
    return path


def commit() -> str:
    """Return which code runs, marked where it is not what was committed; docs are no code."""
    changed = _git("status", "--porcelain", "--", "histoviewer", "resources", "benchmarks")
    return _git("rev-parse", "--short", "HEAD") + ("+" if changed else "")


def _git(*words: str) -> str:
    root = Path(__file__).parents[1]
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _run(plan: Plan, project: Path, validation: Path) -> dict[str, Any]:
    recipe = load_recipe(plan.recipe)
    facts: dict[str, Any] = {
        "table": plan.table,
        "recipe": plan.recipe,
        "seed": plan.seed,
        "budget": plan.budget,
        "digest": plan.digest,
        "commit": commit(),
        "planned_epochs": recipe.epochs,
    }
    with open_workspace(project, reader="benchmark") as workspace:
        run = Run(
            recipe=recipe,
            seed=plan.seed,
            max_seconds=plan.budget,
            environment=environment_of(None),
        )
        try:
            with _watched(facts):
                training = learn(project=workspace.project, lesson=Lesson.of(workspace), run=run)
                model = _perform(training)
        except InputError as error:
            return facts | {"refused": str(error)}
        outcome = _perform(score(workspace=workspace, model_id=model.id))
        facts["scored_per_second"] = outcome.result.tiles_per_second
        facts |= _judge(workspace, model, recipe)
        keep_validation(workspace, model, validation)  # last, as the figures follow it at once
        return facts


def keep_validation(workspace: Workspace, model: ModelRecord, path: Path) -> None:
    """Write labels, scores and groups of the validation tiles, in the order of the project."""
    session = workspace.session
    found = session.validation_labels()
    scores = read_scores(workspace.project, model)[found.tiles]
    groups = session.tiles.groups[found.tiles]
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as stream:
        np.savez(stream, labels=found.labels, scores=scores, groups=groups)


def _judge(workspace: Workspace, model: ModelRecord, recipe: Recipe) -> dict[str, Any]:
    session = workspace.session
    scores = read_scores(workspace.project, model)
    found: dict[str, Any] = {"metrics": dict(model.metrics), "own": recipe.group == "histoviewer"}
    for split in (Split.VALIDATION, Split.TEST):
        rows = np.flatnonzero(
            trainable(tiles=session.tiles, effective=session.effective, split=split)
        )
        if len(rows):
            labels = session.effective[rows]
            found[split.word] = _figures(labels, scores[rows], session.tiles.groups[rows])
    found["deepest_fall"] = _deepest_fall(workspace.project.model_folder(model.id))
    return found


def _figures(labels: Int8, scores: Float32, groups: Int32) -> dict[str, Any]:
    found = assess(
        AssessRequest(
            model="", rows=np.arange(len(labels)), labels=labels, scores=scores, groups=groups
        )
    )
    point = found.points.at_threshold(0.5)
    return {
        "n": len(labels),
        "auc": found.auc.value,
        "low": found.auc.low,
        "high": found.auc.high,
        "accuracy": point.accuracy,
        "sensitivity": point.sensitivity,
        "specificity": point.specificity,
    }


def _deepest_fall(folder: Path) -> float:
    """Return by how much validation AUC ever stood below its best so far."""
    with (folder / "history.csv").open(encoding="utf-8") as file:
        header = file.readline().strip().split(",")
        column = header.index("val_auc")
        curve = np.array([float(line.split(",")[column]) for line in file])
    return float((np.maximum.accumulate(curve) - curve).max()) if len(curve) else 0.0


@contextmanager
def _watched(facts: dict[str, Any]) -> Iterator[None]:
    """Note how much of the machine a run had: others use it, too."""
    facts["pace"] = pace()
    before, started = _child_seconds(), time.monotonic()
    yield
    wall = time.monotonic() - started
    facts["share"] = (_child_seconds() - before) / (wall * (os.cpu_count() or 1))
    facts["pace"] = min(facts["pace"], pace())


def pace() -> float:
    """Return what the machine gives just now: GFLOP/s of float32 matrix products."""
    matrix = np.ones((1024, 1024), np.float32)
    done, started = 0, time.monotonic()
    while time.monotonic() - started < _PACE_S:
        _ = matrix @ matrix
        done += 1
    return 2 * 1024**3 * done / (time.monotonic() - started) / 1e9


def _child_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _perform(operation: Operation[Result]) -> Result:
    with LaneProcess() as process:
        return drive(operation, run=process.run)
