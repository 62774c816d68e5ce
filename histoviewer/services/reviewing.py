"""Reviewing: readers' verdicts, undo and redo, and what follows from them, at once and in memory.

The session is the one truth about labels while a project is open. It works on arrays and returns at
once; each batch goes to a sink that puts it on disk (the writer thread of the window, or the
database itself at the command line).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames
from histoviewer.domain.queue import queued
from histoviewer.domain.tiles import TileTable
from histoviewer.domain.triage import TriageColumns
from histoviewer.domain.verdicts import Action, Batch, TileStates, VerdictLog
from histoviewer.errors import InputError
from histoviewer.services.changes import Changes
from histoviewer.services.ranking import Ranking

THRESHOLD = 0.5


class ReviewSession:
    """Tiles, verdicts and scores of an open project, kept consistent.

    Belongs to one thread: the UI thread in the window.

    Args:
        tiles: The tiles of the project.
        log: Its verdict log.
        classes: What its classes are called.
        reader: Name recorded with each verdict.
        ranking: The champion and its scores.
        record: Takes each new batch and sees to it that it reaches the disk.
    """

    def __init__(
        self,
        *,
        tiles: TileTable,
        log: VerdictLog,
        classes: ClassNames,
        reader: str,
        ranking: Ranking,
        record: Callable[[Batch], None],
    ) -> None:
        self.tiles = tiles
        self.log = log
        self.classes = classes
        self.reader = reader
        self.ranking = ranking
        self.threshold = THRESHOLD
        self._record = record
        self._queued = self._find_queued()

    @property
    def states(self) -> TileStates:
        """Return what the verdict log says of every tile; arrays are live, do not keep them."""
        return self.log.states

    @property
    def scores(self) -> Float32:
        """Return (N,) float32 scores of the champion, NaN where unscored."""
        return self.ranking.scores

    @property
    def effective(self) -> Int8:
        """Return (N,) int8 labels: the newest verdict, else the given label."""
        return self.states.effective(self.tiles.given)

    @property
    def queued(self) -> Bool:
        """Return (N,) bool: tiles that wait for retraining."""
        return self._queued

    @property
    def queue_length(self) -> int:
        """Return how many tiles wait for retraining."""
        return int(np.count_nonzero(self._queued))

    def columns(self, tiles: Int64 | None = None) -> TriageColumns:
        """Return what filters and sorts look at. What can change is copied: safe in any thread.

        Args:
            tiles: (n,) for these tiles only, in this order; None for all.
        """
        table, states, learned = self.tiles, self.states, self.ranking.learned
        rows = slice(None) if tiles is None else tiles
        return TriageColumns(
            ids=table.id_search if tiles is None else table.id_search.take(tiles),
            splits=table.splits[rows],
            given=table.given[rows],
            decided=states.decided[rows].copy(),
            skipped=states.skipped[rows].copy(),
            flagged=states.flagged[rows].copy(),
            queued=self._queued[rows],
            learned=np.zeros(len(table), bool)[rows] if learned is None else learned[rows] >= 0,
            touched_at=states.touched_at[rows].copy(),
            judged_by=np.zeros(len(table), np.uint64)[rows],
            scores=self.scores[rows],
            groups=table.groups[rows],
            problems=table.problems[rows],
            brightness=None,
            readers=(),
            group_numbers=table.group_numbers,
            threshold=self.threshold,
        )

    def predicted(self, tiles: Int64) -> Int8:
        """Return (n,) int8 labels the champion predicts; `UNLABELLED` where unscored."""
        scores = self.scores[tiles]
        label = np.where(scores >= self.threshold, POSITIVE, NEGATIVE)
        return np.where(np.isnan(scores), UNLABELLED, label).astype(np.int8)

    def label(
        self, tiles: Sequence[int] | Int64, label: int, *, initiator: object = None
    ) -> Changes:
        """Record that a reader gave some tiles a label (keys 1 and 0)."""
        index = _as_index(tiles)
        return self._decide(index, np.full(len(index), label, np.int8), initiator=initiator)

    def answer(
        self, tiles: Sequence[int] | Int64, *, agree: bool, initiator: object = None
    ) -> Changes:
        """Record that a reader confirms what the model says, or rejects it (keys A and X).

        Raises:
            InputError: A tile has no score, so there is nothing to agree with.
        """
        index = _as_index(tiles)
        predicted = self.predicted(index)
        if (predicted == UNLABELLED).any():
            raise InputError(
                "There is no score to agree or disagree with yet.",
                "Score the tiles first, or give the label itself with 1 or 0.",
            )
        labels = predicted if agree else (1 - predicted).astype(np.int8)
        return self._decide(index, labels, initiator=initiator)

    def skip(self, tiles: Sequence[int] | Int64, *, initiator: object = None) -> Changes:
        """Record that a reader passed over some tiles for now (key Space)."""
        return self._mark(_as_index(tiles), Action.SKIP, initiator=initiator)

    def flag(self, tiles: Sequence[int] | Int64, *, initiator: object = None) -> Changes:
        """Flag some tiles for a second look; take the flag off where all have it (key F)."""
        index = _as_index(tiles)
        all_flagged = bool(self.states.flagged[index].all())
        return self._mark(index, Action.UNFLAG if all_flagged else Action.FLAG, initiator=initiator)

    def clear(self, tiles: Sequence[int] | Int64, *, initiator: object = None) -> Changes:
        """Record that what was said of some tiles no longer holds."""
        index = _as_index(tiles)
        return self._append(
            index,
            np.full(len(index), Action.CLEAR, np.int8),
            self.tiles.given[index],
            initiator=initiator,
        )

    def apply(self, tiles: Int64, actions: Int8, labels: Int8) -> Changes:
        """Record verdicts of several kinds as one step, such as those of a file.

        Args:
            tiles: (n,) indexes, each at most once.
            actions: (n,) int8 of `Action`.
            labels: (n,) int8 labels for the rows that give one; ignored in the others.
        """
        effective = self.effective[tiles]
        gives = (actions == Action.CONFIRM) | (actions == Action.RELABEL)
        after = np.where(gives, labels, effective)
        after = np.where(actions == Action.CLEAR, self.tiles.given[tiles], after)
        return self._append(tiles, actions, after.astype(np.int8), initiator=None)

    def undo(self, *, initiator: object = None) -> Changes:
        """Take back the newest step; no change where there is none."""
        target = self.log.undoable
        return self._reverse(None if target is None else target.number, initiator)

    def redo(self, *, initiator: object = None) -> Changes:
        """Bring back the step taken back last; no change where there is none."""
        return self._reverse(self.log.redo_target, initiator)

    def rank_by(self, ranking: Ranking, *, initiator: object = None) -> Changes:
        """Let another champion or other scores rank the tiles."""
        self.ranking = ranking
        self._queued = self._find_queued()
        return Changes(verdicts=True, scores=True, models=True, initiator=initiator)

    def replace_tiles(self, tiles: TileTable, *, initiator: object = None) -> Changes:
        """Take over splits and problems found by packing. The number of tiles stays the same."""
        assert len(tiles) == len(self.tiles)
        self.tiles = tiles
        self._queued = self._find_queued()
        return Changes(data=True, verdicts=True, initiator=initiator)

    def _decide(self, tiles: Int64, labels: Int8, *, initiator: object) -> Changes:
        same = labels == self.effective[tiles]
        actions = np.where(same, Action.CONFIRM, Action.RELABEL).astype(np.int8)
        return self._append(tiles, actions, labels, initiator=initiator)

    def _mark(self, tiles: Int64, action: Action, *, initiator: object) -> Changes:
        actions = np.full(len(tiles), action, np.int8)
        return self._append(tiles, actions, self.effective[tiles], initiator=initiator)

    def _append(self, tiles: Int64, actions: Int8, after: Int8, *, initiator: object) -> Changes:
        if len(tiles) == 0:
            return Changes(initiator=initiator)
        model = self.ranking.model
        batch = Batch(
            number=self.log.next_number,
            first_sequence=self.log.next_sequence,
            when=datetime.now(UTC),
            reader=self.reader,
            tiles=tiles,
            actions=actions,
            before=self.effective[tiles],
            after=after,
            scores=self.scores[tiles],
            model=None if model is None else model.id,
        )
        return self._commit(batch, initiator)

    def _reverse(self, target: int | None, initiator: object) -> Changes:
        if target is None:
            return Changes(initiator=initiator)
        batch = Batch(
            number=self.log.next_number,
            first_sequence=self.log.next_sequence,
            when=datetime.now(UTC),
            reader=self.reader,
            undoes=target,
        )
        return self._commit(batch, initiator)

    def _commit(self, batch: Batch, initiator: object) -> Changes:
        changed = self.log.append(batch)
        self._queued = self._find_queued()
        self._record(batch)
        return Changes(tiles=changed, verdicts=True, initiator=initiator)

    def _find_queued(self) -> Bool:
        model = self.ranking.model
        return queued(
            tiles=self.tiles,
            states=self.states,
            learned=self.ranking.learned,
            learned_through=0 if model is None else model.learned_through,
        )


def _as_index(tiles: Sequence[int] | Int64) -> Int64:
    """Return tile indexes as an array without repeats, in the order given."""
    index = np.asarray(tiles, np.int64)
    _, first = np.unique(index, return_index=True)
    return index[np.sort(first)]
