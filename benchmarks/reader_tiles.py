"""The tiles of the simulated reader, whose real labels are the truth, and what is known of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.cross_validation import Pixels, read_tiles
from benchmarks.kept import kept_array
from benchmarks.rows import say
from histoviewer.domain.arrays import Float16, Int8, Int64, UInt8
from histoviewer.ml.embedding_requests import EmbeddingFile


@dataclass(frozen=True, kw_only=True)
class Tiles:
    """Training tiles first, then validation tiles.

    Args:
        pixels: (N, H, W, 3) uint8 RGB.
        truth: (N,) int8 real labels. Of training tiles only the reader may look at them.
        trained: How many are for training.
    """

    pixels: UInt8
    truth: Int8
    trained: int

    @property
    def source(self) -> Pixels:
        """Return the pixels as training and scoring take them."""
        return Pixels(self.pixels)

    @property
    def training(self) -> Int64:
        """Return the indexes of training tiles."""
        return np.arange(self.trained)

    @property
    def validation(self) -> Int64:
        """Return the indexes of validation tiles."""
        return np.arange(self.trained, len(self.truth))


def read(data: Path) -> Tiles:
    """Return the tiles of a folder in Kaggle's layout with `validation_ids.csv`."""
    pixels, truth = read_tiles(data)
    rest, rest_truth = read_tiles(data, validation=True)
    return Tiles(
        pixels=np.concatenate([pixels, rest]),
        truth=np.concatenate([truth, rest_truth]),
        trained=len(truth),
    )


def embeddings(tiles: Tiles, build: Path, *, epochs: int) -> EmbeddingFile:
    """Return embeddings (N, D) by a network that learned training tiles without their labels.

    Args:
        tiles: All tiles.
        build: Where they are kept.
        epochs: Of the self-supervised training.
    """

    def make() -> Float16:
        from benchmarks.self_supervised import Pretext, embed, learn_encoder

        encoder = learn_encoder(
            tiles.pixels[: tiles.trained],
            pretext=Pretext(epochs=epochs),
            seed=0,
            after_epoch=lambda epoch, loss: say(f"  epoch {epoch} of {epochs}: {loss:.3f}"),
        )
        return embed(encoder, tiles.pixels).astype(np.float16)

    path = build / f"self-supervised-{epochs}.npy"
    kept_array(path, make)
    return EmbeddingFile(path=path, fingerprint=path.stem)
