"""What the job that retrains a head is asked and what it answers. Plain values, no Keras."""

from dataclasses import dataclass
from pathlib import Path

from histoviewer.domain.arrays import Float32, Int8, Int64
from histoviewer.ml.embedding_requests import EmbeddingFile


@dataclass(frozen=True, kw_only=True, eq=False)
class HeadRequest:
    """Train the last layer of a network anew on what the layer before it gives for each tile.

    Args:
        embeddings: Of every tile, by `network`.
        network: The saved model whose last layer is replaced; it is only read.
        rows: (n,) int64 tiles to learn from.
        labels: (n,) int8 their labels, 0 or 1.
        weights: (n,) float32 how much each counts.
        folder: Where the new model's files go: `model.keras`, `head.npz`, `scores.npy` and
            `scores.json`.
        fingerprint: Of the packed tiles that were embedded.
        seed: Chooses which tiles are left out where there are very many.
    """

    embeddings: EmbeddingFile
    network: Path
    rows: Int64
    labels: Int8
    weights: Float32
    folder: Path
    fingerprint: str
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class HeadScoresRequest:
    """Score tiles with the last layer of a network, from what the layer before it gave for each.

    Args:
        embeddings: Of every tile, by the network or by the one whose last layer it changed.
        network: The saved model.
        rows: (n,) int64 tiles to score.
    """

    embeddings: EmbeddingFile
    network: Path
    rows: Int64


@dataclass(frozen=True, kw_only=True)
class GraftRequest:
    """Put a head that was kept into the network it stands on once more.

    Args:
        head: What `KeptHead` wrote.
        network: The saved model whose last layer it replaces; it is only read.
        out: Where the model goes.
    """

    head: Path
    network: Path
    out: Path


@dataclass(frozen=True, kw_only=True, eq=False)
class HeadResult:
    """What the head learned from.

    Args:
        used: (m,) int64 the tiles it learned from.
        parameters: Number of weights of the whole network.
        seconds: Time taken.
    """

    used: Int64
    parameters: int
    seconds: float
