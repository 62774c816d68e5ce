"""Training: what a model learns from, the run itself, and its entry in the registry."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int32, Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelRecord, new_model_id
from histoviewer.domain.queue import trainable
from histoviewer.domain.queue_weights import LEFT_OUT
from histoviewer.domain.recipe import Recipe
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.requests import TrainRequest, TrainResult
from histoviewer.project.project import Project
from histoviewer.services.entering import entering
from histoviewer.services.networks import Network, network_in_use
from histoviewer.services.opening import Workspace, packed_for_reading
from histoviewer.services.reviewing import ReviewSession
from histoviewer.tiles.store import PackedTiles

SEEDS = 2**32  # numpy takes no larger ones


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesson:
    """What a run learns from: a snapshot, since readers go on while it trains.

    Args:
        tiles: The packed store.
        labels: (N,) int8 effective labels.
        train: Indexes of the training tiles.
        validation: Indexes of the validation tiles.
        queue: Indexes of the training tiles that wait in the retraining queue.
        weights: (N,) float32 how much each tile weighs where it waits, 1 by default. Tiles that a
            reader left out are neither in `train` nor in `queue`.
        through: Newest verdict sequence in `labels`.
        step: Newest step of the verdict log in `labels`.
        unlabelled: Indexes of the tiles that normalisation can be adapted to, see
            `unlabelled_tiles`.
        groups: (N,) int32 group numbers, -1 where unknown.
    """

    tiles: PackedTiles
    labels: Int8
    train: Int64
    validation: Int64
    queue: Int64
    weights: Float32
    through: int
    step: int
    unlabelled: Int64
    groups: Int32

    @classmethod
    def of(cls, workspace: Workspace) -> "Lesson":
        """Return what there is to learn now. Call it in the session's thread.

        Raises:
            InputError: The tiles are not packed yet, or a split has no labelled tile.
        """
        session = workspace.session
        labels, sides = session.effective, learned_sides(session)
        packed = packed_or_refuse(workspace)
        for split, index in sides.items():
            if len(index) == 0:
                raise InputError(
                    f"There is no labelled {split.word} tile.",
                    "Label some tiles, or import a data set that has labels.",
                )
        weights = session.queue_weights.standing(session.states.label_times)
        return cls(
            tiles=packed,
            labels=labels,
            train=sides[Split.TRAIN],
            validation=sides[Split.VALIDATION],
            queue=np.flatnonzero(session.queued),
            weights=weights,
            through=session.log.last_sequence,
            step=len(session.log.batches),
            unlabelled=unlabelled_tiles(session),
            groups=session.tiles.groups,
        )


def learned_sides(session: ReviewSession) -> dict[Split, Int64]:
    """Return the indexes of the tiles that a run learns from, and of those to validate on.

    What a reader left out of training is in neither.
    """
    labels, tiles = session.effective, session.tiles
    weights = session.queue_weights.standing(session.states.label_times)
    train, validation = (
        trainable(tiles=tiles, effective=labels, split=split)
        for split in (Split.TRAIN, Split.VALIDATION)
    )
    return {
        Split.TRAIN: np.flatnonzero(train & (weights != LEFT_OUT)),
        Split.VALIDATION: np.flatnonzero(validation),
    }


def unlabelled_tiles(session: ReviewSession) -> Int64:
    """Return the indexes of the tiles without a label that a run may take statistics from.

    Those without sound pixels are stored as plain grey. Those on the validation side stay unseen:
    once a reader labels one, models are judged by it.
    """
    tiles = session.tiles
    unlabelled = (session.effective == UNLABELLED) & tiles.usable
    return np.flatnonzero(unlabelled & (tiles.splits != Split.VALIDATION))


@dataclass(frozen=True, kw_only=True)
class Run:
    """How to learn it.

    Args:
        recipe: The net and how it is trained.
        seed: Seed of weights, order and augmentation.
        epochs: In place of the recipe's number; None for that.
        max_seconds: Time limit; None for none.
        environment: Variables of the compute process, such as the backend.
        parent: The model to start from; None to start from scratch.
        weights: A file of pretrained weights, in place of Keras' cache and a download.
    """

    recipe: Recipe
    seed: int
    epochs: int | None = None
    max_seconds: float | None = None
    environment: Mapping[str, str]
    parent: ModelRecord | None = None
    weights: Path | None = None


def learn(*, project: Project, lesson: Lesson, run: Run) -> Operation[ModelRecord]:
    """Train one model and enter it into the registry."""
    start: AbstractContextManager[Network | None] = nullcontext()
    if run.parent is not None:
        start = network_in_use(project, run.parent)
    with project.new_model_number() as number, start as network:
        return (yield from _learn(project, lesson, run, number, network))


def _learn(
    project: Project, lesson: Lesson, run: Run, number: int, network: Network | None
) -> Operation[ModelRecord]:
    model_id = new_model_id(number, run.recipe.name)
    extra = lesson.queue if run.parent else np.zeros(0, np.int64)
    start_from = None if network is None else (yield from network.file(run.environment))
    request = TrainRequest(
        tiles=lesson.tiles,
        labels=lesson.labels,
        train=lesson.train,
        validation=lesson.validation,
        extra=extra,
        extra_weights=lesson.weights[extra],
        unlabelled=lesson.unlabelled,
        recipe=run.recipe,
        folder=project.model_folder(model_id),
        seed=run.seed,
        epochs=run.epochs,
        max_seconds=run.max_seconds,
        start_from=start_from,
        weights=run.weights,
    )
    result: TrainResult = yield Job(
        title="Training model {number} ({recipe})",
        facts={"number": number, "recipe": run.recipe.name},
        target="histoviewer.ml.work:train",
        request=request,
        environment=run.environment,
    )
    record = ModelRecord(
        id=model_id,
        number=number,
        recipe=run.recipe.name,
        created=datetime.now(UTC),
        seed=run.seed,
        parent=None if run.parent is None else run.parent.id,
        learned_through=lesson.through,
        learned_step=lesson.step,
        data_fingerprint=lesson.tiles.fingerprint,
        metrics=result.metrics,
    )
    with entering(project, model_id):
        write_learned(project.learned_path(model_id), lesson, result.used)
        project.add_model(record)
    return record


def packed_or_refuse(workspace: Workspace) -> PackedTiles:
    """Return the packed store for work on models, which is written into the project.

    Raises:
        InputError: Packing has not finished, or the project is open for reading only.
    """
    workspace.project.refuse_if_read_only()
    return packed_for_reading(workspace)


def write_learned(path: Path, lesson: Lesson, used: Int64) -> None:
    """Keep the exact labels that a model was trained on: what the queue is worked out from.

    Args:
        path: Where to.
        lesson: What there was to learn.
        used: Indexes of the tiles that were learned from.
    """
    learned = np.full(len(lesson.labels), UNLABELLED, np.int8)
    learned[used] = lesson.labels[used]
    try:
        with whole_file(path) as stream:
            np.save(stream, learned)
    except OSError as error:
        raise storage_error(error, "what the model learned") from error
