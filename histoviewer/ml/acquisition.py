"""Which tiles a reader should look at next: active learning's acquisition functions, on arrays.

Each strategy puts candidates in order. What comes of it is filled into a batch in which no tile is
a near copy of another: a reader's second answer to the same question teaches nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float16, Float32, Int64
from histoviewer.domain.strategies import Strategy
from histoviewer.ml.diversity import diverse_batch, k_centre, k_means_plus_plus, typical
from histoviewer.ml.whitening import Whitening

# Fewer labels than these, and what a model is unsure of is mostly what it knows nothing of:
# typical tiles teach more (Hacohen, Dekel & Weinshall 2022, figure 1). See decision 20.
FEW_LABELS: Final = 100
# Strategies that compare tiles with each other look at so many, drawn at random.
MOST_COMPARED: Final = 20_000
MOST_COVERED: Final = 5_000
_PREFILTER: Final = 10  # so many times the batch are uncertain enough to choose from
# Cosine distance below which whitened embeddings are those of the same tissue: of 400,000 pairs of
# tiles drawn at random 20 were as near.
_COPY: Final = 0.01


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """What there is to choose from. N tiles in all; whoever chooses looks at the candidates only.

    Args:
        features: (N, D) float16 embeddings; may be mapped from a file.
        candidates: (n,) int64 tiles that may be chosen.
        covered: (m,) int64 tiles whose label is known for sure, or is being asked for.
        clusters: (N,) int64: copies of each other have the same number; -1 for tiles without any.
        committee: (R, N) float32 probabilities of the positive class by R members, out of sample;
            None where nothing could be learned yet.
        quality: (N,) float32 self-confidence of labels, NaN where there is none; None as above.
        wanted: (N,) float32 ActiveLab scores, the lowest wanting a label most; None as above.
        learned: Number of labels that the committee learned from.
        space: What tiles are compared in, fitted to the features; None until that is done.
    """

    features: Float16
    candidates: Int64
    covered: Int64
    clusters: Int64
    committee: Float32 | None = None
    quality: Float32 | None = None
    wanted: Float32 | None = None
    learned: int = 0
    space: Whitening | None = None

    @property
    def probability(self) -> Float32:
        """Return (n,) float32: what the committee says of each candidate on the whole."""
        return np.asarray(self.members.mean(axis=0))

    @property
    def members(self) -> Float32:
        """Return (R, n) float32: what each member says of each candidate."""
        assert self.committee is not None
        return self.committee[:, self.candidates]

    def whitened(self) -> "Pool":
        """Return the pool with the space in which what is near looks alike; see decision 19."""
        return replace(self, space=self.space or Whitening.fit(self.features))

    def vectors(self, tiles: Int64) -> Float32:
        """Return (k, K) float32 whitened embeddings of some tiles, each of length 1."""
        assert self.space is not None
        return self.space.unit_vectors(self.features[tiles])

    def of(self, candidates: Int64, covered: Int64) -> "Pool":
        """Return the pool with other candidates and other covered tiles."""
        return replace(self, candidates=candidates, covered=covered)


def next_batch(
    strategy: Strategy, pool: Pool, *, size: int, random_share: float, seed: int = 0
) -> Int64:
    """Choose tiles to look at next.

    Args:
        strategy: How.
        pool: What from.
        size: How many; fewer where there are no more that differ from each other.
        random_share: Share of them drawn at random, 0-1, in places of their own choosing: by these
            alone can it be told what the others are worth, and a model's blind spots be found.
        seed: The same seed gives the same batch.

    Returns:
        (k,) int64 tiles, the most urgent first; none is a copy of another.

    Raises:
        ValueError: The strategy asks a model and the pool has none.
    """
    rng, pool = np.random.default_rng(seed), pool.whitened()
    pool = pool.of(pool.candidates, _some_of(pool.covered, rng))
    drawn = round(size * random_share)
    batch = _fill(Strategy.RANDOM, pool, np.zeros(0, np.int64), drawn, rng)
    both = _fill(strategy, pool, batch, size - len(batch), rng)
    chosen = both[len(batch) :]
    return _shuffled_in(chosen, batch, rng)


def _shuffled_in(chosen: Int64, drawn: Int64, rng: np.random.Generator) -> Int64:
    """Return both, with the drawn ones at random places."""
    total = len(chosen) + len(drawn)
    is_drawn = np.zeros(total, bool)
    is_drawn[rng.choice(total, len(drawn), replace=False)] = True
    batch = np.empty(total, np.int64)
    batch[is_drawn], batch[~is_drawn] = drawn, chosen
    return batch


def _fill(
    strategy: Strategy, pool: Pool, batch: Int64, more: int, rng: np.random.Generator
) -> Int64:
    """Return the batch with so many more tiles of which none is a copy of another."""
    left, size = np.setdiff1d(pool.candidates, batch), len(batch) + more
    while len(left) and len(batch) < size:
        covered = np.concatenate([pool.covered, batch])
        order = _ORDERS[strategy](pool.of(left, covered), size - len(batch), rng)
        for tile in order.tolist():
            if len(batch) < size and not _is_copy(pool, tile, batch):
                batch = np.append(batch, tile)
        left = np.setdiff1d(left, order)
    return batch


def _is_copy(pool: Pool, tile: int, batch: Int64) -> bool:
    if len(batch) == 0:
        return False
    cluster = pool.clusters[tile]
    if cluster >= 0 and bool((pool.clusters[batch] == cluster).any()):
        return True
    vector = pool.vectors(np.append(batch, tile))
    return bool((vector[:-1] @ vector[-1] > 1 - _COPY).any())


Order = Callable[[Pool, int, np.random.Generator], Int64]


def _ascending(score: Callable[[Pool], Float32]) -> Order:
    """Return a strategy that asks for the lowest of a score, ties and all in random order."""

    def order(pool: Pool, _count: int, rng: np.random.Generator) -> Int64:
        chance = rng.permutation(len(pool.candidates))
        return pool.candidates[np.lexsort((chance, score(pool)))]

    return order


def _confidence(pool: Pool) -> Float32:
    return np.asarray(np.maximum(pool.probability, 1 - pool.probability))


def _margin(pool: Pool) -> Float32:
    return np.asarray(np.abs(2 * pool.probability - 1))


def _negative_entropy(pool: Pool) -> Float32:
    return -_entropy(pool.probability)


def _negative_vote_entropy(pool: Pool) -> Float32:
    votes: Float32 = (pool.members >= 0.5).mean(axis=0, dtype=np.float32)  # noqa: PLR2004 - a vote
    return -_entropy(votes)


def _negative_information(pool: Pool) -> Float32:
    """Return how little members contradict each other (Houlsby et al. 2011, equation 2)."""
    return np.asarray(_entropy(pool.members).mean(axis=0) - _entropy(pool.probability))


def _entropy(probability: Float32) -> Float32:
    """Return the Shannon entropy of yes or no, in bits."""
    likely = np.clip(probability, 1e-7, 1 - 1e-7)
    return np.asarray(-(likely * np.log2(likely) + (1 - likely) * np.log2(1 - likely)))


def _quality(pool: Pool) -> Float32:
    assert pool.quality is not None
    return pool.quality[pool.candidates]


def _wanted(pool: Pool) -> Float32:
    assert pool.wanted is not None
    return pool.wanted[pool.candidates]


def _random(pool: Pool, _count: int, rng: np.random.Generator) -> Int64:
    return rng.permutation(pool.candidates)


def _sampled(pool: Pool, rng: np.random.Generator) -> Pool:
    """Return the pool with no more candidates than can be compared with each other."""
    if len(pool.candidates) <= MOST_COMPARED:
        return pool
    sample = rng.choice(pool.candidates, MOST_COMPARED, replace=False)
    return pool.of(np.sort(sample), pool.covered)


def _core_set(pool: Pool, count: int, rng: np.random.Generator) -> Int64:
    some = _sampled(pool, rng)
    places = k_centre(
        some.vectors(some.candidates), some.vectors(pool.covered), count=count, rng=rng
    )
    return some.candidates[places]


def _typiclust(pool: Pool, count: int, rng: np.random.Generator) -> Int64:
    some = _sampled(pool, rng)
    places = typical(
        some.vectors(some.candidates), some.vectors(pool.covered), count=count, rng=rng
    )
    return some.candidates[places]


def _badge(pool: Pool, count: int, rng: np.random.Generator) -> Int64:
    """Sample by the gradient that a tile's likeliest label would give the last layer."""
    some = _sampled(pool, rng)
    gradients = some.vectors(some.candidates) * (1 - _confidence(some))[:, None]
    return some.candidates[k_means_plus_plus(gradients, count=count, rng=rng)]


def _diverse(pool: Pool, count: int, rng: np.random.Generator) -> Int64:
    """Take the least certain ten times over, and of each cluster of these one (Zhdanov 2019)."""
    places = np.argsort(_margin(pool), kind="stable")[: _PREFILTER * count]
    uncertain = pool.of(pool.candidates[places], pool.covered)
    chosen = diverse_batch(
        uncertain.vectors(uncertain.candidates), 1 - _margin(uncertain), count=count, rng=rng
    )
    return uncertain.candidates[chosen]


def _mix(pool: Pool, count: int, rng: np.random.Generator) -> Int64:
    if pool.committee is None or pool.learned < FEW_LABELS:
        return _typiclust(pool, count, rng)
    return _badge(pool, count, rng)


def _some_of(covered: Int64, rng: np.random.Generator) -> Int64:
    """Return as many covered tiles as can be compared with all candidates.

    They are drawn at random: where they stand in the data set tells of their class or slide.
    """
    if len(covered) <= MOST_COVERED:
        return covered
    return np.sort(rng.choice(covered, MOST_COVERED, replace=False))


_ORDERS: Final[Mapping[Strategy, Order]] = {
    Strategy.MIX: _mix,
    Strategy.ENTROPY: _ascending(_negative_entropy),
    Strategy.MARGIN: _ascending(_margin),
    Strategy.LEAST_CONFIDENCE: _ascending(_confidence),
    Strategy.VOTE_ENTROPY: _ascending(_negative_vote_entropy),
    Strategy.BALD: _ascending(_negative_information),
    Strategy.CORE_SET: _core_set,
    Strategy.TYPICLUST: _typiclust,
    Strategy.BADGE: _badge,
    Strategy.DIVERSE_BATCH: _diverse,
    Strategy.ACTIVE_LAB: _ascending(_wanted),
    Strategy.CONFIDENT_LEARNING: _ascending(_quality),
    Strategy.RANDOM: _random,
}
