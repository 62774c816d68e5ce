"""Judging labels from embeddings: what is probably wrong, and what to look at next."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float16, Float32, Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.strategies import Strategy
from histoviewer.errors import InputError, JobCancelled
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.ml.acquisition import Pool, next_batch
from histoviewer.ml.embedding_requests import EmbeddingFile
from histoviewer.ml.issue_requests import Evidence, IssuesRequest, IssuesResult, NextRequest
from histoviewer.ml.label_errors import active_lab, find_label_errors
from histoviewer.ml.out_of_sample import out_of_sample

_COMMITTEE: Final = 5
_BY_COMMITTEE: Final = (Strategy.BALD, Strategy.VOTE_ENTROPY)
_STEPS: Final = 3


def run_issues(request: IssuesRequest, cancelled: CancelCheck) -> Body[IssuesResult]:
    """Find label errors by confident learning, and what ActiveLab wants labelled.

    Raises:
        InputError: One class only, fewer labels than folds, or embeddings that cannot be read.
        JobCancelled: Asked to stop; nothing was written.
    """
    evidence, probability = request.evidence, request.probability
    yield Progress(phase="learning", done=0, total=_STEPS, unit="steps")
    if probability is None:
        assert request.embeddings is not None, "heads learn on embeddings"
        probability = next(_judge(request.embeddings, evidence))
    yield Progress(phase="judging", done=1, total=_STEPS, unit="steps")
    if cancelled():
        raise JobCancelled
    labelled = np.flatnonzero(evidence.labels != UNLABELLED)
    suspect = np.zeros(len(probability), bool)
    errors = find_label_errors(evidence.labels[labelled], probability[labelled])
    suspect[labelled] = errors.suspect
    yield Progress(phase="judging", done=2, total=_STEPS, unit="steps")
    if cancelled():
        raise JobCancelled
    wanted = active_lab(evidence.opinions, probability)
    return IssuesResult(probability=probability, suspect=suspect, wanted=wanted)


def run_next(request: NextRequest, cancelled: CancelCheck) -> Body[Int64]:
    """Choose tiles to look at next.

    Raises:
        InputError: The strategy asks a model, and the labels are of one class or too few; or the
            embeddings cannot be read.
        JobCancelled: Asked to stop.
    """
    yield Progress(phase="learning", done=0, total=2, unit="steps")
    pool = _pool(request)
    yield Progress(phase="choosing", done=1, total=2, unit="steps")
    if cancelled():
        raise JobCancelled
    return next_batch(
        request.strategy,
        pool,
        size=request.size,
        random_share=request.random_share,
        seed=request.seed,
    )


def _pool(request: NextRequest) -> Pool:
    """Return what to choose from, with the opinion of as much of a committee as is asked."""
    evidence, strategy = request.evidence, request.strategy
    committee = _committee(request)
    wanted = quality = None
    if committee is not None and strategy is Strategy.ACTIVE_LAB:
        wanted = active_lab(evidence.opinions, committee.mean(axis=0))
    if committee is not None and strategy is Strategy.CONFIDENT_LEARNING:
        quality = _quality(evidence, committee.mean(axis=0))
    return Pool(
        features=_read(request.embeddings),
        candidates=request.candidates,
        covered=request.covered,
        clusters=request.copies,
        committee=committee,
        quality=quality,
        wanted=wanted,
        learned=int((evidence.learnable & (evidence.labels != UNLABELLED)).sum()),
    )


def _committee(request: NextRequest) -> Float32 | None:
    """Return (R, N) float32 probabilities; None where the strategy can do without and must."""
    strategy, evidence = request.strategy, request.evidence
    if not strategy.facts.asks_model:
        return None
    repeats = _COMMITTEE if strategy in _BY_COMMITTEE else 1
    try:
        return np.stack(list(_judge(request.embeddings, evidence, repeats=repeats)))
    except InputError:
        if strategy.facts.needs_labels:
            raise
        return None


def _quality(evidence: Evidence, probability: Float32) -> Float32:
    """Return (N,) float32 self-confidence of labels; 1 for tiles without one: nothing is wrong."""
    fits = np.where(evidence.labels == 1, probability, 1 - probability)
    return np.where(evidence.labels == UNLABELLED, np.float32(1), fits)


def _judge(embeddings: EmbeddingFile, evidence: Evidence, *, repeats: int = 1) -> Iterator[Float32]:
    return out_of_sample(
        _read(embeddings),
        evidence.labels,
        evidence.clusters,
        learnable=evidence.learnable,
        weights=evidence.weights,
        folds=evidence.folds,
        repeats=repeats,
        seed=evidence.seed,
    )


def _read(embeddings: EmbeddingFile) -> Float16:
    try:
        return embeddings.read()
    except (OSError, ValueError) as error:
        raise InputError("The embeddings cannot be read.", "Embed the tiles again.") from error
