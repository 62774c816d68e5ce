"""How well scores match labels."""

from typing import Final

import numpy as np
from sklearn import metrics

from histoviewer.domain.arrays import Float32, Float64, Int8
from histoviewer.errors import InputError
from histoviewer.ml.requests import Evaluation

# Probabilities nearer to 0 and 1 have no logit that float32 could tell apart.
EDGE: Final = 1e-7

# What the mean cross-entropy of a step is called among the figures that Keras keeps.
LOG_LOSS: Final = "log_loss"


def evaluate_scores(labels: Int8, scores: Float32, *, threshold: float = 0.5) -> Evaluation:
    """Return the figures of the evaluation page.

    Args:
        labels: (n,) int8, 0 or 1.
        scores: (n,) float32 probabilities.
        threshold: Scores from here on count as positive.

    Raises:
        InputError: There are no tiles, only one class, or scores that are not finite.
    """
    check_evaluable(labels)
    if not np.isfinite(scores).all():
        raise InputError("Some scores are not numbers.", "Score the tiles again.")
    called = scores >= threshold
    positive = labels == 1
    return Evaluation(
        n=len(labels),
        auc=float(metrics.roc_auc_score(labels, scores)),
        accuracy=float((called == positive).mean()),
        log_loss=cross_entropy(labels, scores),
        sensitivity=float(called[positive].mean()),
        specificity=float((~called[~positive]).mean()),
        hard_auc=float(metrics.roc_auc_score(labels, called)),
        is_flat=bool(np.ptp(scores) == 0),
    )


def cross_entropy(labels: Int8 | Float64, scores: Float32 | Float64) -> float:
    """Return the mean binary cross-entropy in nats, of scores kept off 0 and 1 by `EDGE`.

    Args:
        labels: (n,) 0 or 1.
        scores: (n,) probabilities.
    """
    p = np.clip(scores.astype(np.float64), EDGE, 1 - EDGE)
    return float(-np.where(labels == 1, np.log(p), np.log1p(-p)).mean())


def check_evaluable(labels: Int8, *, what: str = "validation") -> None:
    """Raise `InputError` unless there are tiles of both classes.

    Args:
        labels: (n,) int8.
        what: What the tiles are for, as the message calls it.
    """
    if len(labels) == 0:
        raise InputError(f"There are no labelled {what} tiles.", "Give more tiles a label.")
    classes = np.unique(labels)
    if not np.isin(classes, (0, 1)).all():
        raise InputError(
            f"Some {what} tiles have no label.", "Leave them out or give them a label."
        )
    if len(classes) == 1:
        word = "positive" if classes[0] == 1 else "negative"
        raise InputError(
            f"All {len(labels):,} {what} tiles are {word}; both classes are needed.",
            f"Add {what} tiles of the other class.",
        )
