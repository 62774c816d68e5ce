"""Networks that are sound Keras, but no models: refused by one sentence, whatever they are for."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from histoviewer.domain.explanation import MapSettings
from histoviewer.domain.golden import golden_tiles
from histoviewer.errors import InputError
from histoviewer.ml import embedding_work, explain_work, work
from histoviewer.ml.building import LOGIT
from histoviewer.ml.embedding_requests import EmbedRequest
from histoviewer.ml.explain_requests import ExplainedFile, MapRequest
from histoviewer.ml.predicting import load_model
from histoviewer.ml.requests import OnnxRequest, ProbeRequest, ScoreRequest
from tests.ml.helpers import ArrayTiles, finish

SIZE = 32
TILES = golden_tiles(SIZE)


def tile(name: str = "tile", *, shape: tuple[int | None, ...] = (SIZE, SIZE, 3), **more: int):
    return keras.Input(shape, dtype="uint8", name=name, **more)


def score(x, *, name: str = LOGIT, units: int = 1):
    """A network of the form that models have, or nearly."""
    mean = layers.GlobalAveragePooling2D()(layers.Rescaling(1 / 255)(x))
    return layers.Activation("sigmoid")(layers.Dense(units, name=name)(mean))


def of_two_inputs() -> keras.Model:
    pair = [tile("first"), tile("second")]
    return keras.Model(pair, score(layers.Average()(pair)))


def of_two_outputs() -> keras.Model:
    x = tile()
    return keras.Model(x, [score(x), score(x, name="other")])


def of_named_outputs() -> keras.Model:
    x = tile()
    return keras.Model(x, {"tumour": score(x)})


def of_two_classes() -> keras.Model:
    x = tile()
    return keras.Model(x, score(x, units=2))


def of_maps() -> keras.Model:
    x = tile()
    return keras.Model(x, layers.Conv2D(1, 3, name=LOGIT)(layers.Rescaling(1 / 255)(x)))


def of_input(shape: tuple[int | None, ...], **more: int) -> keras.Model:
    x = tile(shape=shape, **more)
    return keras.Model(x, score(x))


def of_bare_scores() -> keras.Model:
    x = tile()
    return keras.Model(x, layers.Reshape(())(score(x)))


def of_bare_numbers() -> keras.Model:
    x = tile(shape=())
    return keras.Model(x, layers.Dense(1, name=LOGIT)(layers.Reshape((1,))(x)))


def of_values() -> keras.Model:
    x = tile(shape=(SIZE * SIZE,))
    return keras.Model(x, layers.Dense(1, name=LOGIT)(layers.Rescaling(1 / 255)(x)))


def never_built() -> keras.Model:
    return keras.Sequential([layers.Flatten(), layers.Dense(1, name=LOGIT)])


def without_logit() -> keras.Model:
    x = tile()
    return keras.Model(x, score(x, name="outcome"))


def of_wide_logit() -> keras.Model:
    x = tile()
    return keras.Model(x, layers.Dense(1, "sigmoid")(score(x, units=4)))


def saved(model: keras.Model | keras.Layer, folder: Path) -> Path:
    path = folder / "model.keras"
    model.save(path)
    return path


@pytest.mark.filterwarnings("ignore:You are saving a model that has not yet been built")
@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (of_two_inputs, "takes 2 inputs, not tiles alone"),
        (of_two_outputs, "gives 2 outputs, not one score"),
        (of_named_outputs, "gives its outputs by name, not as one score"),
        (of_two_classes, "gives 2 for each tile, not one score"),
        (of_maps, "gives 30 x 30 x 1 for each tile, not one score"),
        (lambda: of_input((SIZE, SIZE, 1)), "takes 32 x 32 x 1, not RGB tiles"),
        (lambda: of_input((None, None, 3)), "takes any x any x 3, not RGB tiles of one size"),
        (lambda: of_input((SIZE, SIZE, 3), batch_size=4), "takes 4 tiles at a time, not any"),
        (of_bare_scores, "gives a number without axes for each tile, not one score"),
        (of_bare_numbers, "takes a number without axes, not RGB tiles of one size"),
        (of_values, "takes 1024, not RGB tiles"),
        (never_built, "holds a network that was never built"),
        (without_logit, "has no layer 'logit' with one number"),
        (of_wide_logit, "has no layer 'logit' with one number"),
    ],
)
def test_what_is_no_classifier_of_tiles_is_refused(
    tmp_path: Path, make: Callable[[], keras.Model], fault: str
) -> None:
    path = saved(make(), tmp_path)

    with pytest.raises(InputError, match=rf"The model file {path} {fault}") as refused:
        finish(work.probe(ProbeRequest(model=path, tiles=TILES), lambda: False))

    assert "called 'logit'" in str(refused.value)


def of_score(path: Path):
    out = path.with_name("scores.npy")
    request = ScoreRequest(tiles=ArrayTiles(TILES), model=path, out=out, fingerprint="x")
    return work.score(request, lambda: False)


def of_embedding(path: Path):
    out = path.with_name("embeddings.npy")
    request = EmbedRequest(tiles=ArrayTiles(TILES), model=path, out=out, fingerprint="x")
    return embedding_work.embed(request, lambda: False)


def of_onnx(path: Path):
    request = OnnxRequest(model=path, out=path.with_name("model.onnx"), tiles=TILES, facts={})
    return work.export_onnx(request, lambda: False)


def explained(path: Path) -> ExplainedFile:
    return ExplainedFile(path=path, digest=sha256(path.read_bytes()).hexdigest())


def of_map(path: Path):
    request = MapRequest(file=explained(path), pixels=TILES, settings=MapSettings())
    return explain_work.explain(request, lambda: False)


def of_layers(path: Path):
    return explain_work.list_layers(explained(path), lambda: False)


@pytest.mark.parametrize("job", [of_score, of_embedding, of_onnx, of_map, of_layers])
def test_it_is_refused_whatever_it_is_for(tmp_path: Path, job) -> None:
    path = saved(without_logit(), tmp_path)

    with pytest.raises(InputError, match="no layer 'logit'"):
        finish(job(path))

    assert [file.name for file in tmp_path.iterdir()] == ["model.keras"]


def test_a_network_made_layer_by_layer_is_a_model(tmp_path: Path) -> None:
    parts = [layers.Rescaling(1 / 255), layers.GlobalAveragePooling2D()]
    ends = [layers.Dense(1, name=LOGIT), layers.Activation("sigmoid")]
    path = saved(keras.Sequential([keras.Input((SIZE, SIZE, 3)), *parts, *ends]), tmp_path)

    scores, _ = finish(work.probe(ProbeRequest(model=path, tiles=TILES), lambda: False))

    np.testing.assert_allclose(scores, load_model(path).predict_on_batch(TILES)[:, 0])
