"""What the jobs about embeddings are asked and what they answer. Plain values, no Keras."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from histoviewer.domain.arrays import Float16, Float32, Int32, Int64
from histoviewer.domain.source import TileSource


@dataclass(frozen=True, kw_only=True)
class EmbedRequest:
    """Embed every tile.

    Args:
        tiles: Where the pixels come from.
        model: The saved model.
        out: Where the embeddings go: (N, D) float16 .npy, with a .json of what they depend on.
        fingerprint: Of the tiles; work left by a killed run is only taken up for the same tiles.
        earlier: Fingerprint of a store that held the first of these tiles and nothing else, and
            how many it held: embeddings of that store are gone on with. None where there is none.
    """

    tiles: TileSource
    model: Path
    out: Path
    fingerprint: str
    earlier: tuple[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class EmbedResult:
    """What embedding did.

    Args:
        count: Tiles with an embedding.
        dimensions: Length of each.
        kept: How many were there already, of a run before this or of a smaller project.
        seconds: Time taken.
        tiles_per_second: Rate over the tiles of this run.
    """

    count: int
    dimensions: int
    kept: int
    seconds: float
    tiles_per_second: float


@dataclass(frozen=True, kw_only=True)
class EmbeddingFile:
    """The file of some embeddings as another process knows it; sending the path copies nothing.

    Args:
        path: The .npy file.
        fingerprint: Of the embeddings: what was made of others is made anew.
    """

    path: Path
    fingerprint: str

    def read(self) -> Float16:
        """Return the embeddings (N, D) float16, mapped. Let go of them soon: see `map_rows`.

        Raises:
            OSError: The file is gone.
            ValueError: It is damaged.
        """
        mapped: Float16 = np.load(self.path, mmap_mode="r", allow_pickle=False)
        return mapped


@dataclass(frozen=True, kw_only=True)
class NeighboursRequest:
    """Find the nearest tiles of every tile.

    Args:
        embeddings: Among which.
        count: How many of each tile.
    """

    embeddings: EmbeddingFile
    count: int


@dataclass(frozen=True, kw_only=True, eq=False)
class NeighboursResult:
    """The nearest tiles of every tile, without itself; see `domain.embeddings.Neighbours`.

    Args:
        indices: (N, K) int32.
        distances: (N, K) float32 cosine distances.
    """

    indices: Int32
    distances: Float32


@dataclass(frozen=True, kw_only=True, eq=False)
class SimilarRequest:
    """Find the tiles most like some.

    Args:
        embeddings: Among which.
        tiles: (n,) int64 like which.
        count: How many.
    """

    embeddings: EmbeddingFile
    tiles: Int64
    count: int


@dataclass(frozen=True, kw_only=True, eq=False)
class SimilarResult:
    """The tiles most like some, without those.

    Args:
        tiles: (m,) int64 indexes, the most similar first.
        distances: (m,) float32 cosine distance to the nearest of those asked for.
    """

    tiles: Int64
    distances: Float32
