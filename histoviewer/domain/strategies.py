"""Ways of choosing what a reader looks at next, as the literature names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Strategy(StrEnum):
    """What is looked at next; the value is stored in settings and given on the command line.

    With two classes entropy, margin and least confidence put tiles in the same order: the nearer
    the probability is to one half, the earlier.
    """

    MIX = "mix"
    ENTROPY = "entropy"
    MARGIN = "margin"
    LEAST_CONFIDENCE = "least-confidence"
    VOTE_ENTROPY = "vote-entropy"
    BALD = "bald"
    CORE_SET = "core-set"
    TYPICLUST = "typiclust"
    BADGE = "badge"
    DIVERSE_BATCH = "diverse-mini-batch"
    ACTIVE_LAB = "active-lab"
    CONFIDENT_LEARNING = "confident-learning"
    RANDOM = "random"

    @property
    def facts(self) -> "StrategyFacts":
        """Return where the strategy is from and what it needs."""
        return _FACTS[self]


@dataclass(frozen=True, kw_only=True, slots=True)
class StrategyFacts:
    """What there is to know of a strategy.

    Args:
        source: Where it is from.
        asks_model: It asks heads that learned from the labels so far.
        needs_labels: It cannot do without them: both classes must have labels.
        seeks_errors: It looks for wrong labels, and so among tiles that have one.
        random_share: What share of a batch is drawn at random if the reader does not say, 0-1.
    """

    source: str
    asks_model: bool = False
    needs_labels: bool = False
    seeks_errors: bool = False
    random_share: float = 0.0


_FACTS: Final[Mapping[Strategy, StrategyFacts]] = {
    Strategy.MIX: StrategyFacts(
        source="TypiClust while there are few labels, then BADGE, with a share at random "
        "(Hacohen, Dekel & Weinshall 2022; Ash et al. 2020)",
        asks_model=True,
        random_share=0.2,
    ),
    Strategy.ENTROPY: StrategyFacts(
        source="Shannon entropy of the prediction (Settles 2009, section 3.1)",
        asks_model=True,
        needs_labels=True,
    ),
    Strategy.MARGIN: StrategyFacts(
        source="margin between the two likeliest classes (Scheffer, Decomain & Wrobel 2001)",
        asks_model=True,
        needs_labels=True,
    ),
    Strategy.LEAST_CONFIDENCE: StrategyFacts(
        source="least confident prediction (Lewis & Gale 1994)", asks_model=True, needs_labels=True
    ),
    Strategy.VOTE_ENTROPY: StrategyFacts(
        source="vote entropy of a committee (Dagan & Engelson 1995)",
        asks_model=True,
        needs_labels=True,
    ),
    Strategy.BALD: StrategyFacts(
        source="Bayesian active learning by disagreement (Houlsby et al. 2011)",
        asks_model=True,
        needs_labels=True,
    ),
    Strategy.CORE_SET: StrategyFacts(source="k-centre greedy core-set (Sener & Savarese 2018)"),
    Strategy.TYPICLUST: StrategyFacts(source="TypiClust (Hacohen, Dekel & Weinshall 2022)"),
    Strategy.BADGE: StrategyFacts(
        source="BADGE, k-means++ on gradient embeddings (Ash et al. 2020)",
        asks_model=True,
        needs_labels=True,
    ),
    Strategy.DIVERSE_BATCH: StrategyFacts(
        source="diverse mini-batch, k-means weighted by margin (Zhdanov 2019)",
        asks_model=True,
        needs_labels=True,
    ),
    Strategy.ACTIVE_LAB: StrategyFacts(
        source="ActiveLab (Goh & Mueller 2023)",
        asks_model=True,
        needs_labels=True,
        seeks_errors=True,
    ),
    Strategy.CONFIDENT_LEARNING: StrategyFacts(
        source="confident learning, lowest self-confidence (Northcutt, Jiang & Chuang 2021)",
        asks_model=True,
        needs_labels=True,
        seeks_errors=True,
    ),
    Strategy.RANDOM: StrategyFacts(source="drawn at random"),
}
