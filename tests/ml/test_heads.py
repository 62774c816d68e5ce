"""Heads on frozen embeddings: what they learn, and that they are models like any other."""

import keras
import numpy as np
import pytest
from scipy.optimize import check_grad

from histoviewer.errors import InputError
from histoviewer.ml.embedding_requests import EmbeddingFile
from histoviewer.ml.head_requests import GraftRequest, HeadRequest
from histoviewer.ml.heads import run_graft, run_head
from histoviewer.ml.predicting import load_model
from histoviewer.ml.refining import LinearHead, _Loss, refine

DIMENSIONS = 6


@pytest.fixture
def features() -> np.ndarray:
    return np.random.default_rng(0).normal(2.0, 3.0, (300, DIMENSIONS)).astype(np.float32)


@pytest.fixture
def head() -> LinearHead:
    return LinearHead(kernel=np.linspace(-1, 1, DIMENSIONS).astype(np.float32), bias=0.3)


def labels_of(head: LinearHead, features: np.ndarray) -> np.ndarray:
    return (head.logits(features) > 0).astype(np.int8)


def test_labels_that_it_gives_already_leave_a_head_where_it_is(head, features) -> None:
    found = refine(head, features, labels_of(head, features), np.ones(300, np.float32))

    turned = found.kernel @ head.kernel
    turned /= np.linalg.norm(found.kernel) * np.linalg.norm(head.kernel)
    assert turned > 0.99


def test_what_weighs_more_is_learned_rather(head, features) -> None:
    """Ten tiles say the opposite of what the head says of all others."""
    labels = labels_of(head, features)
    odd = np.argsort(-np.abs(head.logits(features)))[:10]
    labels[odd] = 1 - labels[odd]
    weights = np.ones(300, np.float32)

    light = refine(head, features, labels, weights, strength=1.0)
    weights[odd] = 50
    heavy = refine(head, features, labels, weights, strength=1.0)

    def right(found: LinearHead) -> int:
        return int((labels_of(found, features)[odd] == labels[odd]).sum())

    assert right(light) < right(heavy)


def test_the_slope_is_that_of_the_loss(features) -> None:
    rng = np.random.default_rng(1)
    loss = _Loss(
        scaled=features,
        start=rng.normal(size=300),
        labels=rng.integers(0, 2, 300).astype(float),
        weights=rng.random(300),
        strength=0.1,
    )
    at = rng.normal(0, 0.1, DIMENSIONS + 1)

    off = check_grad(
        lambda x: loss.with_slope(x)[0], lambda x: loss.with_slope(x)[1], at, epsilon=1e-3
    )
    assert off < 1e-2 * np.linalg.norm(loss.with_slope(at)[1])


@pytest.fixture
def request_of(tmp_path, features):
    """Ask for a head of a network whose embedding is the mean of each channel."""
    tile = keras.Input((8, 8, 3), dtype="uint8", name="tile")
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(tile))
    logit = keras.layers.Dense(1, name="logit")(mean)
    model = keras.Model(tile, keras.layers.Activation("sigmoid")(logit))
    network, folder = tmp_path / "network.keras", tmp_path / "head"
    model.save(network)
    folder.mkdir()
    pixels = np.random.default_rng(2).integers(0, 256, (300, 8, 8, 3), np.uint8)
    values = (pixels / 255).mean(axis=(1, 2)).astype(np.float16)
    np.save(tmp_path / "embeddings.npy", values)

    def ask(labels: np.ndarray, rows: np.ndarray) -> tuple[HeadRequest, np.ndarray]:
        request = HeadRequest(
            embeddings=EmbeddingFile(path=tmp_path / "embeddings.npy", fingerprint="x"),
            network=network,
            rows=rows,
            labels=labels,
            weights=np.ones(len(rows), np.float32),
            folder=folder,
            fingerprint="tiles",
        )
        return request, pixels

    return ask


def finished(body):
    """The result of a job's body, run in this process."""
    while True:
        try:
            next(body)
        except StopIteration as ended:
            return ended.value


def test_its_scores_are_those_of_the_model_that_it_writes(request_of) -> None:
    rows = np.arange(0, 300, 2)
    request, pixels = request_of((rows % 4 == 0).astype(np.int8), rows)

    result = finished(run_head(request, lambda: False))

    scores = np.load(request.folder / "scores.npy")
    model = load_model(request.folder / "model.keras")
    direct = np.asarray(model.predict_on_batch(pixels))[:, 0]
    np.testing.assert_allclose(scores, direct, atol=2e-3)
    assert result.used.tolist() == rows.tolist()


def test_a_model_that_was_cleared_away_is_made_again_from_its_head(request_of) -> None:
    rows = np.arange(0, 300, 2)
    request, pixels = request_of((rows % 4 == 0).astype(np.int8), rows)
    finished(run_head(request, lambda: False))
    file = request.folder / "model.keras"
    before = load_model(file).predict_on_batch(pixels)
    file.unlink()

    graft = GraftRequest(head=request.folder / "head.npz", network=request.network, out=file)
    finished(run_graft(graft, lambda: False))

    assert np.array_equal(load_model(file).predict_on_batch(pixels), before)
    assert not list(request.folder.glob(".*"))


def test_on_another_network_no_head_is_put(request_of) -> None:
    rows = np.arange(300)
    request, _ = request_of((rows % 2).astype(np.int8), rows)
    finished(run_head(request, lambda: False))
    out = request.folder / "again.keras"
    graft = GraftRequest(
        head=request.folder / "head.npz", network=request.folder / "model.keras", out=out
    )

    with pytest.raises(InputError, match="what it was made from has changed"):
        finished(run_graft(graft, lambda: False))

    assert not out.exists()


def test_one_class_is_refused_in_one_sentence(request_of) -> None:
    request, _ = request_of(np.ones(10, np.int8), np.arange(10))

    with pytest.raises(InputError, match="both classes are needed"):
        finished(run_head(request, lambda: False))
