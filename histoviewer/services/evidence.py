"""What a project knows of its labels: who gave which, and which may be learned from."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int32, Int64
from histoviewer.domain.folds import check_labels, kept_together
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.opinions import read_opinions
from histoviewer.domain.tiles import Split
from histoviewer.domain.verdicts import VerdictLog
from histoviewer.ml.issue_requests import Evidence
from histoviewer.services.opening import Workspace
from histoviewer.services.quick import VERDICT_WEIGHT


@dataclass(frozen=True, kw_only=True, eq=False)
class Labels:
    """The labels of an open project at one moment.

    Args:
        given: (N,) int8 labels of the data set, `UNLABELLED` for tiles whose pixels say nothing.
        effective: (N,) int8 the newest verdicts, else those; likewise.
        decided: (N,) bool: a reader gave the label.
        usable: (N,) bool: tiles whose pixels can be looked at.
        learnable: (N,) bool: training tiles.
        groups: (N,) int32, -1 where unknown.
        duplicates: (N,) int64 sets of exact duplicates, -1 for tiles without; None if not known.
        log: The verdict log, which may have grown since.
        through: Its newest sequence at that moment.
        folds: How many parts to judge in.
    """

    given: Int8
    effective: Int8
    decided: Bool
    usable: Bool
    learnable: Bool
    groups: Int32
    duplicates: Int64 | None
    log: VerdictLog
    through: int
    folds: int

    @classmethod
    def of(cls, workspace: Workspace, *, folds: int) -> Self:
        """Take a snapshot in the session's thread."""
        session = workspace.session
        tiles, measures = session.tiles, session.measures
        return cls(
            given=np.where(tiles.usable, tiles.given, UNLABELLED),
            effective=np.where(tiles.usable, session.effective, UNLABELLED),
            decided=session.states.decided != UNLABELLED,
            usable=tiles.usable,
            learnable=np.asarray((tiles.splits == Split.TRAIN) & tiles.usable),
            groups=tiles.groups,
            duplicates=None if measures is None else measures.clusters,
            log=session.log,
            through=session.log.last_sequence,
            folds=folds,
        )

    def refuse_too_few(self) -> None:
        """Refuse labels that are of one class, or fewer of a class than folds.

        Raises:
            InputError: They are.
        """
        learned = self.effective[self.learnable]
        check_labels(learned[learned != UNLABELLED], folds=self.folds)

    def evidence(self) -> Evidence:
        """Return what a job is told. Any thread: reads opinions off the log."""
        weights: Float32 = np.where(self.decided, np.float32(VERDICT_WEIGHT), np.float32(1))
        return Evidence(
            labels=self.effective,
            opinions=np.concatenate([self.given[None], self._opinions()]),
            clusters=kept_together(self.groups, self.duplicates),
            learnable=self.learnable,
            weights=weights,
            folds=self.folds,
        )

    def _opinions(self) -> Int8:
        """Return (R, N) int8: what each reader thinks of tiles that can be looked at."""
        return np.where(self.usable, read_opinions(self.log).labels, UNLABELLED).astype(np.int8)
