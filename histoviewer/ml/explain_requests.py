"""What the jobs that explain a model are asked and what they answer. Plain values, no Keras."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from histoviewer.domain.arrays import Float32, Int64, UInt8
from histoviewer.domain.explanation import FeatureLayer, MapSettings, SanityStep


@dataclass(frozen=True, kw_only=True)
class ExplainedFile:
    """A model file as the process that explains knows it.

    Args:
        path: The .keras file.
        digest: SHA-256 of its bytes: a file that was replaced is loaded anew.
    """

    path: Path
    digest: str


@dataclass(frozen=True, kw_only=True, eq=False)
class MapRequest:
    """Work out the maps of some tiles.

    Args:
        file: The model.
        pixels: (n, H, W, 3) uint8 RGB.
        settings: How.
    """

    file: ExplainedFile
    pixels: UInt8
    settings: MapSettings


@dataclass(frozen=True, kw_only=True, eq=False)
class MapResult:
    """Maps as they come out of a method, in its own grid of cells.

    Args:
        layer: Grad-CAM: the layer that was used; None for other methods.
        logits: (n,) float32.
        cells: (n, h, w) float32: at the layer's size for Grad-CAM, one value a square for
            occlusion, at tile size for saliency.
    """

    layer: str | None
    logits: Float32
    cells: Float32


@dataclass(frozen=True, kw_only=True)
class LayersResult:
    """The layers of a model that give feature maps.

    Args:
        layers: In the order of computation.
        default: Name of the last one before pooling; None where there is none.
    """

    layers: Sequence[FeatureLayer]
    default: str | None


@dataclass(frozen=True, kw_only=True, eq=False)
class FeaturesRequest:
    """Work out the feature maps of a tile.

    Args:
        file: The model.
        pixels: (1, H, W, 3) uint8 RGB.
        layer: Name of the layer; None for the last one before pooling.
        top: How many channels.
    """

    file: ExplainedFile
    pixels: UInt8
    layer: str | None
    top: int


@dataclass(frozen=True, kw_only=True, eq=False)
class FeaturesResult:
    """Feature maps, those that move the logit most first.

    Args:
        layer: The layer that was used.
        channels: (k,) int64.
        contributions: (k,) float32.
        maps: (k, h, w) float32.
    """

    layer: str
    channels: Int64
    contributions: Float32
    maps: Float32


@dataclass(frozen=True, kw_only=True, eq=False)
class FiltersResult:
    """The filters of the first convolution.

    Args:
        layer: Its name.
        weights: (k, h, w, c) float32.
    """

    layer: str
    weights: Float32


@dataclass(frozen=True, kw_only=True, eq=False)
class SanityRequest:
    """Compare maps with those of the same model with random weights.

    Args:
        file: The model.
        pixels: (n, H, W, 3) uint8 RGB.
        settings: How maps are worked out.
        seed: Of the random weights.
    """

    file: ExplainedFile
    pixels: UInt8
    settings: MapSettings
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class SanityResult:
    """How alike the maps are, from the top of the network down.

    Args:
        steps: One for each layer that was made random, those above it being random already.
    """

    steps: Sequence[SanityStep]
