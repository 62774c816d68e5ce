"""Perceptual hashes in all orientations, and near ones among many, against direct comparison."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histoviewer.domain.hash_search import STEPS, merge_pairs, near_pairs
from histoviewer.domain.perceptual_hash import BYTES, RADIUS, SIDE, orientations, pack_signs


def random_hashes(count: int, seed: int = 0) -> np.ndarray:
    coefficients = np.random.default_rng(seed).normal(size=(count, SIDE, SIDE))
    return pack_signs(coefficients.astype(np.float32))


def altered(one: np.ndarray, bits: list[int]) -> np.ndarray:
    """Return a hash with some bits turned round; the first one says nothing."""
    flat = np.unpackbits(one)
    flat[bits] ^= 1
    flat[0] = 0
    return np.packbits(flat)


def found(hashes: np.ndarray, radius: int = RADIUS) -> list[tuple[int, int, int]]:
    pairs = merge_pairs(list(near_pairs(hashes, radius=radius)))
    return list(zip(*(column.tolist() for column in pairs), strict=True))


@pytest.mark.parametrize("transform", [np.fliplr, np.flipud, np.rot90, np.transpose])
def test_the_hash_of_a_turned_picture_is_among_the_orientations(transform) -> None:
    rows = np.arange(SIDE)
    cosines = np.cos(np.pi * (2 * rows + 1) * rows[:, None] / (2 * SIDE))
    picture = np.random.default_rng(1).normal(size=(SIDE, SIDE))
    upright, turned = (
        pack_signs((cosines @ each @ cosines.T)[None].astype(np.float32))
        for each in (picture, transform(picture))
    )

    assert any((turned == each).all() for each in orientations(upright))


@settings(max_examples=25)
@given(st.lists(st.integers(1, 255), min_size=0, max_size=15, unique=True), st.integers(0, 7))
def test_hashes_within_fifteen_bits_are_always_found_in_any_orientation(bits, turn) -> None:
    hashes = random_hashes(40)
    hashes[23] = altered(list(orientations(hashes[7:8]))[turn][0], bits)

    assert found(hashes) == [(7, 23, len(bits))]


def test_what_is_found_is_what_comparing_all_with_all_finds() -> None:
    rng = np.random.default_rng(2)
    hashes = random_hashes(300)
    for copy in range(100, 200):  # signs of high frequencies give way first
        bits = 255 - rng.choice(160, rng.integers(0, 45), replace=False)
        hashes[copy] = altered(hashes[copy - 100], bits.tolist())
    distances = np.full((300, 300), 255)
    for turned in orientations(hashes):
        bits = np.bitwise_count(turned[:, None] ^ hashes[None]).sum(axis=2)
        distances = np.minimum(distances, np.minimum(bits, bits.T))
    expected = np.argwhere(np.triu(distances <= RADIUS, 1)).tolist()

    assert found(hashes) == [(one, two, distances[one, two]) for one, two in expected]


def test_many_equal_hashes_are_looked_at_in_portions() -> None:
    pairs = found(np.zeros((60, BYTES), np.uint8))

    assert len(pairs) == 60 * 59 // 2
    assert {bits for _, _, bits in pairs} == {0}


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_is_found_where_there_is_nothing_to_compare(count) -> None:
    assert found(random_hashes(count)) == []


def test_the_search_can_be_told_to_end_at_each_of_its_steps() -> None:
    assert len(list(near_pairs(random_hashes(5)))) == STEPS
