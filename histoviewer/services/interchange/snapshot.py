"""What an export writes: the project as it was when the export was asked for."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8
from histoviewer.domain.batches import Batch
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames
from histoviewer.domain.ledger import Ledger, replica
from histoviewer.domain.opinions import Opinions, read_opinions
from histoviewer.domain.tiles import TileTable
from histoviewer.domain.verdicts import TileStates, VerdictLog
from histoviewer.services.opening import Workspace


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """A project's tiles and verdicts at one moment. Taken at once; the rest in any one thread.

    Args:
        name: Of the project.
        root: Folder that the tiles' locations are relative to.
        tiles: The tiles.
        classes: What the data set calls its classes.
        batches: The verdict log.
        model: Id of the champion; None without one.
        scores: (N,) float32 its scores: NaN where unscored, and where a blind reader must not see
            them.
        threshold: Score from which on the champion says positive.
    """

    name: str
    root: Path
    tiles: TileTable
    classes: ClassNames
    batches: tuple[Batch, ...]
    model: str | None
    scores: Float32
    threshold: float

    @classmethod
    def of(cls, workspace: Workspace) -> Self:
        """Take a snapshot. In the thread that reviews."""
        session, info = workspace.session, workspace.project.info
        hidden = session.hidden(np.arange(len(session.tiles)))
        model = session.ranking.model
        return cls(
            name=info.name,
            root=info.root,
            tiles=session.tiles,
            classes=session.classes,
            batches=tuple(session.log.batches),
            model=None if model is None else model.id,
            scores=np.where(hidden, np.float32(np.nan), session.scores),
            threshold=session.threshold,
        )

    @cached_property
    def log(self) -> VerdictLog:
        """Return a verdict log of its own."""
        return replica(self.batches, len(self.tiles))

    @cached_property
    def ledger(self) -> Ledger:
        """Return every verdict."""
        return Ledger.of(self.log)

    @cached_property
    def opinions(self) -> Opinions:
        """Return what each reader says of each tile."""
        return read_opinions(self.log)

    @property
    def states(self) -> TileStates:
        """Return what the verdicts say of every tile."""
        return self.log.states

    @cached_property
    def predicted(self) -> Int8:
        """Return (N,) int8 labels the champion predicts; `UNLABELLED` where there is no score."""
        label = np.where(self.scores >= self.threshold, POSITIVE, NEGATIVE)
        return np.where(np.isnan(self.scores), UNLABELLED, label).astype(np.int8)

    @property
    def judged(self) -> Bool:
        """Return (N,) bool: tiles of which some verdict stands."""
        return np.asarray(self.states.judged_by != 0)
