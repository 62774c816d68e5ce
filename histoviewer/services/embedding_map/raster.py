"""Hundreds of thousands of points as one picture, with numpy and OpenCV. Any thread; no Qt.

Where points are many, each is a small disc with some opacity, and what lies on one another adds up
as panes of glass do: a place shows how many points it has and which colours they mix to. One of
them in each stretch of the plane carries its sign on top, so that colour is not all there is. Where
few are in view, each is painted as its sign.
"""

from dataclasses import dataclass
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

ALL_SIGNS: Final = 5000  # points in view up to which each is painted as its sign

_BEHIND: Final = 0.35  # of its opacity that a point keeps while others are chosen
_STRETCH: Final = 44  # logical pixels, at least, between signs where not every point has one
_SIGN: Final = (3.4, 7.0)  # least and greatest radius of a sign, logical pixels
_DOT: Final = (0.75, 2.6)  # of a disc
_HALO: Final = 1.3  # logical pixels of ground around a sign
_OUTLINE: Final = 1.5  # of the mark around what is chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How points are painted at a zoom.

    Args:
        ratio: Device pixels a logical pixel.
        dot: Radius of a disc, device pixels.
        opacity: Of one disc.
        sign: Radius of a sign, device pixels.
    """

    ratio: float
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
    if len(seen.at) > ALL_SIGNS:
        _paint_density(canvas, scene, seen, look)
        seen = seen.those(_one_a_stretch(scene, view, seen, ratio))
    _paint_signs(canvas, scene, seen, look)
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
        dot=dot * ratio,
        opacity=float(np.clip(1.3 / (1 + covering), 0.12, 0.9)),
        sign=min(max(0.4 * apart, _SIGN[0]), _SIGN[1]) * ratio,
    )


def _paint_density(canvas: Float32, scene: Scene, seen: _Seen, look: _Look) -> None:
    chosen = seen.standing_out(Emphasis.CHOSEN)
    behind = _BEHIND if len(chosen.at) else 1.0
    faint = seen.standing_out(Emphasis.FAINT)
    _lay(canvas, faint, _tone(scene.palette.faint)[None].repeat(len(faint.at), 0), look, 0.5)
    shown = seen.standing_out(Emphasis.SHOWN)
    _lay(canvas, shown, scene.tones[scene.codes[shown.at]], look, behind)
    cover = _lay(canvas, chosen, scene.tones[scene.codes[chosen.at]], look, 1.0)
    if cover is not None:
        _outline(canvas, cover, _tone(scene.palette.mark), look)


def _lay(
    canvas: Float32, seen: _Seen, tones: Float32, look: _Look, strength: float
) -> Float32 | None:
    """Lay points over the picture, in place.

    Args:
        canvas: (3, H, W) float32.
        seen: The points.
        tones: (n, 3) float32 their colours.
        look: Of the discs.
        strength: Of the opacity.

    Returns:
        (H, W) float32: how many discs cover each pixel; None without points.
    """
    if not len(seen.at):
        return None
    height, width = canvas.shape[1:]
    flat = seen.rows * width + seen.columns
    disc = _disc(look.dot)

    def spread(weights: Float32 | None) -> Float32:
        sums = np.bincount(flat, weights=weights, minlength=height * width)
        return np.asarray(
            cv2.filter2D(sums.astype(np.float32).reshape(height, width), -1, disc), np.float32
        )

    cover = spread(None)
    # Each of c discs lets (1 - opacity) of the light through, all of them that to the power of c.
    kept = np.exp(cover * np.float32(np.log1p(-min(look.opacity * strength, 0.95))))
    share = (1 - kept) / np.maximum(cover, np.float32(1e-6))
    canvas *= kept
    for place, tone in enumerate(tones.T):
        canvas[place] += spread(tone) * share
    return cover


def _disc(radius: float) -> Float32:
    side = 2 * ceil(radius) + 1
    return mask(Sign.DISC, side, radius=radius)


def _outline(canvas: Float32, cover: Float32, tone: Float32, look: _Look) -> None:
    """Draw a line around the places that are covered, in place."""
    wide = max(1, round(_OUTLINE * look.ratio))
    filled = (cover > 0.25).astype(np.uint8)  # noqa: PLR2004 - of a disc: where it is seen at all
    ring = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (4 * wide + 1, 4 * wide + 1))
    whole = cv2.morphologyEx(filled, cv2.MORPH_CLOSE, ring)  # one line around many points
    grown = cv2.dilate(whole, ring[wide:-wide, wide:-wide])
    edge = (grown > whole).astype(bool)
    canvas[:, edge] = tone[:, None]


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
    """Paint points as their signs, what stands out on top."""
    codes = scene.codes[seen.at]
    some_chosen = bool((seen.emphasis == Emphasis.CHOSEN).any())
    for emphasis in (Emphasis.FAINT, Emphasis.SHOWN, Emphasis.CHOSEN):
        for code, sign in enumerate(scene.signs):
            which = np.flatnonzero((codes == code) & (seen.emphasis == emphasis))
            if len(which):
                part = seen.those(which)
                _stamp_sign(canvas, scene, part, look, (sign, code, emphasis, some_chosen))


def _stamp_sign(
    canvas: Float32,
    scene: Scene,
    seen: _Seen,
    look: _Look,
    what: tuple[Sign, int, Emphasis, bool],
) -> None:
    sign, code, emphasis, some_chosen = what
    palette = scene.palette
    halo = _HALO * look.ratio
    if emphasis is Emphasis.CHOSEN:
        outer = _shape(sign, look.sign, grown=halo * 2)
        stamp(canvas, seen.columns, seen.rows, outer, _tone(palette.mark))
    tone = _tone(palette.faint) if emphasis is Emphasis.FAINT else scene.tones[code]
    ground = _tone(palette.ground)
    if some_chosen and emphasis is Emphasis.SHOWN:
        tone = ground + (tone - ground) * np.float32(0.5)
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
