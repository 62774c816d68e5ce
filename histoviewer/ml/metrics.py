"""How well scores match labels."""

import numpy as np
from sklearn import metrics

from histoviewer.domain.arrays import Float32, Int8
from histoviewer.errors import InputError
from histoviewer.ml.requests import Evaluation


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
        log_loss=float(metrics.log_loss(labels, scores.astype(np.float64), labels=[0, 1])),
        sensitivity=float(called[positive].mean()),
        specificity=float((~called[~positive]).mean()),
        hard_auc=float(metrics.roc_auc_score(labels, called)),
    )


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
