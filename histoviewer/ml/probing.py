"""What a model says of a few tiles, computed in the same way on every machine."""

import keras
import numpy as np

from histoviewer.domain.arrays import Float32
from histoviewer.errors import InputError
from histoviewer.ml.backend import configure
from histoviewer.ml.predicting import check_fits, in_float32, load_model
from histoviewer.ml.requests import ProbeRequest


def probe_model(request: ProbeRequest) -> Float32:
    """Return the scores of some tiles (n,) float32.

    Raises:
        InputError: The file is no model of ours, takes tiles of another shape, or gives scores that
            are no probabilities.
    """
    configure()
    model = in_float32(load_model(request.model))
    check_fits(model, tuple(request.tiles.shape))
    return probe(model, request)


def probe(model: keras.Model, request: ProbeRequest) -> Float32:
    """Return the scores that a loaded model gives.

    Raises:
        InputError: They are no probabilities.
    """
    scores = np.asarray(model.predict_on_batch(request.tiles), np.float32)[:, 0]
    if not np.isfinite(scores).all() or scores.min() < 0 or scores.max() > 1:
        raise InputError(
            f"The model {request.model} gives scores that are no probabilities.",
            "Choose another model.",
        )
    return scores
