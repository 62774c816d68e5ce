"""Instant retraining: a head on frozen embeddings learns from labels and verdicts in seconds."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Float32
from histoviewer.domain.embeddings import Embeddings
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.errors import storage_error
from histoviewer.files import whole_folder
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.head_requests import HeadRequest, HeadResult
from histoviewer.ml.requests import RECIPE_FILE
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.challenging import Arena, Challenge, judge
from histoviewer.services.embedding import embed_with, embeddings_or_refuse, network_of
from histoviewer.services.embedding_file import embedding_file
from histoviewer.services.entering import entering
from histoviewer.services.networks import clear_networks, model_file
from histoviewer.services.opening import Workspace
from histoviewer.services.training import Lesson, write_learned

# A verdict counts as often as a waiting tile is shown in a retraining of the whole network.
VERDICT_WEIGHT: Final = 4.0

_ADAPTED: Final = "unlabelled_tiles"


@dataclass(frozen=True, kw_only=True, eq=False)
class _Revision:
    """What the head learns from: a snapshot, and where it is worked out."""

    lesson: Lesson
    decided: Bool
    environment: Mapping[str, str]

    @property
    def weights(self) -> Float32:
        """Return (n,) float32: how much each training tile counts."""
        rows = self.lesson.train
        usual = np.where(self.decided[rows], np.float32(VERDICT_WEIGHT), np.float32(1))
        return usual * self.lesson.weights[rows]


def retrain_quick(
    *,
    workspace: Workspace,
    backend: str | None = None,
    margin: float | None = None,
    embeds: bool = True,
) -> Operation[Challenge]:
    """Train the last layer of the champion's network anew on the labels as they are now.

    Verdicts count more than given labels, and by their weight in the queue; tiles that a reader
    left out are not learned from, nor is any validation tile. The result is a model of its own,
    which has scored every tile and stands at the promotion gate. The retraining queue stays: it is
    what the network has not learned.

    Args:
        workspace: The open project.
        backend: Keras backend.
        margin: Of the promotion gate; None for what the settings say.
        embeds: Whether tiles are embedded first where they are not.

    Raises:
        NotEmbeddedError: They are not, and `embeds` is False.
        InputError: There is no model, the tiles are not packed, or labels of a class are lacking.
        StorageError: The disk cannot take the new model.
    """
    session = workspace.session
    revision = _Revision(
        lesson=Lesson.of(workspace),
        decided=session.states.decided != UNLABELLED,
        environment=environment_of(backend),
    )
    return _retrain(workspace.project, revision, margin, embeds=embeds)


def _retrain(
    project: Project, revision: _Revision, margin: float | None, *, embeds: bool
) -> Operation[Challenge]:
    lesson, environment = revision.lesson, revision.environment
    network = network_of(project, None)
    if embeds:
        yield from embed_with(project, network, lesson.tiles, environment)
    embeddings = embeddings_or_refuse(project, network, lesson.tiles)
    with project.new_model_number() as number:
        model = yield from _learn(project, network, embeddings, revision, number)
    arena = Arena.of_lesson(lesson, margin=margin)
    outcome = yield from judge(project, model, arena, environment)
    clear_networks(project)
    return outcome


def _learn(
    project: Project,
    network: ModelRecord,
    embeddings: Embeddings,
    revision: _Revision,
    number: int,
) -> Operation[ModelRecord]:
    """Train a head and enter the model; what fails leaves neither a folder nor an entry."""
    lesson = revision.lesson
    folder = project.model_folder(f"{number:03d}-head")
    try:
        with whole_folder(folder) as part:
            result: HeadResult = yield Job(
                title="Retraining the head of model {number}",
                facts={"number": network.number},
                target="histoviewer.ml.head_work:retrain_head",
                request=HeadRequest(
                    embeddings=embedding_file(project, embeddings),
                    network=model_file(project, network),
                    rows=lesson.train,
                    labels=lesson.labels[lesson.train],
                    weights=revision.weights,
                    folder=part,
                    fingerprint=lesson.tiles.fingerprint,
                ),
                lane=Lane.INTERACTIVE,
                environment=revision.environment,
            )
            write_learned(part / "learned.npy", lesson, result.used)
            _copy_recipe(project, network, part)
    except OSError as error:
        raise storage_error(error, "the retrained model") from error
    record = ModelRecord(
        id=folder.name,
        number=number,
        recipe=network.recipe,
        created=datetime.now(UTC),
        seed=network.seed,
        parent=network.id,
        learned_through=lesson.through,
        learned_step=lesson.step,
        data_fingerprint=lesson.tiles.fingerprint,
        metrics={
            **_kept_of(network),
            "parameters": result.parameters,
            "seconds": result.seconds,
            "train_tiles": len(result.used),
        },
        kind=ModelKind.HEAD,
    )
    with entering(project, record.id):
        project.add_model(record)
    return record


def _kept_of(network: ModelRecord) -> dict[str, float]:
    """Return the figures of a network that hold for a head on it: its normalisation stays."""
    adapted = network.metrics.get(_ADAPTED)
    return {} if adapted is None else {_ADAPTED: adapted}


def _copy_recipe(project: Project, network: ModelRecord, folder: Path) -> None:
    """Keep the network's recipe with the new model: training it further goes by that."""
    recipe = project.model_folder(network.id) / RECIPE_FILE
    if recipe.exists():
        shutil.copyfile(recipe, folder / RECIPE_FILE)
