"""What must hold before a training can start. Each fault is one sentence."""

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.errors import InputError
from histoviewer.ml.metrics import check_evaluable
from histoviewer.ml.requests import TrainRequest


def check_training(request: TrainRequest) -> None:
    """Check the tiles of a training.

    Raises:
        InputError: No tiles, one class only, unlabelled tiles, tiles on both sides, or impossible
            limits.
    """
    train = np.union1d(request.train, request.extra)
    _check_side(request.labels, train, "training")
    _check_side(request.labels, request.validation, "validation")
    both = np.intersect1d(train, request.validation)
    if len(both):
        raise InputError(
            f"{len(both):,} tiles are both for training and for validation.",
            "Give each tile one side: validation on training tiles means nothing.",
        )
    if request.epochs is not None and request.epochs < 1:
        raise InputError(f"A run of {request.epochs} epochs is not possible.", "Ask for 1 or more.")
    if request.max_seconds is not None and not request.max_seconds > 0:
        raise InputError(
            f"A run of {request.max_seconds:g} seconds is not possible.",
            "Allow more than 0 seconds.",
        )


def _check_side(labels: Int8, index: Int64, what: str) -> None:
    if len(index) and not 0 <= index.min() <= index.max() < len(labels):
        raise InputError(f"Some {what} tiles do not exist.", f"There are {len(labels):,} tiles.")
    check_evaluable(labels[index], what=what)
