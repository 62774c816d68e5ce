"""Measuring tiles that are packed already, as a job: for stores of earlier versions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.errors import InputError, JobCancelled, storage_error
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.tiles.duplicates import cluster, comparable
from histoviewer.tiles.measures import MEASURES_NAME, Measures, brightness_of, stage_measures
from histoviewer.tiles.records import read_records
from histoviewer.tiles.store import PackedTiles

_CHUNK_BYTES: Final = 32 << 20  # a step of progress, and the one at which a cancel is noticed


@dataclass(frozen=True, slots=True)
class MeasureRequest:
    """What to measure.

    Args:
        folder: Of a packed store.
    """

    folder: Path


def measure(request: MeasureRequest, cancelled: CancelCheck) -> Body[None]:
    """Measure every tile of a packed store. A job.

    Raises:
        InputError: The store is incomplete or damaged.
        StorageError: The measures cannot be written.
    """
    packed = PackedTiles.open(request.folder)
    count, height, width, channels = packed.shape
    records = read_records(request.folder)
    if records is None or len(records) < count:
        raise InputError(f"{request.folder} is damaged.", "Pack the tiles again.")
    records = records[:count]
    brightness = np.empty(count, np.float32)
    step = max(1, _CHUNK_BYTES // (height * width * channels))
    for start in range(0, count, step):
        if cancelled():
            raise JobCancelled
        yield Progress(phase="measuring", done=start, total=count)
        index = np.arange(start, min(start + step, count))
        brightness[index] = brightness_of(packed.gather(index))
    measures = Measures(brightness=brightness, clusters=cluster(records, comparable(records)))
    try:
        staged = stage_measures(request.folder, measures, packed.fingerprint)
        staged.replace(request.folder / MEASURES_NAME)
    except OSError as error:
        raise storage_error(error, "the measures of the tiles") from error
    yield Progress(phase="measuring", done=count, total=count)
