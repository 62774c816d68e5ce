"""Which training tiles are left when classes are cut or the number is capped."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.recipe import Recipe
from histoviewer.domain.recipe_tables import Sampling
from histoviewer.ml.sampling import choose

Many = st.integers(1, 300)


def labels_of(positives: int, negatives: int) -> np.ndarray:
    return np.repeat(np.array([1, 0], np.int8), [positives, negatives])


@given(positives=Many, negatives=Many, cap=st.none() | st.integers(2, 500))
def test_cutting_leaves_as_many_of_each_class_and_no_more_than_the_cap(
    positives: int, negatives: int, cap: int | None
) -> None:
    labels = labels_of(positives, negatives)
    chosen = choose(Sampling(kind="cut", cap=cap), np.arange(len(labels)), labels, seed=0)
    half = min(positives, negatives, (cap or 10_000) // 2)
    assert np.bincount(labels[chosen], minlength=2).tolist() == [half, half]
    assert len(np.unique(chosen)) == len(chosen)


@given(positives=Many, negatives=Many, cap=st.integers(2, 700))
def test_a_cap_keeps_the_proportion_of_the_classes_and_both_of_them(
    positives: int, negatives: int, cap: int
) -> None:
    labels = labels_of(positives, negatives)
    chosen = choose(Sampling(cap=cap), np.arange(len(labels)), labels, seed=0)
    assert len(chosen) == min(cap, len(labels))
    count = int(labels[chosen].sum())
    assert 1 <= count < len(chosen)
    assert count == pytest.approx(len(chosen) * positives / len(labels), abs=1)


def test_the_same_seed_chooses_the_same_tiles() -> None:
    labels, train = labels_of(40, 90), np.arange(130)
    first, same, other = (choose(Sampling(cap=50), train, labels, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert set(first) != set(other)


def test_only_training_tiles_are_chosen() -> None:
    labels, train = labels_of(50, 50), np.arange(0, 100, 3)
    assert set(choose(Sampling(kind="cut", cap=10), train, labels, seed=0)) <= set(train)


def test_nothing_is_left_out_unless_asked_for(tiny: Recipe) -> None:
    train = np.array([5, 3, 1])
    labels = labels_of(2, 4)
    np.testing.assert_array_equal(choose(tiny.sampling, train, labels, seed=0), train)
