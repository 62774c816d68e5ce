"""The last layer of a network trained anew on frozen embeddings: a second in place of minutes.

The head is grafted into a copy of the network it stands on, so that the result is a model like any
other: it scores new tiles, explains itself and can be carried elsewhere. Every tile is scored from
its embedding, no pixel is read.
"""

import os
import time
from hashlib import sha256
from pathlib import Path
from typing import Final

import keras
import numpy as np

from histoviewer.domain.arrays import Float16, Float32, Int64
from histoviewer.errors import InputError, JobCancelled, storage_error
from histoviewer.files import flush
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.ml.backend import configure
from histoviewer.ml.embedding_requests import EmbeddingFile
from histoviewer.ml.head_files import HEAD_FILE, KeptHead
from histoviewer.ml.head_requests import (
    GraftRequest,
    HeadRequest,
    HeadResult,
    HeadScoresRequest,
)
from histoviewer.ml.metrics import check_evaluable
from histoviewer.ml.out_of_sample import MOST_LEARNED, sigmoid
from histoviewer.ml.predicting import load_model
from histoviewer.ml.refining import LinearHead, refine
from histoviewer.ml.requests import MODEL_FILE
from histoviewer.ml.unfinished import UnfinishedRows

SCORES_FILE: Final = "scores.npy"
_ROWS: Final = 32_768  # embeddings that are in float32 at a time
_STEPS: Final = 3


def run_head(request: HeadRequest, cancelled: CancelCheck) -> Body[HeadResult]:
    """Learn a head, score every tile with it, write both into `request.folder`.

    Raises:
        InputError: The labels are of one class, or the network or the embeddings cannot be read.
        StorageError: The files could not be written.
        JobCancelled: Asked to stop; what is in the folder by then is of no use.
    """
    configure()
    started = time.perf_counter()
    check_evaluable(request.labels, what="training")
    yield _progress(0)
    features = _read(request.embeddings)
    chosen = _chosen(request)
    model = load_model(request.network)
    layer = last_layer(model)
    head = refine(
        _head_of(layer),
        features[request.rows[chosen]].astype(np.float32),
        request.labels[chosen],
        request.weights[chosen],
    )
    yield _progress(1)
    if cancelled():
        raise JobCancelled
    scores = _score(head, features)
    yield _progress(2)
    kept = _kept(head, request.network)
    _put_into(layer, kept)
    _write(request, model, kept, scores)
    return HeadResult(
        used=request.rows[chosen],
        parameters=model.count_params(),
        seconds=time.perf_counter() - started,
    )


def run_head_scores(request: HeadScoresRequest, _cancelled: CancelCheck) -> Body[Float32]:
    """Return (n,) float32 scores of tiles by a network's last layer: plain ones, no pixel is read.

    Raises:
        InputError: The network or the embeddings cannot be read.
    """
    configure()
    yield Progress(phase="scoring", done=0, total=1, unit="steps")
    head = _head_of(last_layer(load_model(request.network)))
    return _score(head, _read(request.embeddings)[request.rows])


def run_graft(request: GraftRequest, cancelled: CancelCheck) -> Body[None]:
    """Write the model that a kept head was part of: the very weights, though not the very bytes.

    Raises:
        InputError: The head or the network cannot be read, or the network is another one by now.
        StorageError: The file could not be written.
        JobCancelled: Asked to stop; nothing was written.
    """
    configure()
    yield Progress(phase="preparing", done=0, total=1, unit="steps")
    kept = KeptHead.read(request.head)
    model = load_model(request.network)
    if kept is None or kept.network != _digest(request.network):
        raise InputError(
            "The network cannot be made again: what it was made from has changed.",
            "Choose another model.",
        )
    _put_into(last_layer(model), kept)
    if cancelled():
        raise JobCancelled
    part = request.out.with_name(f".{os.getpid()}.{request.out.name}")
    try:
        model.save(part)
        with part.open("rb+") as stream:
            flush(stream)
        part.replace(request.out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise storage_error(error, "the model") from error


def _kept(head: LinearHead, network: Path) -> KeptHead:
    return KeptHead(kernel=head.kernel, bias=head.bias, network=_digest(network))


def _put_into(layer: keras.layers.Dense, head: KeptHead) -> None:
    layer.set_weights([head.kernel[:, None], np.array([head.bias], np.float32)])


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def _head_of(layer: keras.layers.Dense) -> LinearHead:
    kernel, bias = (np.asarray(value, np.float32) for value in layer.get_weights())
    return LinearHead(kernel=kernel[:, 0], bias=float(bias[0]))


def last_layer(model: keras.Model) -> keras.layers.Dense:
    """Return the dense layer that looks at the embedding, see `embedding.embedding_model`.

    Raises:
        InputError: The model has none, or one of another form than a head has.
    """
    for layer in reversed(model.layers):
        if isinstance(layer, keras.layers.Dense):
            if layer.units == 1 and layer.use_bias:
                return layer
            break
    raise InputError(
        "The model has no last layer that could be trained anew on its embeddings.",
        "Choose another model.",
    )


def _read(embeddings: EmbeddingFile) -> Float16:
    try:
        return embeddings.read()
    except (OSError, ValueError) as error:
        raise InputError("The embeddings cannot be read.", "Embed the tiles again.") from error


def _chosen(request: HeadRequest) -> Int64:
    """Return the places in `rows` to learn from; where they are very many, the light ones give way.

    Every tile that counts for more than one is kept: these are what readers decided.
    """
    heavy = request.weights > 1
    light = np.flatnonzero(~heavy)
    room = max(0, MOST_LEARNED - int(heavy.sum()))
    if len(light) > room:
        light = np.random.default_rng(request.seed).choice(light, room, replace=False)
    return np.sort(np.concatenate([np.flatnonzero(heavy), light]))


def _score(head: LinearHead, features: Float16) -> Float32:
    """Return (N,) float32 probabilities, of blocks that fit the processor's cache."""
    scores = np.empty(len(features), np.float32)
    for start in range(0, len(features), _ROWS):
        some = slice(start, start + _ROWS)
        scores[some] = sigmoid(head.logits(np.asarray(features[some], np.float32)))
    return scores


def _write(request: HeadRequest, model: keras.Model, kept: KeptHead, scores: Float32) -> None:
    file = request.folder / MODEL_FILE
    try:
        model.save(file)
        kept.write(request.folder / HEAD_FILE)
    except OSError as error:
        raise storage_error(error, "the model") from error
    rows = UnfinishedRows(
        request.folder / SCORES_FILE,
        _key(file, request.fingerprint),
        shape=scores.shape,
        dtype=scores.dtype,
        what="the scores",
    )
    with rows.opened():
        rows.write(scores)
    rows.finish()


def _key(file: Path, fingerprint: str) -> dict[str, object]:
    """Return what the scores depend on, as `scoring` says it of those made from pixels."""
    return {
        "model": _digest(file),
        "fingerprint": fingerprint,
        "tta": False,
        "backend": keras.config.backend(),
    }


def _progress(done: int) -> Progress:
    return Progress(phase="retraining the head", done=done, total=_STEPS, unit="steps")
