"""Scoring every tile into a file, taking up again where a killed run left off."""

import json
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import keras
import numpy as np

from histoviewer.domain.arrays import Float32
from histoviewer.errors import InputError, JobCancelled, storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.ml.backend import configure
from histoviewer.ml.distributing import distributed
from histoviewer.ml.predicting import BATCH, check_fits, iterate_scores, load_model, with_symmetries
from histoviewer.ml.requests import ScoreRequest, ScoreResult

_SAVE_S = 2.0
_REPORT_S = 0.1


def run_scoring(request: ScoreRequest, cancelled: CancelCheck) -> Body[ScoreResult]:
    """Score all tiles and write them to `request.out`.

    What is done is saved every two seconds, so that a killed or cancelled run goes on from there.

    Raises:
        InputError: The model cannot be read or does not fit the tiles.
        StorageError: The scores could not be written.
        JobCancelled: Asked to stop; what was done is kept for the next run.
    """
    configure()
    with distributed():
        return (yield from _score(request, cancelled))


def _score(request: ScoreRequest, cancelled: CancelCheck) -> Body[ScoreResult]:
    model = load_model(request.model)
    check_fits(model, request.tiles.shape)
    unfinished = Unfinished(request.out, _key(request))
    scores, done = unfinished.load(request.tiles.shape[0])
    clock = _Clock(done=done, total=len(scores))
    yield clock.progress()
    batches = iterate_scores(
        with_symmetries(model) if request.tta else model,
        request.tiles,
        np.arange(done, len(scores), dtype=np.int64),
        batch=BATCH // 8 if request.tta else BATCH,
    )
    with closing(batches), _kept(unfinished, scores, clock):
        for part in batches:
            scores[clock.done : clock.done + len(part)] = part
            clock.done += len(part)
            if cancelled():
                raise JobCancelled
            if clock.is_time_to_report():
                yield clock.progress()
            if clock.is_time_to_save():
                unfinished.save(scores, clock.done)
    yield clock.progress()
    _check_finite(scores)
    unfinished.finish(scores)
    return ScoreResult(count=len(scores), seconds=clock.elapsed, tiles_per_second=clock.rate or 0.0)


@contextmanager
def _kept(unfinished: "Unfinished", scores: Float32, clock: "_Clock") -> Iterator[None]:
    """Save what is done when the work is left early, by cancelling above all."""
    try:
        yield
    except (JobCancelled, GeneratorExit):
        unfinished.save(scores, clock.done)
        raise


def _check_finite(scores: Float32) -> None:
    if not np.isfinite(scores).all():
        raise InputError("The model gives scores that are not numbers.", "Train a new model.")


def _key(request: ScoreRequest) -> dict[str, object]:
    """Return what scores depend on: work of another model, data set or mode is not taken up."""
    return {
        "model": sha256(request.model.read_bytes()).hexdigest(),
        "fingerprint": request.fingerprint,
        "tta": request.tta,
        "backend": keras.config.backend(),
    }


class Unfinished:
    """The work of a run that has not ended: '<out>.part' with scores, '<out>.part.json' beside it.

    Args:
        out: Where the scores will go.
        key: What they depend on.
    """

    def __init__(self, out: Path, key: dict[str, object]) -> None:
        self._out = out
        self._key = key
        self._part = out.with_name(out.name + ".part")
        self._note = out.with_name(out.name + ".part.json")

    def load(self, count: int) -> tuple[Float32, int]:
        """Return scores (count,) float32, NaN where still to do, and how many are done.

        A part that is damaged, or of another model or other tiles, counts as nothing done.
        """
        scores = np.full(count, np.nan, np.float32)
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            found = np.fromfile(self._part, np.float32)
            done = int(note["done"])
            whole = note["key"] == self._key and 0 <= done <= count and done <= len(found)
            if not whole or zlib.crc32(found[:done].tobytes()) != note["crc32"]:
                return scores, 0
        except (OSError, ValueError, KeyError, TypeError):
            return scores, 0
        scores[:done] = found[:done]
        return scores, done

    def save(self, scores: Float32, done: int) -> None:
        """Keep what is done. The note follows the scores, so that it never claims too much."""
        kept = scores[:done].tobytes()
        note = {"key": self._key, "done": done, "crc32": zlib.crc32(kept)}
        try:
            _replace(self._part, kept)
            _replace(self._note, json.dumps(note).encode())
        except OSError as error:
            raise storage_error(error, "the scores") from error

    def finish(self, scores: Float32) -> None:
        """Write the whole, say beside it what it was made from, and remove the part.

        The old note goes first and the new one comes last: a crash in between leaves scores that
        count as out of date.
        """
        try:
            self._out.parent.mkdir(parents=True, exist_ok=True)
            self._out.with_suffix(".json").unlink(missing_ok=True)
            with whole_file(self._out) as file:
                np.save(file, scores)
            with whole_file(self._out.with_suffix(".json")) as file:
                file.write(json.dumps(self._key).encode())
            self._part.unlink(missing_ok=True)
            self._note.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, "the scores") from error


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


@dataclass
class _Clock:
    """When to report and to save, and how fast it goes."""

    done: int
    total: int

    def __post_init__(self) -> None:
        self._first = self.done
        self._started = self._reported = self._saved = time.monotonic()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._started

    @property
    def rate(self) -> float | None:
        counted = self.done - self._first
        return counted / self.elapsed if counted else None

    def is_time_to_report(self) -> bool:
        due = time.monotonic() - self._reported >= _REPORT_S
        if due:
            self._reported = time.monotonic()
        return due

    def is_time_to_save(self) -> bool:
        due = time.monotonic() - self._saved >= _SAVE_S
        if due:
            self._saved = time.monotonic()
        return due

    def progress(self) -> Progress:
        left = (self.total - self.done) / self.rate if self.rate else None
        return Progress(
            phase="scoring", done=self.done, total=self.total, rate=self.rate, left_s=left
        )
