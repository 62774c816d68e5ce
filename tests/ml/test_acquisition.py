"""What to look at next: acquisition functions against direct computation; what batches hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histoviewer.domain.strategies import Strategy
from histoviewer.ml import acquisition
from histoviewer.ml.acquisition import Pool, next_batch
from histoviewer.ml.diversity import diverse_batch, k_centre, k_means_plus_plus, typical

NOTHING = np.zeros(0, np.int64)
PLANE = np.array([[0, 0], [0.1, 0], [5, 0], [0, 3], [9, 9]], np.float32)


def make(count: int = 40, *, seed: int = 0, **changes: object) -> Pool:
    rng = np.random.default_rng(seed)
    facts = {
        # Of five numbers each, some pools would have copies by chance.
        "features": rng.normal(size=(count, 24)).astype(np.float16),
        "candidates": np.arange(count),
        "covered": NOTHING,
        "clusters": np.full(count, -1),
        "committee": rng.random((3, count), np.float32),
        "quality": rng.random(count, np.float32),
        "wanted": rng.random(count, np.float32),
        "learned": 1000,
    }
    return Pool(**{**facts, **changes})


def batch(strategy: Strategy, pool: Pool, *, size: int = 10, share: float = 0.0) -> list[int]:
    return next_batch(strategy, pool, size=size, random_share=share, seed=1).tolist()


@pytest.mark.parametrize("strategy", list(Strategy))
@given(st.integers(0, 10_000), st.integers(1, 50), st.sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=8)
def test_a_batch_is_of_candidates_each_once_and_no_two_are_copies(
    strategy: Strategy, seed: int, size: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    clusters = rng.integers(-1, 6, 40)
    candidates = np.flatnonzero(rng.random(40) < 0.7)
    pool = make(seed=seed, clusters=clusters, candidates=candidates, covered=np.array([0, 1]))

    chosen = batch(strategy, pool, size=size, share=share)

    known = clusters[chosen][clusters[chosen] >= 0]
    distinct = len(set(clusters[candidates]) - {-1}) + int((clusters[candidates] == -1).sum())
    assert len(set(chosen)) == len(chosen) == min(size, distinct)
    assert set(chosen) <= set(candidates.tolist())
    assert len(set(known)) == len(known)


def test_tiles_that_look_the_same_to_the_network_are_copies() -> None:
    pool = make(20)
    features = pool.features.copy()
    features[10:] = features[:10] * np.float16(1.001)

    assert len(batch(Strategy.RANDOM, make(20, features=features), size=20)) == 10


@pytest.mark.parametrize("strategy", [Strategy.ENTROPY, Strategy.MARGIN, Strategy.LEAST_CONFIDENCE])
def test_the_uncertain_strategies_ask_for_what_is_nearest_to_one_half(strategy: Strategy) -> None:
    pool = make()

    expected = np.argsort(np.abs(pool.committee.mean(axis=0) - 0.5), kind="stable")[:10]
    assert batch(strategy, pool) == expected.tolist()


def test_vote_entropy_and_bald_tell_a_doubtful_committee_from_one_that_differs() -> None:
    # All members doubt tile 0; they are sure of the opposite of each other on tile 1.
    committee = np.array([[0.51, 0.99, 0.9], [0.52, 0.98, 0.9], [0.51, 0.01, 0.9]], np.float32)
    pool = make(3, committee=committee)

    assert batch(Strategy.VOTE_ENTROPY, pool, size=1) == [1]
    assert batch(Strategy.BALD, pool, size=1) == [1]
    assert batch(Strategy.MARGIN, pool, size=1) == [0]


def test_bald_is_the_mutual_information_of_answer_and_member() -> None:
    members = np.array([[0.2, 0.9], [0.6, 0.7]])

    def entropy(p: float) -> float:
        return float(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)))

    expected = [
        entropy(column.mean()) - np.mean([entropy(p) for p in column]) for column in members.T
    ]
    pool = make(2, committee=members.astype(np.float32))
    assert -acquisition._negative_information(pool) == pytest.approx(expected, abs=1e-4)


def test_the_searches_for_errors_follow_their_scores() -> None:
    pool = make()

    assert batch(Strategy.CONFIDENT_LEARNING, pool) == np.argsort(pool.quality)[:10].tolist()
    assert batch(Strategy.ACTIVE_LAB, pool) == np.argsort(pool.wanted)[:10].tolist()


def test_a_share_is_drawn_at_random_at_places_of_its_own() -> None:
    pool = make(200, committee=np.linspace(0.5, 1, 200, dtype=np.float32)[None])

    chosen = batch(Strategy.MARGIN, pool, size=20, share=0.5)

    drawn = [place for place, tile in enumerate(chosen) if tile >= 30]
    assert 5 <= len(drawn) <= 10
    assert drawn != list(range(len(drawn)))
    assert sorted(tile for tile in chosen if tile < 30)[:8] == list(range(8))


def test_the_mix_takes_typical_tiles_while_labels_are_few_and_then_also_asks_the_model() -> None:
    few, many = make(learned=30), make(learned=3000)
    assert batch(Strategy.MIX, few) == batch(Strategy.TYPICLUST, few)
    assert batch(Strategy.MIX, many) == batch(Strategy.BADGE, many)
    assert batch(Strategy.MIX, make(committee=None)) == batch(Strategy.TYPICLUST, few)


def test_of_very_many_candidates_a_sample_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acquisition, "MOST_COMPARED", 15)

    assert len(batch(Strategy.CORE_SET, make(), size=30)) == 30


# -- what differs


def test_of_very_many_known_tiles_any_may_be_compared_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not those that come last in the data set: these may be of one class, or of one slide."""
    monkeypatch.setattr("histoviewer.ml.acquisition.MOST_COVERED", 20)
    values = np.zeros((64, 8), np.float16)
    values[np.arange(64), np.arange(64) % 8] = 1  # eight kinds of tile
    known = np.flatnonzero(np.arange(64) % 8 < 7)  # one of them unknown
    known = known[np.argsort(known % 8, kind="stable")]
    unknown = np.setdiff1d(np.arange(64), known)
    candidates = np.concatenate([known[:24:3], unknown[:1]])
    covered = np.setdiff1d(known, candidates)[np.argsort(np.setdiff1d(known, candidates) % 8)]
    pool = make(features=values, candidates=candidates, covered=covered)

    batch = next_batch(Strategy.CORE_SET, pool, size=1, random_share=0)

    assert batch.tolist() == [unknown[0]]


def test_k_centre_takes_the_farthest_each_time() -> None:
    rng = np.random.default_rng(0)

    assert k_centre(PLANE, PLANE[:1], count=3, rng=rng).tolist() == [4, 2, 3]
    assert sorted(k_centre(PLANE, PLANE[:0], count=9, rng=rng)) == [0, 1, 2, 3, 4]


def test_k_means_plus_plus_begins_with_the_longest_and_draws_no_point_twice() -> None:
    drawn = k_means_plus_plus(PLANE, count=5, rng=np.random.default_rng(0)).tolist()

    assert drawn[0] == 4
    assert sorted(drawn) == [0, 1, 2, 3, 4]


def test_typical_takes_the_middle_of_the_largest_uncovered_cluster() -> None:
    rng = np.random.default_rng(0)
    large = rng.normal(scale=0.3, size=(30, 2))
    large[7] = 0
    small = rng.normal(scale=0.3, size=(10, 2)) + 8
    vectors = np.concatenate([large, small]).astype(np.float32)

    first = typical(vectors, vectors[:0], count=2, rng=rng)
    covered = typical(vectors, vectors[7:8], count=1, rng=rng)

    assert np.linalg.norm(vectors[first[0]]) < 0.4
    assert set(first >= 30) == {False, True}
    assert covered[0] >= 30


def test_a_diverse_batch_has_one_of_each_cluster_the_most_urgent_first() -> None:
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0], [9, 0], [0, 9]])
    vectors = (np.repeat(centres, 8, axis=0) + rng.normal(scale=0.1, size=(24, 2))).astype("f4")
    urgency = np.repeat([0.1, 0.9, 0.5], 8).astype(np.float32)

    chosen = diverse_batch(vectors, urgency, count=3, rng=rng)

    assert (chosen // 8).tolist() == [1, 2, 0]
