"""The simulated reader: its answers, what its looking finds, and what is hidden from networks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import reader_errors, reader_nets
from benchmarks.reader_labels import labels_for
from benchmarks.reader_tiles import Tiles
from benchmarks.simulated_reader import SimulatedReader, flipped, in_order, review

RATES = st.sampled_from([0.0, 0.05, 0.1, 0.5])
SEEDS = st.integers(0, 1000)


def truth_of(count: int) -> Any:
    return (np.arange(count) % 2).astype(np.int8)


def tiles_of(count: int, *, validation: int = 10) -> Tiles:
    labels = truth_of(count + validation)
    shade = np.where(labels == 1, 160, 60)[:, None, None, None]
    noise = np.random.default_rng(0).integers(0, 60, (len(labels), 24, 24, 3))
    return Tiles(pixels=(shade + noise).astype(np.uint8), truth=labels, trained=count)


@given(rate=RATES, seed=SEEDS)
def test_just_the_wanted_share_of_labels_is_turned_round(rate, seed):
    truth = truth_of(200)
    assert (flipped(truth, rate=rate, seed=seed) != truth).sum() == round(rate * 200)
    assert (flipped(truth, rate=rate, seed=seed) == flipped(truth, rate=rate, seed=seed)).all()


@given(seed=SEEDS)
def test_a_reader_without_slips_says_the_truth_and_one_that_always_slips_the_opposite(seed):
    truth = truth_of(50)
    tiles = np.random.default_rng(seed).permutation(50)
    careful = SimulatedReader(truth=truth, slips=0.0, seed=seed)
    assert (careful.answer(tiles) == truth[tiles]).all()
    assert (SimulatedReader(truth=truth, slips=1.0, seed=seed).answer(tiles) != truth[tiles]).all()


@given(seed=SEEDS, batch=st.integers(1, 40), looks=st.integers(0, 100))
def test_no_tile_is_shown_twice_and_what_is_found_never_gets_less(seed, batch, looks):
    truth, shown = truth_of(100), []

    class Recording(SimulatedReader):
        def answer(self, tiles: Any) -> Any:
            shown.extend(tiles.tolist())
            return super().answer(tiles)

    reader = Recording(truth=truth, slips=0.0, seed=seed)
    labels = flipped(truth, rate=0.1, seed=seed)
    order = np.random.default_rng(seed).permutation(100)
    found = review(reader, labels, in_order(order), looks=looks, batch=batch)
    assert shown == order[:looks].tolist()
    assert len(found.found) == looks + 1
    assert (np.diff(found.found) >= 0).all()
    assert (found.labels != truth).sum() == 10 - found.found[-1]


def test_slips_spoil_labels_that_were_right():
    truth = truth_of(100)
    reader = SimulatedReader(truth=truth, slips=1.0, seed=0)
    found = review(reader, truth, in_order(np.arange(100)), looks=30, batch=7)
    assert (found.spoilt, found.found[-1]) == (30, 0)


def test_heads_that_learn_from_answers_find_planted_wrong_labels():
    truth = truth_of(400)
    features = np.random.default_rng(0).normal(truth[:, None] * 2.0, 1.0, (400, 8))
    labels = flipped(truth, rate=0.05, seed=1)
    reader = SimulatedReader(truth=truth, slips=0.0, seed=0)
    ranking = reader_errors.relearning(features.astype(np.float32))
    assert review(reader, labels, ranking, looks=30, batch=5).found[-1] >= 19


def test_each_tile_is_judged_by_a_network_that_did_not_learn_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    tiles, judged = tiles_of(40), []

    def scored(net: Any, _tiles: Any, _build: Any, index: Any, **_how: Any) -> Any:
        assert not set(index) & set(net.train)
        assert set(net.validation) <= set(index)
        assert net.keep == "last"
        judged.extend(index)
        return np.full(len(index), 0.5, np.float32)

    monkeypatch.setattr(reader_nets, "scored", scored)
    training = reader_nets.Training(recipe="histo-fast", epochs=1, folds=4)
    reader_nets.out_of_fold(training, tiles.truth, tiles, tmp_path, title="t")
    assert sorted(judged) == list(range(40))


def test_runs_on_other_labels_are_other_files():
    tiles = tiles_of(40)
    training = reader_nets.Training(recipe="histo-fast", epochs=1, folds=4)
    labels = (tiles.truth, flipped(tiles.truth, rate=0.1, seed=0))
    nets = [training.net(each, tiles, title="t").name for each in labels]
    assert nets[0] != nets[1]


def test_the_number_of_labels_for_an_auc_is_read_off_the_curve():
    sizes, aucs = np.array([100, 200, 400]), np.array([0.7, 0.8, 0.9])
    assert labels_for(0.8, sizes, aucs) == pytest.approx(200)
    assert labels_for(0.85, sizes, aucs) == pytest.approx(np.sqrt(200 * 400))
    assert labels_for(0.6, sizes, aucs) == 100
    assert labels_for(0.95, sizes, aucs) == float("inf")
