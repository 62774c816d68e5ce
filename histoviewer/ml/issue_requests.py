"""What the jobs on label errors and the next batch are asked and answer. Plain values, no Keras."""

from dataclasses import dataclass

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.domain.folds import FOLDS
from histoviewer.domain.strategies import Strategy
from histoviewer.ml.embedding_requests import EmbeddingFile


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """What is known of the labels of a project's N tiles.

    Args:
        labels: (N,) int8 effective labels, `UNLABELLED` where there is none or it does not count.
        opinions: (A, N) int8 labels by annotator: those of the data set, then of each reader.
        clusters: (N,) int64: tiles that no fold may part have the same number.
        learnable: (N,) bool: tiles that heads may learn from; the others are only judged.
        weights: (N,) float32 how much each counts in learning.
        folds: How many heads there are.
        seed: Of the folds.
    """

    labels: Int8
    opinions: Int8
    clusters: Int64
    learnable: Bool
    weights: Float32
    folds: int = FOLDS
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class IssuesRequest:
    """Find label errors.

    Args:
        evidence: The labels.
        embeddings: What heads learn on; None where probabilities are given.
        probability: (N,) float32 out-of-sample probabilities of whole networks; None to learn
            heads for them.
    """

    evidence: Evidence
    embeddings: EmbeddingFile | None = None
    probability: Float32 | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class IssuesResult:
    """What was found; all arrays are (N,).

    Args:
        probability: float32 out-of-sample probability of the positive class.
        suspect: bool: label counted among the wrong ones by confident learning.
        wanted: float32 ActiveLab score.
    """

    probability: Float32
    suspect: Bool
    wanted: Float32


@dataclass(frozen=True, kw_only=True, eq=False)
class NextRequest:
    """Choose tiles to look at next.

    Args:
        evidence: The labels.
        embeddings: Of all tiles.
        strategy: How to choose.
        size: How many.
        random_share: Share drawn at random, 0-1.
        seed: Of what is drawn.
        candidates: (n,) int64 tiles that may be chosen.
        covered: (m,) int64 tiles whose label is known for sure.
        copies: (N,) int64: exact and near duplicates have the same number, -1 for tiles without.
    """

    evidence: Evidence
    embeddings: EmbeddingFile
    strategy: Strategy
    size: int
    random_share: float
    seed: int
    candidates: Int64
    covered: Int64
    copies: Int64
