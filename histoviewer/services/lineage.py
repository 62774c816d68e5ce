"""Lineage: which labels a model learned from, and which model was the first to learn a verdict."""

import csv
import io
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.domain.label_set import LabelSet
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.domain.verdicts import Action, Batch, VerdictLog
from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.project.project import Project
from histoviewer.services.ranking import read_learned

_GIVING = (Action.CONFIRM, Action.RELABEL)
# An ensemble learns nothing itself; what a model from elsewhere learned was no verdict of here.
_TRAINED_HERE = (ModelKind.TRAINED, ModelKind.HEAD)


@dataclass(frozen=True, kw_only=True, eq=False)
class LearnedLabels(LabelSet):
    """The exact set of labels that a model learned from.

    Args:
        model: The model.
    """

    model: ModelRecord


def learned_labels(project: Project, model: ModelRecord) -> LearnedLabels | None:
    """Return what a model learned from; None where that is not known any more.

    Of an ensemble it is what all its members learned alike.
    """
    learned = read_learned(project, model)
    if learned is None:
        return None
    tiles = np.flatnonzero(learned != UNLABELLED)
    return LearnedLabels(model=model, tiles=tiles, labels=learned[tiles])


@dataclass(frozen=True, kw_only=True)
class LabelFacts:
    """The set of labels a model learned from, in figures.

    Args:
        count: How many.
        fingerprint: See `LabelSet.fingerprint`.
    """

    count: int
    fingerprint: str


def label_facts(project: Project, model: ModelRecord, ids: Sequence[str]) -> LabelFacts | None:
    """Return the figures of what a model learned from; None where that is not known any more.

    Any thread but the UI thread: it reads a file and hashes what it holds.
    """
    found = learned_labels(project, model)
    if found is None:
        return None
    return LabelFacts(count=len(found.tiles), fingerprint=found.fingerprint(ids))


@dataclass(frozen=True, kw_only=True)
class Learner:
    """What one model learned of one tile.

    Args:
        model: A model that was trained here.
        label: The label it learned; `UNLABELLED` where the tile was not among those it saw.
    """

    model: ModelRecord
    label: int


def first_learners(
    log: VerdictLog, tile: int, learners: Sequence[Learner]
) -> Mapping[int, ModelRecord]:
    """Return the first model that was trained on each verdict about a tile, by its sequence.

    A model was trained on the label that held when its training began: on that verdict which was
    in force then.

    Args:
        log: The verdict log.
        tile: Index of the tile.
        learners: What each model learned of it, in the order of their numbers.
    """
    tiles = np.array([tile], np.int64)
    found: dict[int, ModelRecord] = {}
    for learner in learners:
        if learner.model.kind not in _TRAINED_HERE:
            continue
        labels = np.array([learner.label], np.int8)
        sequence = int(_verdicts_learned(log, learner.model, tiles, labels)[0])
        if sequence:
            found.setdefault(sequence, learner.model)
    return found


def _verdicts_learned(log: VerdictLog, model: ModelRecord, tiles: Int64, labels: Int8) -> Int64:
    """Return (n,) int64: the sequence of the verdict that gave each label; 0 where none did.

    Args:
        log: The verdict log.
        model: A model. Of one from elsewhere no verdict of here gave its labels.
        tiles: (n,) indexes, ascending.
        labels: (n,) int8 what it learned of them; `UNLABELLED` where nothing.
    """
    found = np.zeros(len(tiles), np.int64)
    if model.kind is ModelKind.IMPORTED:
        return found
    for step in _steps(log, model):
        states = log.states_at(tiles, step=step)
        gave = (found == 0) & (labels != UNLABELLED) & (states.decided == labels)
        found[gave] = states.decided_at[gave]
    return found


def _steps(log: VerdictLog, model: ModelRecord) -> Sequence[int]:
    """Return the step of the log that was the newest when a training began, or those it may be.

    Where it was not noted, steps that were taken back right after the newest verdict may have been
    so before the training or after it. What the model learned tells of most tiles which it was.
    """
    if model.learned_step is not None:
        return [model.learned_step]
    through = model.learned_through
    newest = bisect_right(log.batches, through, key=_last_sequence)
    first = bisect_left(log.batches, through, key=_last_sequence) + 1
    return range(min(first, newest), newest + 1)


def _last_sequence(batch: Batch) -> int:
    return batch.first_sequence + len(batch) - 1


@dataclass(frozen=True, kw_only=True)
class LearnedVerdict:
    """One verdict that gave a label, and the first model trained on it.

    Args:
        sequence: Its number in the log.
        tile: Index of the tile.
        batch: The step it belongs to.
        row: Its place in it.
        model: The first model that was trained on it; None where none was.
    """

    sequence: int
    tile: int
    batch: Batch
    row: int
    model: ModelRecord | None


def learned_verdicts(
    project: Project, log: VerdictLog, tiles: Sequence[int] | None = None
) -> Iterator[LearnedVerdict]:
    """Yield each verdict that gave a label with the first model trained on it, by tile.

    Args:
        project: Has the models.
        log: Its verdict log.
        tiles: Whose verdicts; of all tiles by default.
    """
    wanted = np.flatnonzero(log.states.touched_at) if tiles is None else np.unique(tiles)
    first = _first_models(project, log, wanted)
    for tile in wanted.tolist():
        for batch, row in log.history(tile):
            if batch.actions[row] in _GIVING:
                sequence = batch.first_sequence + row
                yield LearnedVerdict(
                    sequence=sequence, tile=tile, batch=batch, row=row, model=first.get(sequence)
                )


def _first_models(project: Project, log: VerdictLog, tiles: Int64) -> Mapping[int, ModelRecord]:
    """Return the first model that was trained on each verdict about some tiles, by its sequence."""
    found: dict[int, ModelRecord] = {}
    for model in project.models():
        learned = read_learned(project, model) if model.kind in _TRAINED_HERE else None
        if learned is not None:
            sequences = _verdicts_learned(log, model, tiles, learned[tiles])
            for sequence in sequences[sequences > 0].tolist():
                found.setdefault(sequence, model)
    return found


def write_labels(found: LearnedLabels, ids: Sequence[str], log: VerdictLog, out: Path) -> None:
    """Write what a model learned from as CSV: id, label, and where the label was from then.

    A verdict, or the data set; 'elsewhere' for a model that was not trained here.

    Args:
        found: The labels.
        ids: Of all tiles.
        log: The verdict log, which may have grown since.
        out: Where to.

    Raises:
        StorageError: It could not be written.
    """
    verdicts = _verdicts_learned(log, found.model, found.tiles, found.labels)
    other = "elsewhere" if found.model.kind is ModelKind.IMPORTED else "given"
    rows = (
        (ids[tile], label, "verdict" if verdict else other)
        for tile, label, verdict in zip(
            found.tiles.tolist(), found.labels.tolist(), verdicts.tolist(), strict=True
        )
    )
    write_rows(("id", "label", "source"), rows, out)


def write_rows(titles: Sequence[str], rows: Iterator[Sequence[object]], out: Path) -> None:
    """Write rows as CSV, whole or not at all.

    Raises:
        StorageError: They could not be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows(rows)
    try:
        with whole_file(out) as stream:
            stream.write(text.getvalue().encode())
    except OSError as error:
        raise storage_error(error, "the list") from error
