"""Embeddings: what a network's penultimate layer gives for each tile."""

from dataclasses import dataclass

from histoviewer.domain.arrays import Float16, Float32, Int32


@dataclass(frozen=True, kw_only=True, eq=False)
class Embeddings:
    """One vector for each tile of a project; near vectors mean tiles that look alike to a network.

    Args:
        model: Id of the model whose network gave them. It is not always the model that was asked
            for: see `services.embedding.network_of`.
        values: (N, D) float16, mapped from the file: gather rows rather than copy the whole.
        fingerprint: Of the model's file and of the tiles; whatever is worked out from embeddings is
            kept under it, and is out of date when it changes.
    """

    model: str
    values: Float16
    fingerprint: str

    @property
    def count(self) -> int:
        """Return the number of tiles, N."""
        return len(self.values)

    @property
    def dimensions(self) -> int:
        """Return the length of a vector, D."""
        return int(self.values.shape[1])


@dataclass(frozen=True, kw_only=True, eq=False)
class Neighbours:
    """The tiles nearest to each tile, by the cosine distance of the whitened embeddings.

    Args:
        indices: (N, K) int32 tile indexes, the nearest first; the tile itself is not among them.
            K is 15, or fewer where there are fewer other tiles.
        distances: (N, K) float32 cosine distances, 0 for the same direction up to 2 for the
            opposite one; each row rises.
        fingerprint: Of the embeddings they were found among.
    """

    indices: Int32
    distances: Float32
    fingerprint: str
