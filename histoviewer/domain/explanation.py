"""What an explanation of a score is: how it is worked out, and how its map is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from histoviewer.domain.arrays import Float32, Int64, UInt8
from histoviewer.domain.models import ModelRecord


class Method(StrEnum):
    """How a map is worked out. Every map speaks of the logit: a probability near 1 hardly moves."""

    GRAD_CAM = "grad-cam"  # Selvaraju et al. 2017: feature maps weighted by their mean gradient
    SALIENCY = "saliency"  # SmoothGrad, Smilkov et al. 2017: mean gradient of noisy copies
    OCCLUSION = "occlusion"  # Zeiler and Fergus 2014: the logit that covering a patch takes away

    @property
    def has_sides(self) -> bool:
        """Return whether its maps tell what speaks for a class from what speaks against it."""
        return self is not Method.SALIENCY


class Cover(StrEnum):
    """What a covered square looks like: something that tiles show where there is nothing."""

    WHITE = "white"  # glass, for stained tissue
    MEAN = "mean"  # the tile's mean colour, for X-rays


class Side(StrEnum):
    """Whose evidence is shown: that for the positive class, or that against it."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


@dataclass(frozen=True, kw_only=True)
class MapSettings:
    """What a map depends on beside the model and the tile.

    Args:
        method: How it is worked out; only the settings named with the method matter for it.
        layer: Grad-CAM: name of the layer whose feature maps are weighted; None for the last ones
            before pooling.
        samples: Saliency: noisy copies of a tile.
        noise: Saliency: standard deviation of the noise as a share of the tile's range of values.
        seed: Saliency: of the noise; the same seed gives the same map.
        patch: Occlusion: side of the square that covers, in pixels.
        stride: Occlusion: pixels from one square to the next.
        cover: Occlusion: what a covered square looks like.
    """

    method: Method = Method.GRAD_CAM
    layer: str | None = None
    samples: int = 15  # with the tile itself one call of 16
    noise: float = 0.15
    seed: int = 0
    patch: int = 16
    stride: int = 8
    cover: Cover = Cover.WHITE

    @property
    def key(self) -> dict[str, str | int | float | None]:
        """Return what matters for the method: two settings with the same key give the same map."""
        names = {
            Method.GRAD_CAM: ("layer",),
            Method.SALIENCY: ("samples", "noise", "seed"),
            Method.OCCLUSION: ("patch", "stride", "cover"),
        }[self.method]
        return {"method": self.method.value, **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """How raw values become 0 to 1: what is dark and what is bright is a choice of the reader.

    Args:
        low: Percentile of the tile's values that becomes 0.
        high: Percentile that becomes 1.
        side: Whose evidence.
    """

    low: float = 5.0
    high: float = 95.0
    side: Side = Side.POSITIVE


@dataclass(frozen=True, kw_only=True, eq=False)
class Explanation:
    """Maps of some tiles.

    Args:
        model: The model that is explained; the first member, where an ensemble was asked for.
        settings: How the maps were worked out.
        layer: Grad-CAM: the layer that was used; None for other methods.
        tiles: (n,) int64 indexes of the tiles.
        logits: (n,) float32, what the model says: positive for the positive class.
        raw: (n, H, W) float32 at tile size, unstretched: in units of the logit for occlusion, of
            the method's own otherwise. Positive values speak for the positive class, negative
            ones against it; saliency knows no sign.
        stretch: How `maps` were made of `raw`.
        maps: (n, H, W) float32, 0 to 1.
    """

    model: ModelRecord
    settings: MapSettings
    layer: str | None
    tiles: Int64
    logits: Float32
    raw: Float32
    stretch: Stretch
    maps: Float32

    @property
    def scores(self) -> Float32:
        """Return (n,) float32 probabilities of the positive class."""
        return np.asarray(1 / (1 + np.exp(-self.logits.astype(np.float64))), np.float32)

    @property
    def brightest(self) -> list[tuple[int, int] | None]:
        """Return x and y of the strongest evidence in each tile; None where the map is empty."""
        places = []
        for raw, shown in zip(self.raw, self.maps, strict=True):
            top, left = divmod(int(_evidence(raw, self.stretch.side).argmax()), raw.shape[1])
            places.append((left, top) if shown.any() else None)
        return places

    def stretched(self, stretch: Stretch) -> "Explanation":
        """Return the same explanation with other percentiles or the other side's evidence."""
        return replace(self, stretch=stretch, maps=stretch_maps(self.raw, stretch))


def stretch_maps(raw: Float32, stretch: Stretch) -> Float32:
    """Return maps of 0 to 1 in which the percentiles of each tile are 0 and 1. Any thread.

    Args:
        raw: (n, H, W) float32.
        stretch: Percentiles and side.

    Returns:
        (n, H, W) float32. All 0 where nothing speaks for that side. Where evidence covers so
        little of a tile that both percentiles are the same, the largest value is 1 instead.
    """
    evidence = _evidence(raw, stretch.side)
    flat = evidence.reshape(len(raw), -1)
    if flat.size == 0:
        return np.asarray(evidence, np.float32)
    low, high = np.percentile(flat, (stretch.low, stretch.high), axis=1)
    high = np.where(high > low, high, flat.max(axis=1))
    width = np.where(high > low, high - low, 1.0)
    shares = (evidence - low[:, None, None]) / width[:, None, None]
    return np.asarray(np.clip(shares, 0, 1), np.float32)


def _evidence(raw: Float32, side: Side) -> Float32:
    """Return what speaks for a side, 0 where nothing does."""
    return np.asarray(np.maximum(raw if side is Side.POSITIVE else -raw, 0), np.float32)


@dataclass(frozen=True, kw_only=True)
class FeatureLayer:
    """A layer that gives feature maps.

    Args:
        name: In the model.
        kind: Class of the layer, such as 'Conv2D'.
        height: Cells of a map, downwards.
        width: Cells of a map, across.
        channels: Number of maps.
    """

    name: str
    kind: str
    height: int
    width: int
    channels: int


@dataclass(frozen=True, kw_only=True)
class ModelLayers:
    """The layers of a model that can be looked into.

    Args:
        model: The model.
        layers: In the order of computation; empty for a model without convolutions.
        default: Name of the one that Grad-CAM uses unless told otherwise; None where there is none.
    """

    model: ModelRecord
    layers: Sequence[FeatureLayer]
    default: str | None


@dataclass(frozen=True, kw_only=True, eq=False)
class FeatureMaps:
    """The feature maps of one layer for one tile that matter most.

    Args:
        model: The model.
        layer: Name of the layer.
        tile: Index of the tile.
        channels: (k,) int64 numbers of the channels, those that move the logit most first.
        contributions: (k,) float32, by how much each moves the logit: its mean gradient times its
            mean value, summed over the cells, and over the orientations that the network sees.
        maps: (k, h, w) float32 at the size of the layer, as they are; the mean of those of all
            orientations, each turned back, where the network sees several.
    """

    model: ModelRecord
    layer: str
    tile: int
    channels: Int64
    contributions: Float32
    maps: Float32


@dataclass(frozen=True, kw_only=True, eq=False)
class Filters:
    """The filters of a model's first convolution.

    Args:
        model: The model.
        layer: Name of the layer.
        pictures: (k, h, w, 3) uint8 RGB; mid-grey is a weight of 0, all filters on one scale.
        weights: (k, h, w, c) float32, as they are.
    """

    model: ModelRecord
    layer: str
    pictures: UInt8
    weights: Float32


@dataclass(frozen=True, kw_only=True)
class SanityStep:
    """How alike maps are before and after the weights from the top down to a layer are random.

    Args:
        layer: The lowest layer that is random by now.
        similarity: Mean size of the rank correlation of a tile's maps, 0 to 1; 1 for no change. Its
            size, for random weights turn a map around as often as not.
    """

    layer: str
    similarity: float


@dataclass(frozen=True, kw_only=True)
class SanityCheck:
    """Whether maps depend on what a model has learned (Adebayo et al. 2018, cascading test).

    Args:
        model: The model.
        settings: How the maps were worked out.
        tiles: How many tiles were looked at.
        steps: From the top of the network to its first layer.
        passed: Whether the maps of the wholly random model are unlike those of the trained one.
        verdict: The same in words.
    """

    model: ModelRecord
    settings: MapSettings
    tiles: int
    steps: Sequence[SanityStep]
    passed: bool
    verdict: str
