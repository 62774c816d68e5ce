"""Maps of tiles: against what can be worked out by hand, and against what a network must show."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from histoviewer.domain.explanation import Cover, MapSettings, Method, Stretch, stretch_maps
from histoviewer.domain.map_geometry import spread_patches
from histoviewer.domain.recipe import load_recipe
from histoviewer.errors import InputError, JobCancelled
from histoviewer.ml import explain_work, explained_model, mapping
from histoviewer.ml.building import LOGIT, build
from histoviewer.ml.explain_requests import (
    ExplainedFile,
    FeaturesRequest,
    MapRequest,
    MapResult,
    SanityRequest,
)
from histoviewer.ml.mapping import iterate_maps
from tests.ml.helpers import finish, make_tiles

SIDE = 24


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    yield
    explained_model._kept.clear()


@pytest.fixture(scope="session")
def file(trained: Path) -> ExplainedFile:
    """A trained network of tiles with dark dots."""
    path = trained / "model.keras"
    return ExplainedFile(path=path, digest=sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def tiles() -> np.ndarray:
    """Four tiles of 32 pixels; the first and the last have dots."""
    return make_tiles(4)[0].pixels


def save(model: keras.Model, folder: Path) -> ExplainedFile:
    path = folder / f"{model.name}.keras"
    model.save(path)
    return ExplainedFile(path=path, digest=model.name)


def by_hand(folder: Path, *, name: str = "by_hand", activation: str = "linear") -> ExplainedFile:
    """A network whose logit is 3 times the mean of red less 2 times the mean of green, plus 1."""
    tile = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="tile")
    x = layers.Conv2D(2, 1, activation=activation, name="conv")(layers.Rescaling(1 / 255)(tile))
    logit = layers.Dense(1, name=LOGIT)(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(tile, layers.Activation("sigmoid")(logit), name=name)
    kernel = np.array([[[[1, 0], [0, 1], [0, 0]]]], np.float32)
    model.get_layer("conv").set_weights([kernel, np.zeros(2, np.float32)])
    model.get_layer(LOGIT).set_weights([np.array([[3.0], [-2.0]]), np.array([1.0])])
    return save(model, folder)


def explain(file: ExplainedFile, tiles: np.ndarray, **settings) -> MapResult:
    request = MapRequest(file=file, pixels=tiles, settings=MapSettings(**settings))
    return finish(explain_work.explain(request, lambda: False))[0]


def noise(count: int = 2) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, SIDE, SIDE, 3), dtype=np.uint8)


def test_grad_cam_is_what_can_be_worked_out_by_hand(tmp_path: Path) -> None:
    tiles = noise()
    red, green = tiles[..., 0] / 255, tiles[..., 1] / 255
    cells = SIDE * SIDE  # the gradient by a cell of a mean

    result = explain(by_hand(tmp_path), tiles)

    assert result.layer == "conv"
    np.testing.assert_allclose(result.cells, 3 / cells * red - 2 / cells * green, atol=1e-7)
    logits = 3 * red.mean(axis=(1, 2)) - 2 * green.mean(axis=(1, 2)) + 1
    np.testing.assert_allclose(result.logits, logits, rtol=1e-5)


def test_saliency_is_what_can_be_worked_out_by_hand(tmp_path: Path) -> None:
    result = explain(by_hand(tmp_path), noise(), method=Method.SALIENCY)

    np.testing.assert_allclose(result.cells, 3 / 255 / SIDE**2, rtol=1e-5)


def test_occlusion_is_what_can_be_worked_out_by_hand(tmp_path: Path) -> None:
    tile = np.zeros((1, SIDE, SIDE, 3), np.uint8)
    tile[0, :8, 16:] = (255, 0, 0)  # one of the nine squares of eight pixels is red
    colour = np.rint(255 / 9) / 255
    squares = {"method": Method.OCCLUSION, "patch": 8, "stride": 8}

    result = explain(by_hand(tmp_path), tile, cover=Cover.MEAN, **squares)

    expected = np.full((3, 3), -3 * colour / 9)
    expected[0, 2] = 3 * (1 - colour) / 9
    np.testing.assert_allclose(result.cells[0], expected, atol=1e-6)


def test_a_square_is_white_unless_told_otherwise(tmp_path: Path) -> None:
    tile = np.zeros((1, SIDE, SIDE, 3), np.uint8)

    result = explain(by_hand(tmp_path), tile, method=Method.OCCLUSION, patch=8, stride=8)

    np.testing.assert_allclose(result.cells[0], (2 - 3) / 9, rtol=1e-5)


def test_the_gradient_agrees_with_finite_differences(tmp_path: Path) -> None:
    file = by_hand(tmp_path, name="smooth", activation="gelu")
    slope = explained_model.explained_model(file).pixel_slope
    tiles = noise(4).astype(np.float32)
    direction = np.random.default_rng(1).standard_normal(tiles.shape).astype(np.float32)

    at = slope(tiles)
    rise = slope(tiles + direction).logits - slope(tiles - direction).logits

    expected = (at.gradients[0] * direction).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(expected, rise / 2, rtol=2e-3, atol=2e-6)


def test_a_way_past_the_features_has_no_part_in_their_gradient(tmp_path: Path) -> None:
    tile = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="tile")
    first = layers.Conv2D(3, 1, name="first")(layers.Rescaling(1 / 255)(tile))
    second = layers.Conv2D(3, 1, name="second")(first)
    pooled = layers.GlobalAveragePooling2D()(layers.Add()([first, second]))
    logit = layers.Dense(1, name=LOGIT, kernel_initializer="ones")(pooled)
    file = save(keras.Model(tile, layers.Activation("sigmoid")(logit), name="past"), tmp_path)
    model = explained_model.explained_model(file)

    _, slope = model.layer_slope("second")

    np.testing.assert_allclose(slope(noise()).gradients, 1 / SIDE**2, rtol=1e-5)


@pytest.mark.parametrize("method", Method)
def test_a_tile_has_the_same_map_alone_and_among_others(file, tiles, method: Method) -> None:
    together = explain(file, tiles, method=method).cells
    alone = explain(file, tiles[2:3], method=method).cells

    np.testing.assert_allclose(alone[0], together[2], atol=2e-5)


def test_noise_is_that_of_its_seed(file, tiles) -> None:
    first, again, other = (
        explain(file, tiles[:1], method=Method.SALIENCY, seed=seed).cells for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_occlusion_finds_the_place_that_the_network_looks_at(file) -> None:
    tile = np.random.default_rng(3).normal((225, 170, 205), 12, (1, 32, 32, 3))
    for row, column in ((20, 21), (24, 26), (22, 29), (27, 22)):
        tile[0, row - 1 : row + 2, column - 1 : column + 2] = (90, 50, 130)
    result = explain(
        file, tile.clip(0, 255).astype(np.uint8), method=Method.OCCLUSION, patch=8, stride=4
    )

    whole = spread_patches(result.cells, (32, 32), patch=8, stride=4)[0]
    top, left = np.unravel_index(whole.argmax(), whole.shape)

    assert 16 <= top < 32
    assert 16 <= left < 32


def test_the_first_answer_is_that_of_the_compiled_function(file, tiles) -> None:
    """It is worked out without compiling, for the reader who waits."""
    first = explain(file, tiles[:1])
    second = explain(file, tiles[:1])
    explained_model._kept.clear()
    finish(explain_work.list_layers(file, lambda: False))
    third = explain(file, tiles[:1])
    for later in (second, third):
        np.testing.assert_allclose(later.cells, first.cells, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(later.logits, first.logits, rtol=1e-5)


def test_a_bfloat16_network_is_explained_in_float32(tiny, tiles, tmp_path) -> None:
    keras.utils.set_random_seed(1)
    exact = build(tiny, tile_size=32, policy="float32")
    exact.name = "exact"
    coarse = build(tiny, tile_size=32, policy="mixed_bfloat16")
    coarse.set_weights(exact.get_weights())
    coarse.name = "coarse"

    maps = [explain(save(model, tmp_path), tiles).cells for model in (exact, coarse)]

    np.testing.assert_allclose(maps[0], maps[1], rtol=1e-5, atol=1e-8)


def test_any_layer_with_feature_maps_can_be_chosen(file, tiles) -> None:
    known, _ = finish(explain_work.list_layers(file, lambda: False))

    shapes = [explain(file, tiles[:1], layer=layer.name).cells.shape[1:] for layer in known.layers]

    assert shapes == [(layer.height, layer.width) for layer in known.layers]
    assert known.default == known.layers[-1].name


def test_a_layer_that_is_not_there_is_refused(file, tiles) -> None:
    with pytest.raises(InputError, match="no layer 'b99'"):
        explain(file, tiles, layer="b99")


def test_a_network_without_convolutions_has_other_maps(tmp_path: Path) -> None:
    tile = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="tile")
    logit = layers.Dense(1, name=LOGIT)(layers.Flatten()(layers.Rescaling(1 / 255)(tile)))
    file = save(keras.Model(tile, layers.Activation("sigmoid")(logit), name="dense"), tmp_path)

    with pytest.raises(InputError, match="saliency or the occlusion map"):
        explain(file, noise())
    assert explain(file, noise(), method=Method.SALIENCY).cells.std() > 0


@pytest.mark.parametrize("name", ["xray-mlp", "brightness-logreg"])
def test_a_shipped_recipe_without_convolutions_is_explained_by_its_pixels(name: str) -> None:
    model = explained_model.ExplainedModel(
        build(load_recipe(name), tile_size=SIDE, policy="float32")
    )
    saliency = MapSettings(method=Method.SALIENCY, samples=1)

    ((_, maps),) = [part for part in iterate_maps(model, noise(1), saliency) if part]

    assert model.layers == []
    assert np.abs(maps).max() > 0


def test_the_channels_that_move_the_logit_most_come_first(tmp_path: Path) -> None:
    tile = np.full((1, SIDE, SIDE, 3), (51, 204, 0), np.uint8)
    request = FeaturesRequest(file=by_hand(tmp_path), pixels=tile, layer=None, top=2)

    found, _ = finish(explain_work.look_at_features(request, lambda: False))

    assert found.channels.tolist() == [1, 0]
    np.testing.assert_allclose(found.contributions, [-2 * 0.8, 3 * 0.2], rtol=1e-5)
    np.testing.assert_allclose(found.maps[0], 0.8, rtol=1e-5)


def test_filters_are_those_of_the_first_convolution(tmp_path: Path) -> None:
    found, _ = finish(explain_work.look_at_filters(by_hand(tmp_path), lambda: False))

    assert found.layer == "conv"
    assert found.weights[:, 0, 0].tolist() == [[1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("method", Method)
def test_random_weights_change_the_map(file, tiles, method: Method) -> None:
    settings = MapSettings(method=method, patch=8, stride=4)  # maps of nine cells are like any
    request = SanityRequest(file=file, pixels=tiles, settings=settings)

    result, _ = finish(explain_work.check_sanity(request, lambda: False))

    assert result.steps[0].layer == LOGIT
    assert result.steps[-1].layer.startswith("b1")
    assert result.steps[-1].similarity < 0.5


def test_a_map_of_edges_stays_as_it_is_whatever_the_weights_are(file, tiles, monkeypatch) -> None:
    """A picture of the tile, which shows none of the model's reasons, must be found out."""

    def edges(_model: object, tiles: np.ndarray, _settings: MapSettings) -> mapping.Parts:
        grey = tiles.mean(axis=-1, dtype=np.float32)
        yield np.zeros(len(tiles), np.float32), np.abs(np.gradient(grey, axis=1))

    monkeypatch.setitem(mapping._WAYS, Method.GRAD_CAM, edges)
    request = SanityRequest(file=file, pixels=tiles, settings=MapSettings())

    result, _ = finish(explain_work.check_sanity(request, lambda: False))

    assert [step.similarity for step in result.steps] == pytest.approx([1.0] * len(result.steps))


def test_a_check_that_is_cancelled_leaves_the_model_as_it_was(file, tiles) -> None:
    before = explain(file, tiles).cells
    request = SanityRequest(file=file, pixels=tiles, settings=MapSettings())
    body = explain_work.check_sanity(request, lambda: False)
    for _ in range(3):
        next(body)

    with pytest.raises(JobCancelled):
        body.throw(JobCancelled())

    np.testing.assert_array_equal(explain(file, tiles).cells, before)


def test_an_explanation_can_be_left_between_two_calls(file, tiles) -> None:
    request = MapRequest(
        file=file, pixels=tiles, settings=MapSettings(method=Method.OCCLUSION, stride=4)
    )
    body = explain_work.explain(request, lambda: False)
    next(body)

    with pytest.raises(JobCancelled):
        body.throw(JobCancelled())


def test_few_models_are_kept(file, tmp_path: Path) -> None:
    files = [by_hand(tmp_path, name=f"net{number}") for number in range(explained_model.KEPT + 1)]
    for each in files:
        explained_model.explained_model(each)

    assert list(explained_model._kept) == files[1:]


def test_tiles_of_another_size_are_refused(file) -> None:
    with pytest.raises(InputError, match="takes tiles of 32 x 32 x 3"):
        explain(file, noise())


def test_what_speaks_for_a_class_is_shown_stretched(file, tiles) -> None:
    maps = stretch_maps(explain(file, tiles).cells, Stretch())

    assert maps.min() == 0
    assert maps.max() == 1
