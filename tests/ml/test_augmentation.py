"""Random changes of training tiles."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from histoviewer.domain.recipe_tables import Augmentation
from histoviewer.ml.augmentation import Augment, stain_matrix
from histoviewer.ml.warping import Draw, warp
from tests.ml.helpers import make_tiles


def augmented(pixels: np.ndarray, settings: Augmentation, *, seed: int = 0) -> np.ndarray:
    return ops.convert_to_numpy(Augment(settings, seed=seed)(pixels))


def eight(tile: np.ndarray) -> list[bytes]:
    """Return the 8 symmetries of a tile as bytes."""
    sides = (tile, tile[:, ::-1])
    return [np.rot90(side, k).tobytes() for side in sides for k in range(4)]


def test_nothing_asked_for_changes_nothing() -> None:
    pixels = make_tiles(8)[0].pixels
    np.testing.assert_array_equal(augmented(pixels, Augmentation()), pixels)


def test_flips_and_turns_give_all_eight_symmetries_and_nothing_else() -> None:
    tile = make_tiles(1)[0].pixels[0]
    many = np.repeat(tile[None], 400, axis=0)
    found = [t.tobytes() for t in augmented(many, Augmentation(flips=True, quarter_turns=True))]
    assert set(found) == set(eight(tile))
    assert min(found.count(one) for one in set(found)) > 25


def test_quarter_turns_alone_never_mirror() -> None:
    tile = make_tiles(1)[0].pixels[0]
    many = np.repeat(tile[None], 100, axis=0)
    found = {t.tobytes() for t in augmented(many, Augmentation(quarter_turns=True))}
    assert found == set(eight(tile)[:4])


def test_stain_jitter_scales_the_density_of_each_stain() -> None:
    """A tile of pure haematoxylin stays on the line of haematoxylin, thicker or thinner."""
    haematoxylin = stain_matrix()[0]
    tile = (256 * np.exp(-0.8 * haematoxylin) - 1).round().astype(np.uint8)
    pixels = np.tile(tile, (64, 8, 8, 1))
    changed = augmented(pixels, Augmentation(stain_jitter=0.3)).astype(float)[:, 0, 0]
    density = -np.log((changed + 1) / 256)
    amounts = density @ haematoxylin
    np.testing.assert_allclose(density, amounts[:, None] * haematoxylin, atol=0.02)
    assert 0.55 < amounts.min() < 0.65
    assert 0.95 < amounts.max() < 1.05


def test_white_stays_white_under_stain_jitter() -> None:
    white = np.full((4, 8, 8, 3), 255, np.uint8)
    np.testing.assert_array_equal(augmented(white, Augmentation(stain_jitter=0.5)), white)


@pytest.mark.parametrize("name", ["stain_shift", "brightness", "contrast"])
def test_colour_changes_differ_from_tile_to_tile_and_stay_bytes(name: str) -> None:
    tile = make_tiles(1)[0].pixels[0]
    changed = augmented(np.repeat(tile[None], 16, axis=0), Augmentation(**{name: 0.2}))
    assert changed.dtype == np.uint8
    assert len({t.tobytes() for t in changed}) > 10
    assert np.abs(changed.astype(int) - tile.astype(int)).mean() < 40


def test_the_same_seed_gives_the_same_changes() -> None:
    pixels = make_tiles(8)[0].pixels
    settings = Augmentation(flips=True, stain_jitter=0.2)
    np.testing.assert_array_equal(
        augmented(pixels, settings, seed=4), augmented(pixels, settings, seed=4)
    )
    assert (augmented(pixels, settings, seed=4) != augmented(pixels, settings, seed=5)).any()


def test_successive_batches_are_changed_differently() -> None:
    pixels = make_tiles(8)[0].pixels
    layer = Augment(Augmentation(stain_jitter=0.2), seed=0)
    assert (ops.convert_to_numpy(layer(pixels)) != ops.convert_to_numpy(layer(pixels))).any()


def test_it_has_nothing_to_train() -> None:
    layer = Augment(Augmentation(flips=True, stain_jitter=0.2), seed=0)
    layer(keras.ops.zeros((1, 8, 8, 3), dtype="uint8"))
    assert layer.count_params() == 0


def largest(_low: float, high: float) -> Any:
    """Draw the upper bound for one tile."""
    return ops.full((1, 1), high, dtype="float32")


def warped(tile: np.ndarray, draw: Draw = largest, **settings: float) -> np.ndarray:
    return ops.convert_to_numpy(warp(tile[None].astype(np.float32), Augmentation(**settings), draw))


@pytest.fixture
def smooth() -> np.ndarray:
    """A tile whose pixels tell where they are: row in red, column in green."""
    rows, columns = np.mgrid[0:17, 0:17]
    return np.stack([rows, columns, rows * 0], axis=-1) * 8


def test_the_largest_rotation_turns_about_the_centre(smooth: np.ndarray) -> None:
    np.testing.assert_allclose(warped(smooth, rotation=90.0)[0], np.rot90(smooth, 1), atol=1e-2)


def test_a_shift_moves_by_a_share_of_the_side_and_repeats_the_edge(smooth: np.ndarray) -> None:
    moved = warped(smooth, shift=4 / 17)[0]
    np.testing.assert_allclose(moved[:13, :13], smooth[4:, 4:], atol=1e-3)
    np.testing.assert_allclose(moved[13:, 13:], np.broadcast_to(smooth[-1, -1], (4, 4, 3)))


def test_a_zoom_enlarges_about_the_centre(smooth: np.ndarray) -> None:
    zoomed = warped(smooth, zoom=0.6)[0]
    np.testing.assert_allclose(zoomed[8, 8], smooth[8, 8], atol=1e-3)
    np.testing.assert_allclose(zoomed[16, 16], smooth[13, 13], atol=1e-3)  # 8 + 8 / 1.6


def test_a_shear_slides_rows_and_leaves_the_middle_one(smooth: np.ndarray) -> None:
    sheared = warped(smooth, shear=0.5)[0]
    np.testing.assert_allclose(sheared[8], smooth[8], atol=1e-3)
    np.testing.assert_allclose(sheared[12, :13], smooth[12, 2:15], atol=1e-3)


@pytest.mark.parametrize("name", ["rotation", "zoom", "shift", "shear", "channel_shift"])
def test_tiles_are_changed_each_on_its_own(name: str) -> None:
    tile = make_tiles(1)[0].pixels[0]
    changed = augmented(np.repeat(tile[None], 16, axis=0), Augmentation(**{name: 0.3}))
    assert changed.dtype == np.uint8
    assert len({t.tobytes() for t in changed}) > 10
