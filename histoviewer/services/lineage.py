"""Lineage: which labels a model learned from, and which model was the first to learn a verdict."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.domain.verdicts import Action, Batch, VerdictLog
from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.project.project import Project
from histoviewer.services.ranking import read_learned

_GIVING = (Action.CONFIRM, Action.RELABEL)


@dataclass(frozen=True, kw_only=True, eq=False)
class LearnedLabels:
    """The exact set of labels that a model learned from.

    Args:
        model: The model.
        tiles: (n,) int64 indexes, ascending.
        labels: (n,) int8, 0 or 1.
    """

    model: ModelRecord
    tiles: Int64
    labels: Int8

    def fingerprint(self, ids: Sequence[str]) -> str:
        """Return the SHA-256 of the set: one line a tile, id, tab and label, by id.

        The same tiles with the same labels give the same one, in whatever project they are.
        """
        pairs = zip(self.tiles.tolist(), self.labels.tolist(), strict=True)
        lines = sorted(f"{ids[tile]}\t{label}\n" for tile, label in pairs)
        return sha256("".join(lines).encode()).hexdigest()


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
        fingerprint: See `LearnedLabels.fingerprint`.
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
    the newest then, and had not been taken back.

    Args:
        log: The verdict log.
        tile: Index of the tile.
        learners: What each model learned of it, in the order of their numbers.
    """
    rows = [
        (batch.first_sequence + row, batch, row)
        for batch, row in log.history(tile)
        if batch.actions[row] in (*_GIVING, Action.CLEAR)
    ]
    found: dict[int, ModelRecord] = {}
    for learner in learners:
        if learner.label == UNLABELLED or learner.model.kind not in _TRAINED_HERE:
            continue
        through = learner.model.learned_through
        held = [row for row in rows if row[0] <= through and _stood(log, row[1], through)]
        if held:
            sequence, batch, row = held[-1]
            if batch.actions[row] in _GIVING and int(batch.after[row]) == learner.label:
                found.setdefault(sequence, learner.model)
    return found


# What is learned of a head or a training begins with the log of here; of others it is not known.
_TRAINED_HERE = (ModelKind.TRAINED, ModelKind.HEAD)


def _stood(log: VerdictLog, batch: Batch, through: int) -> bool:
    """Return whether a batch was in force when the row `through` was the newest."""
    if log.stands(batch):
        return True
    undone = next(each for each in reversed(log.batches) if each.undoes == batch.number)
    return undone.first_sequence > through


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
    known = [(model, read_learned(project, model)) for model in project.models()]
    arrays = [(model, learned) for model, learned in known if learned is not None]
    wanted = np.flatnonzero(log.states.touched_at) if tiles is None else tiles
    for tile in map(int, wanted):
        learners = [Learner(model=model, label=int(learned[tile])) for model, learned in arrays]
        first = first_learners(log, tile, learners)
        for batch, row in log.history(tile):
            if batch.actions[row] in _GIVING:
                sequence = batch.first_sequence + row
                yield LearnedVerdict(
                    sequence=sequence, tile=tile, batch=batch, row=row, model=first.get(sequence)
                )


def write_labels(found: LearnedLabels, ids: Sequence[str], decided: Int8, out: Path) -> None:
    """Write what a model learned from as CSV: id, label, and whether a verdict gave it.

    Args:
        found: The labels.
        ids: Of all tiles.
        decided: (N,) int8 verdicts as they are now.
        out: Where to.

    Raises:
        StorageError: It could not be written.
    """
    rows = (
        (ids[tile], label, "verdict" if decided[tile] == label else "given")
        for tile, label in zip(found.tiles.tolist(), found.labels.tolist(), strict=True)
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
