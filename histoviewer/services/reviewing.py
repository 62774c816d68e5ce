"""Reviewing: readers' verdicts, undo and redo, and what follows from them, at once and in memory.

The session is the one truth about labels while a project is open. It works on arrays and returns at
once; each batch goes to a sink that puts it on disk (the writer thread of the window, or the
database itself at the command line).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int64
from histoviewer.domain.labels import UNLABELLED, ClassNames
from histoviewer.domain.queue_weights import QueueWeights
from histoviewer.domain.tiles import TileTable
from histoviewer.domain.verdicts import Action, Batch, Mode, Sources, VerdictLog
from histoviewer.errors import InputError
from histoviewer.services.changes import Changes
from histoviewer.services.ranking import Ranking
from histoviewer.services.review_state import OnScreen, ReviewState


class ReviewSession(ReviewState):
    """The review of an open project: every verdict goes through here, and all stays consistent.

    The log keeps with each verdict what a model said of the tile on screen: that is the champion,
    but where a view shows another model and hands in what it shows, as `seen`. Belongs to one
    thread: the UI thread in the window.

    Args:
        tiles: The tiles of the project.
        log: Its verdict log.
        classes: What its classes are called.
        reader: Name recorded with each verdict; may be set at any time.
        ranking: The champion and its scores.
        record: Takes each new batch and sees to it that it reaches the disk.
        read_only: Refuse every verdict: the project is open for looking only.
        queue_weights: How much waiting tiles weigh in retraining; by default all alike.
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
        read_only: bool = False,
        queue_weights: QueueWeights | None = None,
    ) -> None:
        super().__init__(
            tiles=tiles,
            log=log,
            classes=classes,
            reader=reader,
            ranking=ranking,
            queue_weights=queue_weights,
        )
        self.read_only = read_only
        self._record = record

    def label(
        self,
        tiles: Sequence[int] | Int64,
        label: int,
        *,
        seen: OnScreen | None = None,
        initiator: object = None,
    ) -> Changes:
        """Record that a reader gave some tiles a label (keys 1 and 0)."""
        index = _as_index(tiles)
        labels = np.full(len(index), label, np.int8)
        return self._decide(index, labels, seen=seen, initiator=initiator)

    def answer(
        self,
        tiles: Sequence[int] | Int64,
        *,
        agree: bool,
        seen: OnScreen | None = None,
        initiator: object = None,
    ) -> Changes:
        """Record that a reader confirms what the model says, or rejects it (keys A and X).

        Raises:
            InputError: A tile has no score, or it is hidden, so there is nothing to agree with.
        """
        index = _as_index(tiles)
        if self.hidden(index).any():
            raise InputError(
                "In a blind read the model's answer is hidden until the verdict.",
                "Give the label itself with 1 or 0, or end the blind read with B.",
            )
        predicted = (seen or self.on_screen).predicted(index)
        if (predicted == UNLABELLED).any():
            raise InputError(
                "There is no score to agree or disagree with yet.",
                "Score the tiles first, or give the label itself with 1 or 0.",
            )
        labels = predicted if agree else (1 - predicted).astype(np.int8)
        return self._decide(index, labels, seen=seen, initiator=initiator)

    def skip(
        self,
        tiles: Sequence[int] | Int64,
        *,
        seen: OnScreen | None = None,
        initiator: object = None,
    ) -> Changes:
        """Record that a reader passed over some tiles for now (key Space)."""
        return self._mark(_as_index(tiles), Action.SKIP, seen=seen, initiator=initiator)

    def flag(
        self,
        tiles: Sequence[int] | Int64,
        *,
        seen: OnScreen | None = None,
        initiator: object = None,
    ) -> Changes:
        """Flag some tiles for a second look; take the flag off where all have it (key F)."""
        index = _as_index(tiles)
        action = Action.UNFLAG if self.states.flagged[index].all() else Action.FLAG
        return self._mark(index, action, seen=seen, initiator=initiator)

    def clear(
        self,
        tiles: Sequence[int] | Int64,
        *,
        seen: OnScreen | None = None,
        initiator: object = None,
    ) -> Changes:
        """Record that what was said of some tiles no longer holds."""
        index = _as_index(tiles)
        return self._append(
            index,
            np.full(len(index), Action.CLEAR, np.int8),
            self.tiles.given[index],
            seen=seen,
            initiator=initiator,
        )

    def settle(
        self, tiles: Sequence[int] | Int64, label: int, *, initiator: object = None
    ) -> Changes:
        """Record the label of tiles on which readers differ; they are no longer disputed then."""
        index = _as_index(tiles)
        labels = np.full(len(index), label, np.int8)
        return self._decide(index, labels, mode=Mode.SETTLING, initiator=initiator)

    def apply(
        self, tiles: Int64, actions: Int8, labels: Int8, *, initiator: object = None
    ) -> Changes:
        """Record verdicts of several kinds as one step, such as those of a file.

        They are never blind: nobody looked at the tiles here when they were given.

        Args:
            tiles: (n,) indexes, each at most once.
            actions: (n,) int8 of `Action`.
            labels: (n,) int8 labels for the rows that give one; ignored in the others.
            initiator: Who asked.
        """
        after = self._after(tiles, actions, labels)
        return self._append(tiles, actions, after, mode=Mode.OPEN, initiator=initiator)

    def merge(
        self,
        tiles: Int64,
        actions: Int8,
        labels: Int8,
        sources: Sources,
        *,
        scores: Float32 | None = None,
        initiator: object = None,
    ) -> Changes:
        """Record verdicts that were given on another machine, as one step.

        A row becomes the label of its tile only if it is not older than the verdict that stands; it
        always counts as what its reader thinks.

        Args:
            tiles: (n,) indexes; a tile may come several times.
            actions: (n,) int8 of `Action`.
            labels: (n,) int8 labels for the rows that give one; ignored in the others.
            sources: Who decided each row, when, and its sequence number in the log it is from.
            scores: (n,) float32 scores that were on screen there, NaN where unknown; None for none.
            initiator: Who asked.

        Raises:
            InputError: There would be more readers than can be told apart. Nothing is recorded.
        """
        nothing = np.full(len(tiles), np.nan, np.float32)
        return self._record_rows(
            tiles=tiles,
            actions=actions,
            after=self._after(tiles, actions, labels),
            scores=nothing if scores is None else scores,
            model=None,
            mode=Mode.MERGED,
            sources=sources,
            initiator=initiator,
        )

    def undo(self, batch: int | None = None, *, initiator: object = None) -> Changes:
        """Take back a step; no change where there is none to take back.

        Args:
            batch: Number of the step, which need not be the newest; None for the newest.
            initiator: Who asked.

        Raises:
            InputError: There is no such step, or it does not stand.
        """
        if batch is None:
            target = self.log.undoable
            return self._reverse(None if target is None else target.number, initiator)
        self._check_stands(batch)
        return self._reverse(batch, initiator)

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

    def read_as(self, reader: str) -> Changes:
        """Let another reader go on: what a blind read hides depends on who reads."""
        self.reader = reader
        return Changes(hidden=True)

    def _decide(
        self,
        tiles: Int64,
        labels: Int8,
        *,
        initiator: object,
        seen: OnScreen | None = None,
        mode: Mode | None = None,
    ) -> Changes:
        same = labels == self._effective_of(tiles)
        actions = np.where(same, Action.CONFIRM, Action.RELABEL).astype(np.int8)
        return self._append(tiles, actions, labels, seen=seen, mode=mode, initiator=initiator)

    def _mark(
        self, tiles: Int64, action: Action, *, seen: OnScreen | None, initiator: object
    ) -> Changes:
        actions = np.full(len(tiles), action, np.int8)
        after = self._effective_of(tiles)
        return self._append(tiles, actions, after, seen=seen, initiator=initiator)

    def _effective_of(self, tiles: Int64) -> Int8:
        return self.states.effective_of(tiles, self.tiles.given)

    def _after(self, tiles: Int64, actions: Int8, labels: Int8) -> Int8:
        """Return (n,) int8 labels after rows of several kinds."""
        gives = (actions == Action.CONFIRM) | (actions == Action.RELABEL)
        after = np.where(gives, labels, self._effective_of(tiles))
        after = np.where(actions == Action.CLEAR, self.tiles.given[tiles], after)
        return after.astype(np.int8)

    def _append(
        self,
        tiles: Int64,
        actions: Int8,
        after: Int8,
        *,
        initiator: object,
        seen: OnScreen | None = None,
        mode: Mode | None = None,
    ) -> Changes:
        """Record what the reader did here, with what was on the screen.

        Where no mode is given, it follows from that.
        """
        seen = seen or self.on_screen
        hidden = self.hidden(tiles)
        unseen = bool(hidden.all()) and self.blind
        if mode is None:
            mode = Mode.BLIND if unseen else Mode.OPEN
        return self._record_rows(
            tiles=tiles,
            actions=actions,
            after=after,
            scores=np.where(hidden, np.float32(np.nan), seen.scores[tiles]),
            model=None if unseen else seen.model,
            mode=mode,
            initiator=initiator,
        )

    def _record_rows(
        self,
        *,
        tiles: Int64,
        actions: Int8,
        after: Int8,
        scores: Float32,
        model: str | None,
        mode: Mode,
        sources: Sources | None = None,
        initiator: object,
    ) -> Changes:
        self.refuse_if_read_only()
        if len(tiles) == 0:
            return Changes(initiator=initiator)
        batch = Batch(
            number=self.log.next_number,
            first_sequence=self.log.next_sequence,
            when=datetime.now(UTC),
            reader=self.reader,
            tiles=tiles,
            actions=actions,
            before=self._effective_of(tiles),
            after=after,
            scores=scores,
            model=model,
            mode=mode,
            sources=sources,
        )
        return self._commit(batch, initiator)

    def _reverse(self, target: int | None, initiator: object) -> Changes:
        self.refuse_if_read_only()
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
        self._queued[changed] = self._find_queued(changed)
        self._record(batch)
        return Changes(tiles=changed, verdicts=True, initiator=initiator)

    def refuse_if_read_only(self) -> None:
        """Raise `InputError` where the project is open for reading only."""
        if self.read_only:
            raise InputError(
                "The project is open for reading only, so no verdict can be recorded.",
                "Close it where it is open for writing, then open it again.",
            )

    def _check_stands(self, number: int) -> None:
        log = self.log
        if log.can_take_back(number):
            return
        if not 1 <= number < log.next_number:
            raise InputError(
                f"There is no step {number}.", f"The steps are numbered 1 to {log.next_number - 1}."
            )
        if log.batches[number - 1].undoes is not None:
            raise InputError(
                f"Step {number} took back or brought back another one.",
                "Name the step that it was about.",
            )
        raise InputError(f"Step {number} is taken back already.", "Choose a step that stands.")


def _as_index(tiles: Sequence[int] | Int64) -> Int64:
    """Return tile indexes as an array without repeats, in the order given."""
    index = np.asarray(tiles, np.int64)
    _, first = np.unique(index, return_index=True)
    return index[np.sort(first)]
