"""Putting many small shapes onto a picture at once."""

import numpy as np

from histoviewer.domain.arrays import Float32, Int64


def stamp(canvas: Float32, columns: Int64, rows: Int64, shape: Float32, tone: Float32) -> None:
    """Paint a shape at many places, in place.

    One pixel of the shape after the other, at all places at once: so of two that overlap the same
    one is on top everywhere. What lies outside the picture is left out.

    Args:
        canvas: (3, H, W) float32 colours.
        columns: (n,) of the middles.
        rows: (n,) of the middles.
        shape: (side, side) float32, what it covers, 0-1; `side` is odd.
        tone: (3,) float32 its colour, or (n, 3) one for each place.
    """
    half = shape.shape[0] // 2
    height, width = canvas.shape[1:]
    flat = canvas.reshape(3, -1)
    tones = np.broadcast_to(tone, (len(columns), 3))
    for down, right in np.argwhere(shape > 0).tolist():
        at_row, at_column = rows + (down - half), columns + (right - half)
        inside = (at_row >= 0) & (at_row < height) & (at_column >= 0) & (at_column < width)
        places = (at_row * width + at_column)[inside]
        cover = shape[down, right]
        for channel, wanted in zip(flat, tones[inside].T, strict=True):
            channel[places] += (wanted - channel[places]) * cover
