"""A reader that knows the truth and slips now and then, and what its looking finds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Int8, Int64

SLIPS: Final = (0.0, 0.03)
"""Shares of wrong answers that are looked into."""

# From the labels as they are known and which of them the reader gave, to the tiles in the order in
# which they are to be looked at. Those that were looked at may stand anywhere in it.
Ranking = Callable[[Int8, Bool], Int64]


@dataclass(kw_only=True)
class SimulatedReader:
    """Answers what it is shown.

    Args:
        truth: (N,) int8 real labels.
        slips: Share of the answers that are wrong, 0-1.
        seed: Of the slips.
    """

    truth: Int8
    slips: float
    seed: int
    _random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        """Begin the draws."""
        self._random = np.random.default_rng(self.seed)

    def answer(self, tiles: Int64) -> Int8:
        """Return (n,) int8 labels."""
        right = self.truth[tiles]
        wrong = self._random.random(len(tiles)) < self.slips
        return np.where(wrong, 1 - right, right).astype(np.int8)


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """What a review led to.

    Args:
        labels: (N,) int8 as they are known after it.
        found: (looks + 1,) int64: how many labels that were wrong had been put right after so many
            looks.
        spoilt: Labels that were right and are wrong after it: slips.
    """

    labels: Int8
    found: Int64
    spoilt: int


def review(
    reader: SimulatedReader, labels: Int8, ranking: Ranking, *, looks: int, batch: int
) -> Reviewed:
    """Let a reader look at so many tiles, none of them twice.

    Args:
        reader: Answers.
        labels: (N,) int8 as they are known before.
        ranking: Asked again after each batch of answers.
        looks: How many tiles are looked at.
        batch: Answers until the order is made anew.
    """
    known, read = labels.copy(), np.zeros(len(labels), bool)
    was_wrong = labels != reader.truth
    gains = [np.zeros(1, np.int64)]
    while read.sum() < looks:
        order = ranking(known, read)
        shown = order[~read[order]][: min(batch, looks - int(read.sum()))]
        known[shown] = reader.answer(shown)
        read[shown] = True
        gains.append((was_wrong[shown] & (known[shown] == reader.truth[shown])).astype(np.int64))
    spoilt = ~was_wrong & (known != reader.truth)
    return Reviewed(labels=known, found=np.cumsum(np.concatenate(gains)), spoilt=int(spoilt.sum()))


def flipped(truth: Int8, *, rate: float, seed: int) -> Int8:
    """Return labels of which a share, chosen at random, is turned round.

    Args:
        truth: (n,) int8 real labels.
        rate: The share, 0-1.
        seed: The same seed turns the same ones.
    """
    chosen = np.random.default_rng(seed).choice(len(truth), round(rate * len(truth)), replace=False)
    labels = truth.copy()
    labels[chosen] = 1 - labels[chosen]
    return labels


def in_order(order: Int64) -> Ranking:
    """Return a ranking that nothing changes."""
    return lambda _labels, _read: order
