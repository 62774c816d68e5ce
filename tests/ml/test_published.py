"""The shipped networks: their size to the last weight; an epoch, or a step, on real tiles."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.blocks import BackboneBlock
from histoviewer.domain.recipe import Recipe, load_recipe, recipe_names
from histoviewer.ml import work
from histoviewer.ml.batches import plan_batches, tile_batches
from histoviewer.ml.building import build
from histoviewer.ml.preparing import prepare
from tests.ml.helpers import ArrayTiles, finish, make_request

# As their authors printed them, or as their layers add up.
PARAMETERS = {
    "histo-fast": 289_825,
    "histo-best": 1_947_025,
    "brightness-logreg": 2,
    "cnn5-softmax": 1_836_289,
    "cnn5-relu": 1_836_289,
    "cnn4-tuned": 3_323_457,
    "cnn-triple-conv": 788_929,
    "cnn-gap-colour": 296_225,
    "cnn-gap-gray": 295_649,
    "cnn-gap-gray-kernel5": 557_793,
    "cnn-gap-gray-deeper": 1_190_113,
    "cnn-gap-gray-shallower": 69_601,
    "cnn-gap-gray-nodense": 287_457,
    "cnn-gap-gray-dropout30": 295_649,
    "cnn-gap-gray-full": 295_649,
    "vgg16-bn": 15_979_585,
    "resnet34-slim": 3_131_265,
    "vgg16-transfer": 50_403_137,
    "xray-mlp": 6_562_669,
    "xray-cnn": 1_811_403,
    "xray-cnn-l2": 1_811_403,
    "xray-cnn-small": 453_212,
    "xray-cnn-dropout": 453_212,
    "xray-final": 304_082,
}

# An epoch of these would take longer than a test may.
LARGE = {
    "cnn4-tuned",
    "resnet34-slim",
    "vgg16-bn",
    "vgg16-transfer",
    "xray-cnn",
    "xray-cnn-l2",
    "xray-mlp",
}


def from_scratch(name: str) -> Recipe:
    """Return a recipe whose backbone needs no pretrained weights."""
    recipe = load_recipe(name)
    blocks = tuple(
        replace(block, weights="random") if isinstance(block, BackboneBlock) else block
        for block in recipe.blocks
    )
    return replace(recipe, blocks=blocks)


def read_tiles(paths: list[Path], side: int) -> ArrayTiles:
    import cv2

    images = [cv2.resize(cv2.imread(str(path)), (side, side))[..., ::-1] for path in paths]
    return ArrayTiles(np.stack(images))


def alternating(classes: list[list[Path]], side: int) -> tuple[ArrayTiles, np.ndarray]:
    """Return 18 tiles of either class by turns, and their labels."""
    paths = [path for pair in zip(*classes, strict=False) for path in pair][:36]
    return read_tiles(paths, side), np.tile(np.array([0, 1], np.int8), 18)


@pytest.fixture(scope="session")
def patches(pcam: Path) -> tuple[ArrayTiles, np.ndarray]:
    with (pcam / "train_labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    paths = {row["id"]: pcam / "train" / f"{row['id']}.tif" for row in rows}
    classes = [[paths[row["id"]] for row in rows if row["label"] == label] for label in "01"]
    return alternating(classes, 96)


@pytest.fixture(scope="session")
def chests(chest_xray: Path) -> tuple[ArrayTiles, np.ndarray]:
    folders = (chest_xray / "train" / name for name in ("NORMAL", "PNEUMONIA"))
    return alternating([sorted(folder.iterdir()) for folder in folders], 256)


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_shipped_network_has_the_parameters_it_is_said_to_have(name: str) -> None:
    model = build(load_recipe(name), tile_size=96, policy="float32")
    assert model.count_params() == PARAMETERS[name]


def test_only_the_last_block_of_the_transferred_network_is_trained() -> None:
    model = build(load_recipe("vgg16-transfer"), tile_size=96, policy="float32")
    base = [layer for layer in model.layers if layer.name.startswith("block")]
    trained = [v for layer in base for v in layer.trainable_variables]
    assert sum(layer.count_params() for layer in base) == 14_714_688
    assert sum(int(np.prod(v.shape)) for v in trained) == 7_079_424


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(recipe_names()) - LARGE))
def test_a_shipped_recipe_trains_an_epoch_on_real_tiles(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    tiles, labels = request.getfixturevalue("chests" if name.startswith("xray") else "patches")
    wanted = make_request(
        recipe=load_recipe(name),
        folder=tmp_path / "run",
        tiles=tiles,
        labels=labels,
        train=np.arange(0, 24),
        validation=np.arange(24, 36),
        epochs=1,
    )
    result, _ = finish(work.train(wanted, lambda: False))
    assert result.metrics["epochs"] == 1
    assert np.isfinite(result.metrics["val_loss"])
    assert 0 <= result.metrics["val_auc"] <= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LARGE))
def test_a_large_shipped_recipe_takes_a_step_on_real_tiles(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    tiles, labels = request.getfixturevalue("chests" if name.startswith("xray") else "patches")
    recipe, index = from_scratch(name), np.arange(4)
    wanted = make_request(
        recipe=recipe,
        folder=tmp_path / "run",
        tiles=tiles,
        labels=labels,
        train=index,
        validation=np.array([4, 5]),
    )
    plan = plan_batches(recipe, train=index, extra=np.empty(0, np.int64), labels=labels)
    trainee = prepare(wanted, recipe, plan)
    trainee.trainer.run_eagerly = True  # compiling is what takes long
    before = [np.array(v) for v in trainee.student.trainable_variables]
    loss, *_ = trainee.trainer.train_on_batch(*next(tile_batches(plan, tiles, seed=0)))
    assert np.isfinite(loss)
    after = trainee.student.trainable_variables
    assert any((np.array(v) != old).any() for v, old in zip(after, before, strict=True))
