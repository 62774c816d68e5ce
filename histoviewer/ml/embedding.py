"""Embedding every tile into a file, going on where a killed run or a smaller project ended."""

from collections.abc import Generator
from contextlib import closing
from hashlib import sha256
from typing import Any, Final

import keras
import numpy as np

from histoviewer.domain.arrays import Float16, Float32
from histoviewer.errors import InputError
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.ml.backend import configure
from histoviewer.ml.distributing import distributed
from histoviewer.ml.embedding_requests import EmbedRequest, EmbedResult
from histoviewer.ml.filling import fill
from histoviewer.ml.finished import map_rows, read_note
from histoviewer.ml.predicting import check_fits, iterate_outputs, load_model
from histoviewer.ml.unfinished import UnfinishedRows

_LARGEST: Final = float(np.finfo(np.float16).max)


def run_embedding(request: EmbedRequest, cancelled: CancelCheck) -> Body[EmbedResult]:
    """Embed all tiles and write the embeddings to `request.out`.

    What is done is saved every two seconds, so that a killed or cancelled run goes on from there.

    Raises:
        InputError: The model cannot be read, does not fit the tiles or has no penultimate layer.
        StorageError: The embeddings could not be written.
        JobCancelled: Asked to stop; what was done is kept for the next run.
    """
    configure()
    with distributed():
        return (yield from _embed(request, cancelled))


def embedding_model(model: keras.Model) -> keras.Model:
    """Return the same network, sharing its weights, up to what its last dense layer looks at.

    That is the penultimate layer: what the network knows of a tile when all that is left is to
    weigh it. Spatial outputs do not occur there: a dense layer of ours looks at a vector.

    Args:
        model: From (n, H, W, 3) uint8 RGB to probabilities.

    Returns:
        A model from (n, H, W, 3) uint8 RGB to (n, D) float32.

    Raises:
        InputError: The network has no dense layer.
    """
    for layer in reversed(model.layers):
        if isinstance(layer, keras.layers.Dense):
            vector = keras.ops.cast(layer.input, "float32")
            return keras.Model(model.inputs[0], vector, name="embedding")
    raise InputError(
        "The model has no dense layer, and so nothing to embed tiles with.",
        "Choose another model.",
    )


def _embed(request: EmbedRequest, cancelled: CancelCheck) -> Body[EmbedResult]:
    model = load_model(request.model)
    check_fits(model, request.tiles.shape)
    network = embedding_model(model)
    count, dimensions = request.tiles.shape[0], int(network.output_shape[1])
    key = _key(request)
    rows = UnfinishedRows(
        request.out,
        key,
        shape=(count, dimensions),
        dtype=np.dtype(np.float16),
        what="the embeddings",
    )
    with rows.opened(earlier=_earlier(request, key)):
        kept = rows.done
        rest = np.arange(kept, count, dtype=np.int64)
        batches = iterate_outputs(network, request.tiles, rest)
        pace = yield from fill(rows, _halved(batches), phase="embedding", cancelled=cancelled)
    rows.finish()
    return EmbedResult(
        count=count,
        dimensions=dimensions,
        kept=kept,
        seconds=pace.seconds,
        tiles_per_second=pace.rows_per_second,
    )


def _halved(batches: Generator[Float32, None, None]) -> Generator[Float16, None, None]:
    """Yield embeddings in half precision: 11 bits are more than neighbours depend on."""
    with closing(batches):
        for values in batches:
            if not np.isfinite(values).all():
                raise InputError(
                    "The model gives embeddings that are not numbers.", "Train a new model."
                )
            yield values.clip(-_LARGEST, _LARGEST).astype(np.float16)


def _key(request: EmbedRequest) -> dict[str, Any]:
    """Return what embeddings depend on."""
    return {
        "model": sha256(request.model.read_bytes()).hexdigest(),
        "fingerprint": request.fingerprint,
        "count": request.tiles.shape[0],
        "backend": keras.config.backend(),
    }


def _earlier(request: EmbedRequest, key: dict[str, Any]) -> Float16 | None:
    """Return the embeddings of the first tiles by this very model, from before the others came."""
    note = read_note(request.out)
    if note is None or request.earlier is None:
        return None
    fingerprint, count = request.earlier
    wanted = {**key, "fingerprint": fingerprint, "count": count}
    if {name: note.get(name) for name in wanted} != wanted:
        return None
    return map_rows(request.out, note)
