"""Memory for batches that is used again."""

import sys
from typing import Final

import numpy as np

from histoviewer.domain.arrays import UInt8

_MOST: Final = 16


class BatchBuffers:
    """Arrays for one batch after the other, each used again once nobody holds it any more.

    The system hands out a new array page by page, at its first touch: for 64 tiles that took longer
    than gathering them. Whether an array is free is asked of the interpreter, which counts who
    refers to it. Libraries that take an array over without copying it, or a view of it, refer to
    it, too. One thread takes arrays; any may let go of them.

    Args:
        shape: Of an array.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._shape = shape
        self._kept: list[UInt8] = []
        for idle in [np.empty(0, np.uint8)]:  # as many refer to it as below to one that is free
            self._references = sys.getrefcount(idle)

    def take(self) -> UInt8:
        """Return an array of uint8 with any content, which nobody else holds."""
        for kept in self._kept:
            if sys.getrefcount(kept) <= self._references:
                return kept
        fresh = np.empty(self._shape, np.uint8)
        if len(self._kept) < _MOST:
            self._kept.append(fresh)
        return fresh
