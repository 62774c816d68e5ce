"""Probabilities that a tile's own label had no part in: K logistic heads on frozen embeddings.

A model that has learned a wrong label repeats it. So each tile is judged by a head that learned
from other tiles only: those of other folds, where all tiles of a group, and all exact duplicates,
are in one fold (Northcutt, Jiang & Chuang 2021, 'Confident Learning', section 3: probabilities
must be out of sample).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from histoviewer.domain.arrays import Bool, Float32, Float64, Int8, Int64
from histoviewer.domain.folds import FOLDS, assign_folds, check_labels
from histoviewer.domain.labels import UNLABELLED
from histoviewer.errors import InputError

# Of more tiles a head of some hundred weights learns no more: they only cost time.
MOST_LEARNED: Final = 50_000
_ROWS: Final = 32_768  # of embeddings that are in float32 at a time
_STEPS: Final = 1_000
_TOLERANCE: Final = 1e-3
# From so many labels on heads are held back no further. Measured on tiles whose labels the network
# had not seen: of 40 labels a strong hand gives 0.05 of AUC more, of 500 it costs 0.03.
_ENOUGH: Final = 400


@dataclass(frozen=True, kw_only=True, eq=False)
class Head:
    """A logistic regression on embeddings that stand in units of their own spread.

    Args:
        mean: (D,) float32 mean of what it learned from.
        spread: (D,) float32 standard deviation of it; 1 where it does not vary.
        weights: (D,) float32.
        bias: Intercept.
    """

    mean: Float32
    spread: Float32
    weights: Float32
    bias: float

    def logits(self, features: Float32) -> Float32:
        """Return (n,) float32 log-odds of the positive class of (n, D) embeddings."""
        scaled = self.weights / self.spread
        return np.asarray(features @ scaled + np.float32(self.bias - float(self.mean @ scaled)))


def learn_head(features: Float32, labels: Int8, *, weights: Float32 | None = None) -> Head:
    """Learn a head: L2-regularised logistic regression, both classes weighing the same.

    Args:
        features: (n, D) float32.
        labels: (n,) int8, 0 or 1; both occur.
        weights: (n,) float32 how much each tile counts; None for all alike.
    """
    mean, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, np.float32(1)).astype(np.float32)
    head = LogisticRegression(
        C=min(1.0, len(labels) / _ENOUGH),
        class_weight="balanced",
        max_iter=_STEPS,
        tol=_TOLERANCE,
    )
    # One thread: products this small cost less than waking others for them, and on a machine that
    # is busy with a training two take seventy times as long.
    with threadpool_limits(limits=1, user_api="blas"):
        head.fit((features - mean) / spread, labels, sample_weight=weights)
    return Head(
        mean=mean,
        spread=spread,
        weights=head.coef_[0].astype(np.float32),
        bias=float(head.intercept_[0]),
    )


def out_of_sample(
    features: NDArray[np.floating],
    labels: Int8,
    clusters: Int64,
    *,
    learnable: Bool | None = None,
    weights: Float32 | None = None,
    folds: int = FOLDS,
    repeats: int = 1,
    seed: int = 0,
) -> Iterator[Float32]:
    """Yield what heads that never learned a tile's label say of it, once for each repeat.

    A tile that may be learned from is judged by the head of its fold, which learned from the others
    alone. Every other tile is judged by the mean of the log-odds of all heads.

    Args:
        features: (N, D) embeddings, float16 or float32; may be mapped from a file.
        labels: (N,) int8 labels, `UNLABELLED` where there is none.
        clusters: (N,) int64: tiles that must stay together have the same number, such as that of
            their group.
        learnable: (N,) tiles that heads may learn from; all that have a label by default.
        weights: (N,) float32 how much each counts in learning; None for all alike.
        folds: Number of heads; of fewer clusters than that, one head for each.
        repeats: How often all is done over with other folds: a committee of that many members.
        seed: The same seed gives the same result.

    Yields:
        (N,) float32 probability of the positive class.

    Raises:
        InputError: One class only, or fewer labels than folds.
    """
    learned = labels != UNLABELLED
    learned = learned if learnable is None else learned & learnable
    rows = np.flatnonzero(learned)
    check_labels(labels[rows], folds=folds)
    folds = min(folds, len(np.unique(clusters[rows])))
    for repeat in range(repeats):
        fold = assign_folds(labels[rows], clusters[rows], folds=folds, seed=seed + repeat)
        heads = [
            _head_without(features, labels, rows, fold != number, weights, seed=seed + repeat)
            for number in range(folds)
        ]
        judge = np.full(len(labels), -1, np.int8)
        judge[rows] = fold
        yield _judged(heads, features, judge)


def _head_without(
    features: NDArray[np.floating],
    labels: Int8,
    rows: Int64,
    kept: Bool,
    weights: Float32 | None,
    *,
    seed: int,
) -> Head:
    """Learn from the kept rows, a random sample of them where they are very many."""
    chosen = rows[kept]
    if len(np.unique(labels[chosen])) < 2:  # noqa: PLR2004 - the classes
        raise InputError(
            "Without one of the folds the labels are of one class only: all tiles of the other "
            "class are of the same group.",
            "Label tiles of more groups.",
        )
    if len(chosen) > MOST_LEARNED:
        sample = np.random.default_rng(seed).choice(len(chosen), MOST_LEARNED, replace=False)
        chosen = chosen[np.sort(sample)]
    return learn_head(
        features[chosen].astype(np.float32),
        labels[chosen],
        weights=None if weights is None else weights[chosen],
    )


def _judged(heads: list[Head], features: NDArray[np.floating], judge: Int8) -> Float32:
    """Return (N,) float32 probabilities by the head of each tile, or by all where that is -1."""
    found = np.empty(len(features), np.float32)
    for start in range(0, len(features), _ROWS):
        some = slice(start, start + _ROWS)
        block = np.asarray(features[some], np.float32)
        logits = np.stack([head.logits(block) for head in heads])
        own = np.take_along_axis(logits, np.maximum(judge[some], 0)[None].astype(np.int64), 0)[0]
        found[some] = sigmoid(np.where(judge[some] >= 0, own, logits.mean(axis=0)))
    return found


def sigmoid(logits: Float32) -> Float32:
    """Return probabilities of log-odds, without overflow."""
    halved: Float64 = np.tanh(logits.astype(np.float64) / 2)
    return ((halved + 1) / 2).astype(np.float32)
