"""Measuring how all packed tiles look, as a job."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.appearance import Appearance
from histoviewer.errors import JobCancelled
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.tiles.appearance import join, look_at
from histoviewer.tiles.store import PackedTiles

_CHUNK_BYTES: Final = 4 << 20  # what a processor keeps close: larger chunks take twice as long
_PHASE: Final = "measuring"


@dataclass(frozen=True, slots=True)
class AppearanceRequest:
    """Whose looks to measure.

    Args:
        folder: Of a packed store.
    """

    folder: Path


def measure_appearance(request: AppearanceRequest, cancelled: CancelCheck) -> Body[Appearance]:
    """Measure how every tile of a packed store looks. A job.

    Raises:
        InputError: The store is incomplete or damaged.
    """
    packed = PackedTiles.open(request.folder)
    count, height, width, channels = packed.shape
    step = max(1, _CHUNK_BYTES // (height * width * channels))
    parts = [look_at(packed.gather(np.zeros(0, np.int64)))]
    for start in range(0, count, step):
        if cancelled():
            raise JobCancelled
        yield Progress(phase=_PHASE, done=start, total=count)
        parts.append(look_at(packed.gather(np.arange(start, min(start + step, count)))))
    yield Progress(phase=_PHASE, done=count, total=count)
    return join(parts)
