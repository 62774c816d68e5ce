"""Scoring every tile into a file, taking up again where a killed run left off."""

from collections.abc import Generator
from contextlib import closing
from hashlib import sha256

import keras
import numpy as np

from histoviewer.domain.arrays import Float32
from histoviewer.errors import InputError
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.ml.backend import configure
from histoviewer.ml.distributing import distributed
from histoviewer.ml.filling import fill
from histoviewer.ml.predicting import check_fits, iterate_scores, load_model, with_symmetries
from histoviewer.ml.requests import ScoreRequest, ScoreResult
from histoviewer.ml.unfinished import UnfinishedRows


def run_scoring(request: ScoreRequest, cancelled: CancelCheck) -> Body[ScoreResult]:
    """Score all tiles and write them to `request.out`.

    What is done is saved every two seconds, so that a killed or cancelled run goes on from there.

    Raises:
        InputError: The model cannot be read or does not fit the tiles.
        StorageError: The scores could not be written.
        JobCancelled: Asked to stop; what was done is kept for the next run.
    """
    configure()
    with distributed():
        return (yield from _score(request, cancelled))


def _score(request: ScoreRequest, cancelled: CancelCheck) -> Body[ScoreResult]:
    model = load_model(request.model)
    check_fits(model, request.tiles.shape)
    count = request.tiles.shape[0]
    rows = UnfinishedRows(
        request.out,
        _key(request),
        shape=(count,),
        dtype=np.dtype(np.float32),
        what="the scores",
    )
    with rows.opened():
        batches = iterate_scores(
            with_symmetries(model) if request.tta else model,
            request.tiles,
            np.arange(rows.done, count, dtype=np.int64),
        )
        pace = yield from fill(rows, _checked(batches), phase="scoring", cancelled=cancelled)
    rows.finish()
    return ScoreResult(count=count, seconds=pace.seconds, tiles_per_second=pace.rows_per_second)


def _checked(batches: Generator[Float32, None, None]) -> Generator[Float32, None, None]:
    with closing(batches):
        for scores in batches:
            if not np.isfinite(scores).all():
                raise InputError(
                    "The model gives scores that are not numbers.", "Train a new model."
                )
            yield scores


def _key(request: ScoreRequest) -> dict[str, object]:
    """Return what scores depend on: work of another model, data set or mode is not taken up."""
    return {
        "model": sha256(request.model.read_bytes()).hexdigest(),
        "fingerprint": request.fingerprint,
        "tta": request.tta,
        "backend": keras.config.backend(),
    }
