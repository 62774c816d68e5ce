"""The three ways of working out a map of a tile."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float32, UInt8
from histoviewer.domain.explanation import Cover, MapSettings, Method
from histoviewer.domain.map_geometry import patch_starts
from histoviewer.ml.differentiating import SIZES
from histoviewer.ml.explained_model import ExplainedModel
from histoviewer.ml.orientations import turned_back

_COVERED: Final = 64  # covered copies a call: small enough that a reader can go on at once

# Maps of some tiles: yields (logits, maps) a few tiles at a time, and None where it is not done
# with a tile yet but can be left.
Parts = Iterator[tuple[Float32, Float32] | None]
_Way = Callable[[ExplainedModel, UInt8, MapSettings], Parts]


def iterate_maps(model: ExplainedModel, tiles: UInt8, settings: MapSettings) -> Parts:
    """Yield logits (m,) and maps (m, h, w) float32 of the next tiles, in order.

    None in between is a point where the work can be left.

    Args:
        model: What is explained.
        tiles: (n, H, W, 3) uint8 RGB.
        settings: How.

    Raises:
        InputError: The model has no such layer, or no feature maps.
    """
    return _WAYS[settings.method](model, tiles, settings)


def _grad_cam(model: ExplainedModel, tiles: UInt8, settings: MapSettings) -> Parts:
    """Weight feature maps by their mean gradient (Selvaraju et al. 2017, equations 1 and 2).

    Negative values are kept: they are the evidence against the class. Where the network has turned
    the tile by then, the map is the sum of those of all views, each turned back.
    """
    _, slope = model.layer_slope(settings.layer)
    for start in range(0, len(tiles), SIZES[-1]):
        at = slope(tiles[start : start + SIZES[-1]])
        weights = at.gradients.mean(axis=(2, 3), keepdims=True)
        views = (weights * at.features).sum(axis=-1)
        yield at.logits, turned_back(views).sum(axis=0)


def _saliency(model: ExplainedModel, tiles: UInt8, settings: MapSettings) -> Parts:
    """Average the gradient over noisy copies (Smilkov et al. 2017), then take its size.

    The size of a pixel is that of its largest channel (Simonyan et al. 2014). Each tile gets the
    same noise whichever others it is explained with.
    """
    for tile in tiles:
        clean = tile.astype(np.float32)[None]
        spread = settings.noise * float(clean.max() - clean.min())
        random = np.random.default_rng(settings.seed)
        noise = random.standard_normal((settings.samples, *tile.shape), np.float32)
        # The tile itself goes first, for its logit; its gradient is left out of the mean.
        copies = np.concatenate([clean, clean + spread * noise])
        slopes = []
        for start in range(0, len(copies), SIZES[-1]):
            slopes.append(model.pixel_slope(copies[start : start + SIZES[-1]]))
            yield None
        gradients = np.concatenate([slope.gradients[0] for slope in slopes])[1:]
        yield slopes[0].logits[:1], np.abs(gradients.mean(axis=0)).max(axis=-1)[None]


def _occlusion(model: ExplainedModel, tiles: UInt8, settings: MapSettings) -> Parts:
    """Cover squares and see what the logit loses (Zeiler and Fergus 2014)."""
    rows, columns = (
        patch_starts(side, patch=settings.patch, stride=settings.stride)
        for side in tiles.shape[1:3]
    )
    corners = [(top, left) for top in rows for left in columns]
    for tile in tiles:
        plain = 255 if settings.cover is Cover.WHITE else np.rint(tile.mean(axis=(0, 1)))
        whole = _logits(model, tile[None])
        covered: list[Float32] = []
        for start in range(0, len(corners), _COVERED):
            part = corners[start : start + _COVERED]
            copies = np.repeat(tile[None], len(part), axis=0)
            for copy, (top, left) in zip(copies, part, strict=True):
                copy[top : top + settings.patch, left : left + settings.patch] = plain
            covered.append(_logits(model, copies))
            yield None
        drops = whole - np.concatenate(covered)
        yield whole, drops.reshape(1, len(rows), len(columns))


def _logits(model: ExplainedModel, tiles: UInt8) -> Float32:
    """Return (n,) float32, from one of two sizes of a call so that little is compiled."""
    size = 1 if len(tiles) == 1 else _COVERED
    padded = np.concatenate([tiles, np.repeat(tiles[-1:], size - len(tiles), axis=0)])
    return np.asarray(model.logits.predict_on_batch(padded), np.float32)[: len(tiles), 0]


_WAYS: Final[dict[Method, _Way]] = {
    Method.GRAD_CAM: _grad_cam,
    Method.SALIENCY: _saliency,
    Method.OCCLUSION: _occlusion,
}
