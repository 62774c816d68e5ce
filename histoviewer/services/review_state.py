"""What is known of the tiles of an open project now: labels, scores, queue; the reading half."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.domain.label_set import LabelSet
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames
from histoviewer.domain.queue import queued, trainable
from histoviewer.domain.queue_weights import LEFT_OUT, QueueWeights
from histoviewer.domain.suspects import Suspects
from histoviewer.domain.tiles import Split, TileTable
from histoviewer.domain.triage import TriageColumns
from histoviewer.domain.verdicts import TileStates, VerdictLog
from histoviewer.services.ranking import Ranking
from histoviewer.tiles.measures import Measures

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OnScreen:
    """What a model says of the tiles, as a reader sees it.

    Args:
        model: Id of the model; None without one.
        scores: (N,) float32 of all tiles, NaN where none is shown.
        threshold: Score from which a tile is shown as predicted positive.
    """

    model: str | None
    scores: Float32
    threshold: float

    def predicted(self, tiles: Int64) -> Int8:
        """Return (n,) int8 labels that the model predicts; `UNLABELLED` where unscored."""
        scores = self.scores[tiles]
        label = np.where(scores >= self.threshold, POSITIVE, NEGATIVE)
        return np.where(np.isnan(scores), UNLABELLED, label).astype(np.int8)


class ReviewState:
    """Tiles, verdicts and scores of an open project, to be looked at.

    Belongs to one thread: the UI thread in the window. `ReviewSession` is what changes it.

    Args:
        tiles: The tiles of the project.
        log: Its verdict log.
        classes: What its classes are called.
        reader: Name recorded with each verdict; may be set at any time.
        ranking: The champion and its scores.
        queue_weights: How much waiting tiles weigh; by default all alike.

    Attributes:
        measures: Brightness and duplicates of the packed tiles; None until they are measured.
        suspects: What was found when label errors were looked for; None until then.
        outliers: (N,) float32 how strange each tile looks; None until that is worked out.
        threshold: Score from which a tile counts as predicted positive.
        blind: Whether scores stay hidden from the reader until the verdict; may be set at any time.
    """

    def __init__(
        self,
        *,
        tiles: TileTable,
        log: VerdictLog,
        classes: ClassNames,
        reader: str,
        ranking: Ranking,
        queue_weights: QueueWeights | None = None,
    ) -> None:
        self.tiles = tiles
        self.queue_weights = queue_weights or QueueWeights.of(len(tiles))
        self.log = log
        self.classes = classes
        self.reader = reader
        self.ranking = ranking
        self.threshold = THRESHOLD
        self.blind = False
        self.measures: Measures | None = None
        self.suspects: Suspects | None = None
        self.outliers: Float32 | None = None
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
    def on_screen(self) -> OnScreen:
        """Return what the champion says: what a reader sees wherever no other model is shown."""
        model = self.ranking.model
        return OnScreen(
            model=None if model is None else model.id,
            scores=self.scores,
            threshold=self.threshold,
        )

    @property
    def effective(self) -> Int8:
        """Return (N,) int8 labels: the newest verdict, else the given label."""
        return self.states.effective(self.tiles.given)

    def validation_labels(self) -> LabelSet:
        """Return the validation tiles that models are judged on, with their labels as they are now.

        O(N): not for each verdict.
        """
        labels = self.effective
        usable = trainable(tiles=self.tiles, effective=labels, split=Split.VALIDATION)
        tiles = np.flatnonzero(usable)
        return LabelSet(tiles=tiles, labels=labels[tiles])

    @property
    def queued(self) -> Bool:
        """Return (N,) bool: tiles that wait for retraining; live, do not keep it."""
        return self._queued

    def waiting(self) -> Int64:
        """Return the tiles whose verdict the champion has not learned, those left out among them.

        O(N): not for each verdict.
        """
        return np.flatnonzero(self._find_waiting())

    def weigh(self, tiles: Int64, weight: float, *, when: datetime) -> None:
        """Let some waiting tiles weigh more or less in the next retraining; 0 leaves them out."""
        self.queue_weights.put(tiles, weight, when=when)
        self._queued[tiles] = self._find_queued(tiles)

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
        measures, suspects, outliers = self.measures, self.suspects, self.outliers
        rows = slice(None) if tiles is None else tiles
        effective = self.effective if tiles is None else states.effective_of(tiles, table.given)
        # Of a tile that cannot be looked at no model can say whether its label is wrong.
        visible = np.where(table.usable[rows], effective, np.int8(UNLABELLED))
        judged = (
            None if suspects is None else suspects.judge(visible, states.decided_at[rows], rows)
        )
        return TriageColumns(
            ids=table.id_search if tiles is None else table.id_search.take(tiles),
            splits=table.splits[rows],
            given=table.given[rows],
            decided=states.decided[rows].copy(),
            skipped=states.skipped[rows].copy(),
            flagged=states.flagged[rows].copy(),
            queued=self._queued[rows].copy(),
            learned=np.zeros(table.given[rows].shape, bool)
            if learned is None
            else learned[rows] >= 0,
            touched_at=states.touched_at[rows].copy(),
            judged_by=states.judged_by[rows].copy(),
            scores=self.scores[rows],
            groups=table.groups[rows],
            problems=table.problems[rows],
            brightness=None if measures is None else measures.brightness[rows],
            label_quality=None if judged is None else judged.quality,
            suspect=None if judged is None else judged.suspect,
            outlier=None if outliers is None else outliers[rows],
            readers=self.log.readers,
            group_names=table.group_index,
            threshold=self.threshold,
        )

    def hidden(self, tiles: Sequence[int] | Int64) -> Bool:
        """Return (n,) bool: tiles whose scores and predictions must not be shown now.

        In a blind read those that this reader has given no label yet, whatever others said. Every
        view asks this before it shows what a model says.
        """
        index = np.asarray(tiles, np.int64)
        if not self.blind:
            return np.zeros(len(index), bool)
        mine = self.states.labelled_by[index] & self.log.reader_bit(self.reader)
        return np.asarray(mine == 0)

    def predicted(self, tiles: Int64) -> Int8:
        """Return (n,) int8 labels the champion predicts; `UNLABELLED` where unscored."""
        return self.on_screen.predicted(tiles)

    def _find_queued(self, among: Int64 | None = None) -> Bool:
        rows = slice(None) if among is None else among
        weights = self.queue_weights.standing(self.states.label_times, rows)
        return np.asarray(self._find_waiting(among) & (weights != LEFT_OUT))

    def _find_waiting(self, among: Int64 | None = None) -> Bool:
        return queued(
            tiles=self.tiles,
            states=self.states,
            learned=self.ranking.learned,
            learned_through=self.ranking.learned_through,
            among=among,
        )
