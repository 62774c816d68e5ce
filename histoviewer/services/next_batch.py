"""The next batch: which tiles a reader should look at, by a strategy of active learning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from histoviewer.domain.arrays import Bool, Int64
from histoviewer.domain.folds import FOLDS
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.splits import merge_clusters
from histoviewer.domain.strategies import Strategy
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.issue_requests import NextRequest
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.embedding_file import embedding_file
from histoviewer.services.evidence import Labels
from histoviewer.services.near_duplicates import read_near_duplicates
from histoviewer.services.opening import Workspace, packed_for_reading
from histoviewer.services.ranking import find_model
from histoviewer.services.suspects import embedded
from histoviewer.tiles.store import PackedTiles

SIZE = 40  # a few minutes of reading, after which the model has learned something


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a reader wants to look at next.

    Args:
        strategy: How to choose.
        size: How many tiles, from 1.
        random_share: Share of them drawn at random, 0-1; None for what is usual.
        split: Of which side; None for all.
        seed: The same seed, labels and verdicts give the same batch.
    """

    strategy: Strategy = Strategy.MIX
    size: int = SIZE
    random_share: float | None = None
    split: Split | None = Split.TRAIN
    seed: int = 0

    @property
    def share(self) -> float:
        """Return what share is drawn at random."""
        usual = self.strategy.facts.random_share
        return usual if self.random_share is None else self.random_share


@dataclass(frozen=True, kw_only=True, eq=False)
class NextBatch:
    """What to look at next.

    Args:
        wish: What was asked for.
        tiles: (n,) int64 indexes, the most urgent first; fewer than asked for where there are no
            more that differ.
        model: The model whose embeddings were looked at.
    """

    wish: Wish
    tiles: Int64
    model: ModelRecord


class _Candidates(NamedTuple):
    """Which tiles may be offered.

    Args:
        tiles: (n,) int64 that nobody has decided or passed over.
        covered: (m,) int64 that a reader has decided, and those with a label that are not offered.
    """

    tiles: Int64
    covered: Int64


def choose_next(
    *,
    workspace: Workspace,
    wish: Wish,
    model_id: str | None = None,
    backend: str | None = None,
) -> Operation[NextBatch]:
    """Choose what a reader should look at next.

    Offered is what nobody has decided or passed over: tiles without any label where there are
    some, unless the strategy looks for wrong labels. No tile of a batch is an exact or a near
    duplicate of another. Tiles are embedded first where they are not.

    Args:
        workspace: The open project.
        wish: Strategy, size and so on.
        model_id: Id or number of the model whose embeddings to look at; the champion for None.
        backend: Of the compute process.

    Raises:
        InputError: There is nothing left to offer, no model, or too few labels for the strategy.
    """
    packed = packed_for_reading(workspace)
    labels = Labels.of(workspace, folds=FOLDS)
    if wish.strategy.facts.needs_labels:
        labels.refuse_too_few()
    candidates = _candidates(workspace, wish, labels)
    choice = _Choice(workspace.project, model_id, packed, labels, environment_of(backend))
    return _choose(choice, candidates, wish)


def _candidates(workspace: Workspace, wish: Wish, labels: Labels) -> _Candidates:
    session = workspace.session
    states, tiles = session.states, session.tiles
    asked: Bool = tiles.usable.copy()
    if wish.split is not None:
        asked &= tiles.splits == wish.split
    offered = asked & (states.decided == UNLABELLED) & ~states.passed
    known = labels.effective != UNLABELLED
    if wish.strategy.facts.seeks_errors:
        # What has no label can have no wrong one; ActiveLab weighs both against each other.
        offered &= known if wish.strategy is Strategy.CONFIDENT_LEARNING else True
    elif (offered & ~known).any():
        offered &= ~known
    if not offered.any():
        raise InputError(
            "There is no tile left to offer: all have been decided or passed over.",
            "Choose another split, or clear some verdicts.",
        )
    return _Candidates(
        tiles=np.flatnonzero(offered), covered=np.flatnonzero(asked & known & ~offered)
    )


class _Choice(NamedTuple):
    """What is chosen from, and with what."""

    project: Project
    model_id: str | None
    packed: PackedTiles
    labels: Labels
    environment: Mapping[str, str]


def _choose(choice: _Choice, candidates: _Candidates, wish: Wish) -> Operation[NextBatch]:
    project, model_id, packed, labels, environment = choice
    model = find_model(project, model_id)
    embeddings = yield from embedded(project, model, packed, environment)
    tiles: Int64 = yield Job(
        title="Choosing what to look at next",
        target="histoviewer.ml.issue_work:choose_next",
        request=NextRequest(
            evidence=labels.evidence(),
            embeddings=embedding_file(project, embeddings),
            strategy=wish.strategy,
            size=wish.size,
            random_share=wish.share,
            seed=wish.seed,
            candidates=candidates.tiles,
            covered=candidates.covered,
            copies=_copies(project, packed, labels),
        ),
        lane=Lane.INTERACTIVE,
        environment=environment,
    )
    return NextBatch(wish=wish, tiles=tiles, model=model)


def _copies(project: Project, packed: PackedTiles, labels: Labels) -> Int64:
    """Return (N,) int64: exact duplicates, and near ones that were found, have the same number."""
    alone = np.full(len(labels.given), -1, np.int64)
    exact = alone if labels.duplicates is None else labels.duplicates
    near = read_near_duplicates(project, packed)
    return merge_clusters(exact, alone if near is None else near.clusters(len(alone)))
