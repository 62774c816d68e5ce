"""Few labels: how good a head is after so many answers, by what chose the tiles to be answered.

All labels are hidden at first. A strategy of the product chooses tiles, the reader answers, a head
on embeddings that know of no label learns the answers and is judged on the validation tiles.
"""

from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.kept import finished, kept_figures
from benchmarks.reader_tiles import Tiles
from benchmarks.simulated_reader import SimulatedReader
from histoviewer.domain.arrays import Float16, Float64, Int8, Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.strategies import Strategy
from histoviewer.ml.embedding_requests import EmbeddingFile
from histoviewer.ml.issue_requests import Evidence, NextRequest
from histoviewer.ml.judging_labels import run_next
from histoviewer.ml.out_of_sample import learn_head

SIZES: Final = (40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1000, 1400, 2000)

STRATEGIES: Final = tuple(
    strategy
    for strategy in Strategy
    if not strategy.facts.seeks_errors
    # With two classes these two put tiles in the same order as the entropy does.
    and strategy not in (Strategy.MARGIN, Strategy.LEAST_CONFIDENCE)
)
"""Those that choose among tiles without a label."""


def label_curve(
    strategy: Strategy, tiles: Tiles, embeddings: EmbeddingFile, build: Path, *, seed: int
) -> dict[str, Any]:
    """Return the validation AUC at each number of labels, computed once.

    Args:
        strategy: Chooses tiles.
        tiles: All tiles.
        embeddings: (N, D) float16 that know of no label.
        build: Where figures are kept.
        seed: Of the first tiles, which are drawn at random and the same for each strategy, and of
            what the strategy draws.
    """

    def make() -> dict[str, Any]:
        reader = SimulatedReader(truth=tiles.truth, slips=0.0, seed=seed)
        labels = np.full(len(tiles.truth), UNLABELLED, np.int8)
        first = np.random.default_rng(seed).permutation(tiles.trained)[: SIZES[0]]
        labels[first] = reader.answer(first)
        aucs = [_judge(labels, tiles, embeddings.read())]
        for before, size in pairwise(SIZES):
            chosen = next_tiles(strategy, labels, embeddings, tiles, size=size - before, seed=seed)
            labels[chosen] = reader.answer(chosen)
            aucs.append(_judge(labels, tiles, embeddings.read()))
        return {"strategy": strategy.value, "seed": seed, "sizes": SIZES, "auc": aucs}

    return kept_figures(build / "labels" / f"{strategy.value}-{seed}.json", make)


def next_tiles(
    strategy: Strategy,
    labels: Int8,
    embeddings: EmbeddingFile,
    tiles: Tiles,
    *,
    size: int,
    seed: int,
) -> Int64:
    """Return what the product would have a reader look at next.

    Args:
        strategy: How to choose.
        labels: (N,) int8, `UNLABELLED` where hidden.
        embeddings: Of all tiles.
        tiles: All tiles; only training tiles are chosen.
        size: How many.
        seed: Of what is drawn.
    """
    known, total = labels != UNLABELLED, len(labels)
    is_training = np.arange(total) < tiles.trained
    request = NextRequest(
        evidence=Evidence(
            labels=labels,
            opinions=labels[None],
            clusters=np.arange(total),
            learnable=is_training,
            weights=np.ones(total, np.float32),
            seed=seed,
        ),
        embeddings=embeddings,
        strategy=strategy,
        size=size,
        random_share=strategy.facts.random_share,
        seed=seed,
        candidates=np.flatnonzero(is_training & ~known),
        covered=np.flatnonzero(known),
        copies=np.full(total, -1, np.int64),
    )
    return finished(run_next(request, lambda: False))


def _judge(labels: Int8, tiles: Tiles, features: Float16) -> float:
    """Return the AUC on the validation tiles of a head that learned the labels."""
    from sklearn.metrics import roc_auc_score

    known = np.flatnonzero(labels != UNLABELLED)
    head = learn_head(features[known].astype(np.float32), labels[known])
    scores = head.logits(features[tiles.validation].astype(np.float32))
    return float(roc_auc_score(tiles.truth[tiles.validation], scores))


def labels_for(auc: float, sizes: Int64, aucs: Float64) -> float:
    """Return how many labels reach an AUC, read off a curve; infinite where none do.

    Between two sizes the curve is taken as straight over the logarithm of the number.

    Args:
        auc: What is to be reached.
        sizes: (n,) ascending numbers of labels.
        aucs: (n,) AUC at each.
    """
    reached = np.flatnonzero(np.asarray(aucs) >= auc)
    if not len(reached):
        return float("inf")
    place = int(reached[0])
    if place == 0:
        return float(sizes[0])
    low, high = aucs[place - 1], aucs[place]
    share = (auc - low) / (high - low)
    logs = np.log(np.asarray(sizes[place - 1 : place + 1], float))
    return float(np.exp(logs[0] + share * (logs[1] - logs[0])))
