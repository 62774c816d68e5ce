"""What the jobs about embeddings are asked and what they answer. Plain values, no Keras."""

from dataclasses import dataclass
from pathlib import Path

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
