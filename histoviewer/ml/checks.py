"""What must hold before a training can start. Each fault is one sentence."""

from dataclasses import replace

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.errors import InputError
from histoviewer.ml.metrics import check_evaluable
from histoviewer.ml.requests import TrainRequest


def checked(request: TrainRequest) -> TrainRequest:
    """Return the request with `extra` reduced to labelled tiles, after looking at all of it.

    A tile can wait in the queue because its label was taken back: that teaches nothing.

    Raises:
        InputError: No tiles, one class only, unlabelled tiles, tiles on both sides, or impossible
            limits.
    """
    _check_range(request.labels, request.extra, "queued")
    labelled = request.labels[request.extra] >= 0
    extra, weights = request.extra[labelled], request.extra_weights
    train = np.union1d(request.train, extra)
    _check_side(request.labels, train, "training")
    _check_side(request.labels, request.validation, "validation")
    _check_range(request.labels, request.unlabelled, "unlabelled")
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

    return replace(
        request, extra=extra, extra_weights=None if weights is None else weights[labelled]
    )


def _check_side(labels: Int8, index: Int64, what: str) -> None:
    _check_range(labels, index, what)
    check_evaluable(labels[index], what=what)


def _check_range(labels: Int8, index: Int64, what: str) -> None:
    if len(index) and not 0 <= index.min() <= index.max() < len(labels):
        raise InputError(f"Some {what} tiles do not exist.", f"There are {len(labels):,} tiles.")
