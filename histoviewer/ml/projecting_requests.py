"""What the jobs that lay embeddings out on a plane are asked. Plain values, no umap."""

from dataclasses import dataclass

from histoviewer.domain.arrays import Float32, Int32
from histoviewer.ml.embedding_requests import EmbeddingFile


@dataclass(frozen=True, kw_only=True, eq=False)
class PcaRequest:
    """Lay embeddings out by their two principal components.

    Args:
        embeddings: To lay out.
    """

    embeddings: EmbeddingFile


@dataclass(frozen=True, kw_only=True, eq=False)
class UmapRequest:
    """Lay embeddings out by UMAP.

    Args:
        neighbours: (N, k) int32 of each tile, nearest first, itself not among them.
        distances: (N, k) float32 to them.
        start: (N, 2) float32 from where points are moved, such as those of `PcaRequest`.
        seed: The same seed gives the same map.
        min_distance: How close points may come, in units of the map.
    """

    neighbours: Int32
    distances: Float32
    start: Float32
    seed: int = 7
    min_distance: float = 0.1
