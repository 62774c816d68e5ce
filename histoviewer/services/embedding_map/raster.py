"""Hundreds of thousands of points as one picture, with numpy and OpenCV. Any thread; no Qt.

Where points are many, each is a small disc with some opacity, and what lies on one another adds up
as panes of glass do: a place shows how many points it has and which colours they mix to. One of
them in each stretch of the plane carries its sign on top, so that colour is not all there is. Where
few are in view, each is painted as its sign.
"""

from dataclasses import dataclass
from itertools import product
from math import ceil, floor, log2, sqrt
from typing import Final

import cv2
import numpy as np

from histoviewer.domain.arrays import Float32, Int64, UInt8, UInt32
from histoviewer.domain.map_colouring import Sign
from histoviewer.domain.map_view import MapView
from histoviewer.domain.palettes import channels
from histoviewer.services.embedding_map.scene import Emphasis, Scene
from histoviewer.services.embedding_map.signs import mask
from histoviewer.services.embedding_map.stamping import stamp

ALL_SIGNS: Final = 8000  # points in view up to which each is painted as its sign

_BEHIND: Final = 0.35  # of its opacity that a point keeps while others are chosen
_LOTS: Final = 6  # rounds in which signs are painted
_BEHIND_SIGN: Final = 0.5
_STRETCH: Final = 44  # logical pixels, at least, between signs where not every point has one
_SIGN: Final = (3.4, 7.0)  # least and greatest radius of a sign, logical pixels
_DOT: Final = (0.75, 2.6)  # of a disc
_HALO: Final = 1.3  # logical pixels of ground around a sign
_MARK: Final = 2.6  # halos that the mark around one chosen point is wide
_OUTLINE: Final = 2.0  # of the mark around what is chosen
_WIDEST: Final = 32.0  # logical pixels that it runs away from points at most
_COARSE: Final = 0.25  # size in which that line is found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How points are painted at a zoom.

    Args:
        ratio: Device pixels a logical pixel.
        apart: How far neighbours are apart on average, device pixels.
        dot: Radius of a disc, device pixels.
        opacity: Of one disc.
        sign: Radius of a sign, device pixels.
    """

    ratio: float
    apart: float
    dot: float
    opacity: float
    sign: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """The points in view.

    Args:
        at: (n,) places in the arrays of the scene.
        columns: (n,) pixel of each.
        rows: (n,) pixel of each.
        emphasis: (n,) uint8.
    """

    at: Int64
    columns: Int64
    rows: Int64
    emphasis: UInt8

    def those(self, which: Int64) -> "_Seen":
        """Return some of them."""
        return _Seen(
            at=self.at[which],
            columns=self.columns[which],
            rows=self.rows[which],
            emphasis=self.emphasis[which],
        )

    def standing_out(self, emphasis: Emphasis) -> "_Seen":
        """Return those of an emphasis."""
        return self.those(np.flatnonzero(self.emphasis == emphasis))


def render(scene: Scene, view: MapView, *, ratio: float = 1.0) -> UInt32:
    """Paint what is seen of a scene.

    Args:
        scene: What to paint.
        view: Which part of the plane, in device pixels.
        ratio: Device pixels a logical pixel: how large signs are.

    Returns:
        (height, width) uint32 0xffRRGGBB.
    """
    canvas = np.empty((3, view.height, view.width), np.float32)
    canvas[:] = _tone(scene.palette.ground)[:, None, None]
    seen = _seen(scene, view)
    look = _look(scene, view, ratio)
    signed = seen
    if len(seen.at) > ALL_SIGNS:
        _paint_density(canvas, scene, seen, look)
        signed = seen.those(_one_a_stretch(scene, view, seen, ratio))
    _paint_signs(canvas, scene, signed, look)
    if scene.sets_apart:
        _outline(canvas, scene, seen.standing_out(Emphasis.CHOSEN), look)
    return _packed(canvas)


def _tone(colour: str) -> Float32:
    return np.array(channels(colour), np.float32)


def _seen(scene: Scene, view: MapView) -> _Seen:
    index = scene.points.index
    left, top, _, bottom = view.box
    band = index.band(top, bottom)
    columns = (index.x[band].astype(np.float64) - left) * view.scale
    shown = scene.emphasis[band] != Emphasis.ABSENT
    places = np.flatnonzero(shown & (columns >= 0) & (columns < view.width))
    rows = (index.y[band][places].astype(np.float64) - top) * view.scale
    at = places + band.start
    return _Seen(
        at=at,
        columns=columns[places].astype(np.int64),
        rows=np.minimum(rows.astype(np.int64), view.height - 1),
        emphasis=scene.emphasis[at],
    )


def _look(scene: Scene, view: MapView, ratio: float) -> _Look:
    """Choose sizes by how far neighbours are apart, so that panning never changes them."""
    apart = sqrt(scene.points.room) * view.scale / ratio
    dot = min(max(0.45 * apart, _DOT[0]), _DOT[1])
    covering = max(1e-6, np.pi * dot**2 / max(apart, 1e-6) ** 2)  # discs over a place, on average
    return _Look(
        ratio=ratio,
        apart=apart * ratio,
        dot=dot * ratio,
        opacity=float(np.clip(1.3 / (1 + covering), 0.12, 0.9)),
        sign=min(max(0.4 * apart, _SIGN[0]), _SIGN[1]) * ratio,
    )


def _paint_density(canvas: Float32, scene: Scene, seen: _Seen, look: _Look) -> None:
    chosen = seen.standing_out(Emphasis.CHOSEN)
    behind = _BEHIND if scene.sets_apart else 1.0
    faint = seen.standing_out(Emphasis.FAINT)
    _lay(canvas, faint, _tone(scene.palette.faint)[None].repeat(len(faint.at), 0), look, 0.5)
    shown = seen.standing_out(Emphasis.SHOWN)
    _lay(canvas, shown, scene.tones[scene.codes[shown.at]], look, behind)
    _lay(canvas, chosen, scene.tones[scene.codes[chosen.at]], look, 1.0)


def _lay(canvas: Float32, seen: _Seen, tones: Float32, look: _Look, strength: float) -> None:
    """Lay points over the picture, in place.

    Args:
        canvas: (3, H, W) float32.
        seen: The points.
        tones: (n, 3) float32 their colours.
        look: Of the discs.
        strength: Of the opacity.
    """
    if not len(seen.at):
        return
    cover = _spread(seen, look, canvas.shape[1:])
    # Each of c discs lets (1 - opacity) of the light through, all of them that to the power of c.
    kept = np.exp(cover * np.float32(np.log1p(-min(look.opacity * strength, 0.95))))
    share = (1 - kept) / np.maximum(cover, np.float32(1e-6))
    canvas *= kept
    for place, tone in enumerate(tones.T):
        canvas[place] += _spread(seen, look, canvas.shape[1:], tone) * share


def _spread(
    seen: _Seen, look: _Look, shape: tuple[int, ...], weights: Float32 | None = None
) -> Float32:
    """Return (H, W) float32: the weights of the discs over each pixel, added; each 1 for None."""
    flat = seen.rows * shape[1] + seen.columns
    sums = np.bincount(flat, weights=weights, minlength=shape[0] * shape[1])
    disc = mask(Sign.DISC, 2 * ceil(look.dot) + 1, radius=look.dot)
    return np.asarray(cv2.filter2D(sums.astype(np.float32).reshape(shape), -1, disc), np.float32)


def _outline(canvas: Float32, scene: Scene, chosen: _Seen, look: _Look) -> None:
    """Draw a smooth line around the points that are chosen, in place.

    It is a contour of the points blurred by how far they are apart, at half the height that one of
    them alone has: it leaves none of them out, and runs around a crowd rather than each of its
    members. Blurred in a quarter of the size: that is fast.
    """
    height, width = canvas.shape[1:]
    cover = np.minimum(_spread(chosen, look, (height, width)), 1)
    small = cv2.resize(cover, None, fx=_COARSE, fy=_COARSE, interpolation=cv2.INTER_AREA)
    blur = min(max(1 / _COARSE, look.apart), _WIDEST * look.ratio)
    blurred = cv2.GaussianBlur(small, (0, 0), blur * _COARSE)
    smooth = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC)
    alone = look.dot**2 / (2 * blur**2)  # area of a disc, times the height of the bell curve
    inside = (smooth > alone / 2).astype(np.uint8)
    wide = 2 * max(1, round(_OUTLINE * look.ratio / 2)) + 1
    grown = cv2.dilate(inside, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide)))
    canvas[:, grown > inside] = _tone(scene.palette.mark)[:, None]


def _one_a_stretch(scene: Scene, view: MapView, seen: _Seen, ratio: float) -> Int64:
    """Return which points carry a sign: one in each square of the plane, drawn by lot.

    The squares lie fast in the plane and are halved when one is twice as near, so that signs keep
    their places while the map is moved.
    """
    side = 2.0 ** ceil(log2(_STRETCH * ratio / view.scale))
    left, top, right, bottom = view.box
    across = floor(right / side) - floor(left / side) + 1
    down = floor(bottom / side) - floor(top / side) + 1
    index = scene.points.index
    columns = np.floor(index.x[seen.at] / side).astype(np.int64) - floor(left / side)
    rows = np.floor(index.y[seen.at] / side).astype(np.int64) - floor(top / side)
    cells = np.clip(rows, 0, down - 1) * across + np.clip(columns, 0, across - 1)
    best = np.zeros(across * down, np.int64)
    # What stands out goes first, then the lot; the place itself rides along in the low bits.
    lots = seen.emphasis.astype(np.int64) << 32 | scene.points.lots[seen.at]
    keys = lots * len(seen.at) + np.arange(len(seen.at)) + 1
    np.maximum.at(best, cells, keys)
    return np.sort((best[best > 0] - 1) % len(seen.at))


def _paint_signs(canvas: Float32, scene: Scene, seen: _Seen, look: _Look) -> None:
    """Paint points as their signs, what stands out on top, and else by lot, no category above."""
    codes, lots = scene.codes[seen.at], scene.points.lots[seen.at] % _LOTS
    for emphasis in (Emphasis.FAINT, Emphasis.SHOWN, Emphasis.CHOSEN):
        for lot, code in product(range(_LOTS), range(len(scene.signs))):
            these = (codes == code) & (lots == lot) & (seen.emphasis == emphasis)
            if these.any():
                _stamp_sign(canvas, scene, seen.those(np.flatnonzero(these)), look, code)


def _stamp_sign(canvas: Float32, scene: Scene, seen: _Seen, look: _Look, code: int) -> None:
    """Paint points of one category and one emphasis."""
    sign, emphasis = scene.signs[code], int(seen.emphasis[0])
    ground, halo = _tone(scene.palette.ground), _HALO * look.ratio
    tone = _tone(scene.palette.faint) if emphasis == Emphasis.FAINT else scene.tones[code]
    if emphasis == Emphasis.CHOSEN and not scene.sets_apart:
        marked = _shape(sign, look.sign, grown=_MARK * halo)
        stamp(canvas, seen.columns, seen.rows, marked, _tone(scene.palette.mark))
    if emphasis == Emphasis.SHOWN and scene.sets_apart:
        tone = ground + (tone - ground) * np.float32(_BEHIND_SIGN)
    stamp(canvas, seen.columns, seen.rows, _shape(sign, look.sign, grown=halo), ground)
    stamp(canvas, seen.columns, seen.rows, _shape(sign, look.sign), tone)


def _shape(sign: Sign, radius: float, *, grown: float = 0.0) -> Float32:
    side = 2 * ceil(radius * 1.1 + grown) + 1
    return mask(sign, side, radius=radius, grown=grown)


def _packed(canvas: Float32) -> UInt32:
    pixels = np.empty((*canvas.shape[1:], 4), np.uint8)
    pixels[..., 3] = 255
    for place, channel in zip((2, 1, 0), canvas, strict=True):
        pixels[..., place] = channel
    return pixels.view(np.uint32)[..., 0]
