"""Which tiles a step sees."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.recipe import Recipe
from histoviewer.domain.recipe_tables import Sampling
from histoviewer.ml.batches import (
    Plan,
    Prefetcher,
    class_weights,
    index_batches,
    plan_batches,
    sample_batches,
    tile_batches,
    tile_stretches,
)
from tests.ml.helpers import make_tiles

NOTHING = np.empty(0, np.int64)


def shown(plan: Plan, batches: int, *, seed: int = 0) -> np.ndarray:
    return np.concatenate(list(islice(index_batches(plan, seed=seed), batches)))


@given(count=st.integers(2, 60), batch=st.integers(1, 60), seed=st.integers(0, 5))
def test_every_tile_is_shown_once_before_any_is_shown_again(
    count: int, batch: int, seed: int
) -> None:
    labels = np.zeros(count, np.int8)
    pool = np.arange(count)
    plan = Plan(pool=pool, labels=labels, sampling="all", batch=min(batch, count), steps=1)
    seen = shown(plan, 3 * count, seed=seed)
    for start in range(0, 2 * count, count):
        assert sorted(seen[start : start + count]) == pool.tolist()


@given(positives=st.integers(1, 20), negatives=st.integers(1, 20))
def test_balanced_sampling_shows_both_classes_alike(positives: int, negatives: int) -> None:
    labels = np.repeat(np.array([1, 0], np.int8), [positives, negatives])
    pool = np.arange(len(labels))
    plan = Plan(pool=pool, labels=labels, sampling="balanced", batch=2, steps=1)
    for index in islice(index_batches(plan, seed=1), 60):
        assert labels[index].sum() == 1
    assert set(shown(plan, 40)) == set(pool)


def test_weights_make_both_classes_count_the_same(tiny: Recipe) -> None:
    labels = np.array([1, 0, 0, 0, 0, 0], np.int8)
    plan = plan_batches(tiny, train=np.arange(6), extra=NOTHING, labels=labels)
    weight = class_weights(plan)
    assert weight[1] * 1 == pytest.approx(weight[0] * 5)
    assert weight[labels].mean() == pytest.approx(1)


def test_queued_tiles_are_shown_more_often_whether_listed_or_not(tiny: Recipe) -> None:
    labels = np.array([1, 0, 0, 1], np.int8)
    plan = plan_batches(tiny, train=np.array([0, 1, 2]), extra=np.array([2, 3]), labels=labels)
    times = tiny.retraining.oversample
    assert Counter(plan.pool.tolist()) == {0: 1, 1: 1, 2: times, 3: times}


def test_a_queued_tile_is_shown_as_often_as_it_weighs(tiny: Recipe) -> None:
    labels = np.array([1, 0, 0, 1], np.int8)
    plan = plan_batches(
        tiny,
        train=np.arange(4),
        extra=np.array([3, 1, 2]),
        labels=labels,
        extra_weights=np.array([2.0, 1.0, 0.01], np.float32),
    )
    times = tiny.retraining.oversample
    assert Counter(plan.pool.tolist()) == {0: 1, 1: times, 2: 1, 3: 2 * times}


def test_an_epoch_can_be_cut_to_a_number_of_tiles(tiny: Recipe) -> None:
    recipe = replace(tiny, sampling=Sampling(tiles_per_epoch=64))
    labels = np.zeros(1000, np.int8)
    plan = plan_batches(recipe, train=np.arange(1000), extra=NOTHING, labels=labels)
    assert plan.steps * plan.batch == 64


def test_batches_hold_bytes_labels_and_weights(tiny: Recipe) -> None:
    tiles, labels = make_tiles(40)
    plan = plan_batches(tiny, train=np.arange(40), extra=NOTHING, labels=labels)
    pixels, truth, weight = next(tile_batches(plan, tiles, seed=3))
    index = next(index_batches(plan, seed=3))
    np.testing.assert_array_equal(pixels, tiles.pixels[index])
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(truth[:, 0], labels[index])
    assert weight.shape == (16,)


@pytest.mark.parametrize("sampling", ["weights", "balanced"])
@pytest.mark.parametrize(
    ("batch", "size", "at_once"), [(7, 8, 18), (64, 8, 2), (100, 8, 1), (200, 8, 1), (2, 600, 1)]
)
def test_batches_that_come_some_at_once_are_the_same(
    batch: int, size: int, at_once: int, sampling: str
) -> None:
    """Fewer at once where tiles are large: what is made ahead has to fit into memory."""
    tiles, labels = make_tiles(20 if size > 100 else 160, size=size)
    pool = np.arange(len(labels))
    plan = Plan(pool=pool, labels=labels, sampling=sampling, batch=batch, steps=3)
    found = list(islice(tile_stretches(plan, tiles, seed=3), 2))
    batches = list(islice(tile_batches(plan, tiles, seed=3), 2 * at_once))
    for stretch, first in zip(found, (0, at_once), strict=True):
        wanted = zip(*batches[first : first + at_once], strict=True)
        for part, parts in zip(stretch, wanted, strict=True):
            np.testing.assert_array_equal(part, np.stack(parts))


def test_the_sample_is_the_same_with_every_call_and_of_the_pool() -> None:
    tiles, _ = make_tiles(40)
    pool = np.arange(10, 40)
    first, again = (np.concatenate(list(sample_batches(pool, tiles, seed=1))) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert {tile.tobytes() for tile in first} == {tile.tobytes() for tile in tiles.pixels[10:]}


def test_the_prefetcher_hands_over_everything_in_order() -> None:
    with Prefetcher(iter(range(50))) as ready:
        assert list(ready) == list(range(50))


def test_the_prefetcher_raises_what_making_an_item_raised() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    with Prefetcher(failing()) as ready:
        assert next(ready) == 1
        with pytest.raises(OSError, match="the disk is gone"):
            next(ready)


def test_the_prefetcher_ends_its_thread_when_left_early() -> None:
    before = set(threading.enumerate())  # of other tests, whose threads may end meanwhile
    with Prefetcher(iter(range(1000))) as ready:
        assert next(ready) == 0
        assert set(threading.enumerate()) - before
    assert not set(threading.enumerate()) - before
