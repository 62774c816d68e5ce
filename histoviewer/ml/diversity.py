"""Choosing tiles that differ from each other: k-centre, k-means++, clusters and their middles."""

from typing import Final

import faiss
import numpy as np

from histoviewer.domain.arrays import Float32, Float64, Int64

_MOST_CLUSTERS: Final = 500
_NEIGHBOURS: Final = 20
_ROUNDS: Final = 20
_TRIES: Final = 3  # of clusterings, from other beginnings; the best counts
_SEEDS: Final = 2**31 - 1
_BLOCK: Final = 4096


def k_centre(vectors: Float32, covered: Float32, *, count: int, rng: np.random.Generator) -> Int64:
    """Choose the points that are farthest from all chosen so far (Sener & Savarese 2018, alg. 1).

    Args:
        vectors: (n, D) float32.
        covered: (m, D) float32 what is chosen already.
        count: How many; all where there are no more.
        rng: Chooses the first where nothing is covered.

    Returns:
        (k,) int64 places in `vectors`, in the order in which they were chosen.
    """
    gaps = _gaps(vectors, covered)
    chosen: list[int] = []
    for _ in range(min(count, len(vectors))):
        farthest = int(gaps.argmax()) if np.isfinite(gaps[0]) else int(rng.integers(len(vectors)))
        chosen.append(farthest)
        gaps = np.minimum(gaps, _squared(vectors, vectors[farthest]))
        gaps[farthest] = -1
    return np.array(chosen, np.int64)


def k_means_plus_plus(vectors: Float32, *, count: int, rng: np.random.Generator) -> Int64:
    """Sample points in proportion to their squared distance from those before them.

    The seeding of k-means++ (Arthur & Vassilvitskii 2007), from the longest vector on, as BADGE
    has it (Ash et al. 2020).

    Args:
        vectors: (n, D) float32.
        count: How many; fewer where all the others coincide with one that is chosen.
        rng: Draws.

    Returns:
        (k,) int64 places in `vectors`, in the order in which they were drawn.
    """
    if len(vectors) == 0:
        return np.zeros(0, np.int64)
    chosen = [int((vectors**2).sum(axis=1).argmax())]
    gaps = _squared(vectors, vectors[chosen[0]])
    while len(chosen) < count and gaps.any():
        drawn = int(rng.choice(len(vectors), p=gaps / gaps.sum()))
        chosen.append(drawn)
        gaps = np.minimum(gaps, _squared(vectors, vectors[drawn]))
        gaps[chosen] = 0
    return np.array(chosen, np.int64)


def typical(vectors: Float32, covered: Float32, *, count: int, rng: np.random.Generator) -> Int64:
    """Choose the most typical point of each large cluster that has least cover.

    TypiClust (Hacohen, Dekel & Weinshall 2022, algorithm 1): as many clusters as there are points
    covered and wanted; typicality is the inverse mean distance to the nearest neighbours of the
    same cluster.

    Args:
        vectors: (n, D) float32.
        covered: (m, D) float32 what is chosen already.
        count: How many.
        rng: Seeds the clustering.

    Returns:
        (k,) int64 places in `vectors`, in the order in which they were chosen.
    """
    everything = np.concatenate([vectors, covered])
    clusters = _cluster(everything, min(len(covered) + count, _MOST_CLUSTERS), rng)
    own, taken = clusters[: len(vectors)], clusters[len(vectors) :]
    cover = np.bincount(taken, minlength=clusters.max() + 1)
    sizes = np.bincount(own, minlength=len(cover))
    ranked = [_by_typicality(vectors, np.flatnonzero(own == each)) for each in range(len(cover))]
    chosen: list[int] = []
    for _ in range(min(count, len(vectors))):
        open_ones = np.flatnonzero([len(places) > 0 for places in ranked])
        best = open_ones[np.lexsort((-sizes[open_ones], cover[open_ones]))[0]]
        chosen.append(int(ranked[best][0]))
        ranked[best] = ranked[best][1:]
        cover[best] += 1
    return np.array(chosen, np.int64)


def diverse_batch(
    vectors: Float32, urgency: Float32, *, count: int, rng: np.random.Generator
) -> Int64:
    """Choose of each of `count` clusters, weighted by urgency, what is nearest to its middle.

    Args:
        vectors: (n, D) float32.
        urgency: (n,) float32 at least 0: how much each point pulls its cluster's middle.
        count: How many; all where there are no more.
        rng: Seeds the clustering.

    Returns:
        (k,) int64 places in `vectors`, the most urgent first.
    """
    if count >= len(vectors):
        return np.argsort(-urgency, kind="stable")
    weights = np.maximum(urgency, 1e-3)
    clusters = _cluster(vectors, count, rng, weights=weights)
    chosen = [_middle(vectors, weights, np.flatnonzero(clusters == each)) for each in set(clusters)]
    places = np.array(chosen, np.int64)
    return places[np.argsort(-urgency[places], kind="stable")]


def _middle(vectors: Float32, weights: Float32, places: Int64) -> int:
    centre = np.average(vectors[places], axis=0, weights=weights[places])
    return int(places[_squared(vectors[places], centre).argmin()])


def _by_typicality(vectors: Float32, places: Int64) -> Int64:
    """Return the places of a cluster, the most typical first."""
    if len(places) <= 2:  # noqa: PLR2004 - of two, each is as near to the other
        return places
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(vectors[places])
    squares, _ = index.search(vectors[places], min(_NEIGHBOURS, len(places) - 1) + 1)
    gaps = np.sqrt(np.maximum(squares[:, 1:], 0)).mean(axis=1)
    return places[np.argsort(gaps, kind="stable")]


def _cluster(
    vectors: Float32, count: int, rng: np.random.Generator, *, weights: Float32 | None = None
) -> Int64:
    """Return (n,) int64 cluster numbers by k-means; empty clusters are filled or left out."""
    means = faiss.Kmeans(
        vectors.shape[1],
        min(count, len(vectors)),
        niter=_ROUNDS,
        nredo=_TRIES,
        seed=int(rng.integers(_SEEDS)),
        min_points_per_centroid=1,  # few tiles are no fault: no warning is wanted
        max_points_per_centroid=len(vectors),  # all of them count
    )
    means.train(vectors, weights=weights)
    _, nearest = means.index.search(vectors, 1)
    return np.asarray(nearest[:, 0], np.int64)


def _gaps(vectors: Float32, covered: Float32) -> Float64:
    """Return (n,) float64 squared distance to the nearest covered point, infinite without any."""
    if len(covered) == 0:
        return np.full(len(vectors), np.inf)
    lengths = (covered.astype(np.float64) ** 2).sum(axis=1)
    gaps = np.empty(len(vectors))
    for start in range(0, len(vectors), _BLOCK):
        some = vectors[start : start + _BLOCK].astype(np.float64)
        crossed = lengths - 2 * some @ covered.T.astype(np.float64)
        gaps[start : start + _BLOCK] = crossed.min(axis=1) + (some**2).sum(axis=1)
    return np.maximum(gaps, 0)


def _squared(vectors: Float32, point: Float32) -> Float64:
    """Return (n,) float64 squared distances to a point."""
    return np.asarray(((vectors - point) ** 2).sum(axis=1, dtype=np.float64))
