"""How tiles look: hashes of the same tissue, overlaps, and what is measured of planted faults."""

import cv2
import numpy as np
import pytest

from histoviewer.domain.hash_search import merge_pairs, near_pairs
from histoviewer.domain.outliers import OutlierKind, score_outliers
from histoviewer.domain.perceptual_hash import RADIUS
from histoviewer.tiles.aligning import SAME_TISSUE, best_correlation, reduce_tiles
from histoviewer.tiles.appearance import grey_of, join, look_at, sharpness_of
from histoviewer.tiles.stains import SlideLook
from histoviewer.tiles.tissue import draw_tile

SIZE, COUNT = 96, 40


@pytest.fixture(scope="module")
def tissue() -> np.ndarray:
    """Drawn tiles of three slides, as sharp as scanned ones: (COUNT, 96, 96, 3)."""
    rng = np.random.default_rng(4)
    looks = [SlideLook.draw(rng) for _ in range(3)]
    drawn = [
        draw_tile(tumour=bool(tile % 2), look=looks[tile % 3], size=4 * SIZE, rng=rng)
        for tile in range(COUNT)
    ]
    return np.stack(
        [cv2.resize(tile, (SIZE, SIZE), interpolation=cv2.INTER_AREA) for tile in drawn]
    )


def jpeg(tile: np.ndarray) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", tile, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], 1)


def stained(tile: np.ndarray) -> np.ndarray:
    return (255 * (tile / 255) ** np.array([1.2, 0.9, 1.0])).astype(np.uint8)


def darker(tile: np.ndarray) -> np.ndarray:
    return (tile * 0.85).astype(np.uint8)


def shifted(tile: np.ndarray) -> np.ndarray:
    return np.roll(tile, 1, axis=0)


COPIES = [jpeg, stained, darker, shifted, np.fliplr, np.rot90, lambda tile: jpeg(np.rot90(tile, 3))]


@pytest.mark.parametrize("copy", COPIES)
def test_a_planted_near_duplicate_is_found_and_nothing_else(tissue, copy) -> None:
    tiles = np.concatenate([tissue, np.ascontiguousarray(copy(tissue[11]))[None]])

    looks = look_at(tiles)

    assert looks.structured.all()
    pairs = merge_pairs(list(near_pairs(looks.hashes)))
    assert (pairs.first.tolist(), pairs.second.tolist()) == ([11], [COUNT])
    assert pairs.bits[0] <= RADIUS


def test_empty_tiles_have_nothing_to_be_told_by() -> None:
    rng = np.random.default_rng(0)
    paper = np.clip(rng.normal(240, 2, (5, SIZE, SIZE, 3)), 0, 255).astype(np.uint8)
    paper[1, :6, :6] = 60  # a speck in a corner looks like any other

    assert not look_at(paper).structured.any()


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_cuts_that_overlap_show_the_same_tissue_however_turned(tissue, turns) -> None:
    first = reduce_tiles(grey_of(np.ascontiguousarray(tissue[:, :80, :80])))
    second = reduce_tiles(grey_of(np.rot90(tissue[:, 8:88, 4:84], turns, (1, 2)).copy()))

    assert (best_correlation(first, second) >= SAME_TISSUE).mean() > 0.95


def test_tiles_that_merely_look_alike_do_not(tissue) -> None:
    reduced = reduce_tiles(grey_of(tissue))

    assert best_correlation(reduced[:-3], reduced[3:]).max() < SAME_TISSUE  # of the same slides
    empty = np.zeros_like(reduced)
    assert not best_correlation(empty, empty).any()


def blank(tile: np.ndarray) -> np.ndarray:
    return np.full_like(tile, 238)


def blurred(tile: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(tile, (0, 0), 2)


def inked(tile: np.ndarray) -> np.ndarray:
    return cv2.line(tile.copy(), (0, 20), (95, 70), (20, 20, 25), 9)


def green(tile: np.ndarray) -> np.ndarray:
    return cv2.line(tile.copy(), (0, 20), (95, 70), (30, 140, 110), 9)


def folded(tile: np.ndarray) -> np.ndarray:
    return (255 * (tile / 255.0) ** 3).astype(np.uint8)  # three layers take three times the light


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (blank, OutlierKind.BLANK),
        (blurred, OutlierKind.BLURRED),
        (inked, OutlierKind.PEN),
        (green, OutlierKind.PEN),
        (folded, OutlierKind.FOLD),
    ],
)
def test_a_planted_fault_is_an_outlier_of_its_kind(tissue, plant, kind) -> None:
    tiles = np.concatenate([tissue, plant(tissue[8])[None]])

    score, kinds = score_outliers(look_at(tiles), usable=np.ones(COUNT + 1, bool))

    assert OutlierKind(int(kinds[COUNT])) is kind
    assert score.argmax() == COUNT


def test_sharpness_does_not_depend_on_contrast(tissue) -> None:
    grey = grey_of(tissue)

    np.testing.assert_allclose(sharpness_of(grey // 2 + 60), sharpness_of(grey), rtol=0.1)


def test_looks_of_chunks_are_those_of_all(tissue) -> None:
    whole, parts = look_at(tissue), join([look_at(tissue[:7]), look_at(tissue[7:])])

    np.testing.assert_array_equal(whole.hashes, parts.hashes)
    np.testing.assert_array_equal(whole.sharpness, parts.sharpness)
    assert len(look_at(tissue[:0])) == 0
