"""Scoring every tile: values, resuming, cancelling, faults."""

import json
import os
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from histoviewer.errors import InputError, JobCancelled, StorageError
from histoviewer.jobs.messages import Progress
from histoviewer.ml import work
from histoviewer.ml.requests import ScoreRequest
from tests.ml.helpers import ArrayTiles, finish, make_tiles


def never() -> bool:
    return False


class CountingTiles(ArrayTiles):
    """Remembers which tiles were asked for."""

    def __init__(self, pixels: np.ndarray) -> None:
        super().__init__(pixels)
        object.__setattr__(self, "asked", set())

    def gather(self, index: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        self.asked.update(index.tolist())
        return super().gather(index, out)


def ask(model: Path, out: Path, *, count: int = 700, **changes: object) -> ScoreRequest:
    tiles = CountingTiles(make_tiles(count)[0].pixels)
    given = {"tiles": tiles, "model": model / "model.keras", "out": out, "fingerprint": "abc"}
    return ScoreRequest(**{**given, **changes})


def cancel_after_first(request: ScoreRequest) -> None:
    """Score one batch and cancel, as a reader would."""
    with pytest.raises(JobCancelled):
        finish(work.score(request, lambda: True))


def test_every_tile_gets_a_probability(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.npy"
    result, updates = finish(work.score(ask(trained, out), never))
    scores = np.load(out)
    assert scores.shape == (700,)
    assert scores.dtype == np.float32
    assert ((scores >= 0) & (scores <= 1)).all()
    assert result.count == 700
    assert all(isinstance(update, Progress) for update in updates)
    assert updates[-1].done == updates[-1].total == 700
    assert {path.name for path in tmp_path.glob("*scores*")} == {"scores.npy", "scores.json"}


def test_a_note_beside_the_scores_says_what_they_are_of(trained: Path, tmp_path: Path) -> None:
    finish(work.score(ask(trained, tmp_path / "scores.npy", count=9), never))
    note = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert note["fingerprint"] == "abc"
    assert note["model"] == sha256((trained / "model.keras").read_bytes()).hexdigest()


def test_the_padded_last_batch_changes_no_score(trained: Path, tmp_path: Path) -> None:
    finish(work.score(ask(trained, tmp_path / "a.npy", count=256), never))
    finish(work.score(ask(trained, tmp_path / "b.npy", count=300), never))
    many = np.load(tmp_path / "b.npy")
    tiles = make_tiles(300)[0]
    last = ScoreRequest(
        tiles=ArrayTiles(tiles.pixels[256:]),
        model=trained / "model.keras",
        out=tmp_path / "c.npy",
        fingerprint="x",
    )
    finish(work.score(last, never))
    np.testing.assert_allclose(np.load(tmp_path / "c.npy"), many[256:], atol=1e-5)


def test_a_cancelled_run_goes_on_where_it_was(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.npy"
    request = ask(trained, out)
    cancel_after_first(request)
    assert not out.exists()
    again = ask(trained, out)
    finish(work.score(again, never))
    assert min(again.tiles.asked) == 256
    whole = tmp_path / "whole.npy"
    finish(work.score(ask(trained, whole), never))
    np.testing.assert_array_equal(np.load(out), np.load(whole))


@pytest.mark.parametrize("change", ["fingerprint", "tta"])
def test_work_of_another_request_is_not_taken_up(
    trained: Path, tmp_path: Path, change: str
) -> None:
    out = tmp_path / "scores.npy"
    cancel_after_first(ask(trained, out))
    changes = {"fingerprint": {"fingerprint": "other"}, "tta": {"tta": True}}[change]
    again = ask(trained, out, **changes)
    finish(work.score(again, never))
    assert min(again.tiles.asked) == 0


@pytest.mark.parametrize("damage", ["scores", "note", "claims too much"])
def test_a_damaged_part_is_not_taken_up(trained: Path, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "scores.npy"
    cancel_after_first(ask(trained, out))
    part, note = tmp_path / "scores.npy.part", tmp_path / "scores.npy.part.json"
    if damage == "scores":
        part.write_bytes(b"\0" * part.stat().st_size)
    elif damage == "note":
        note.write_text("{", encoding="utf-8")
    else:
        told = json.loads(note.read_text(encoding="utf-8"))
        note.write_text(json.dumps({**told, "done": 10_000}), encoding="utf-8")
    again = ask(trained, out)
    finish(work.score(again, never))
    assert min(again.tiles.asked) == 0
    assert np.isfinite(np.load(out)).all()


def test_averaging_over_symmetries_is_the_mean_of_the_eight(trained: Path, tmp_path: Path) -> None:
    from histoviewer.ml.predicting import load_model, score_tiles

    out = tmp_path / "scores.npy"
    finish(work.score(ask(trained, out, count=40, tta=True), never))
    pixels = make_tiles(40)[0].pixels
    model = load_model(trained / "model.keras")
    views = [np.rot90(side, k, (1, 2)) for side in (pixels, pixels[:, :, ::-1]) for k in range(4)]
    each = [score_tiles(model, ArrayTiles(view), np.arange(40)) for view in views]
    np.testing.assert_allclose(np.load(out), np.mean(each, axis=0), atol=1e-5)


def test_tiles_of_another_size_are_refused(trained: Path, tmp_path: Path) -> None:
    tiles = make_tiles(10, size=48)[0]
    with pytest.raises(InputError, match="32 x 32 x 3, these are 48 x 48 x 3"):
        finish(work.score(ask(trained, tmp_path / "s.npy", tiles=tiles), never))


def test_a_full_disk_is_said(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("histoviewer.files.os.fsync", full)
    with pytest.raises(StorageError, match="no space left"):
        finish(work.score(ask(trained, tmp_path / "s.npy", count=20), never))
    assert not (tmp_path / "s.npy").exists()


def test_neighbouring_scores_are_not_rounded_together(trained: Path, tmp_path: Path) -> None:
    """The output is float32: 700 different tiles keep their ranks."""
    out = tmp_path / "scores.npy"
    finish(work.score(ask(trained, out), never))
    assert len(np.unique(np.load(out))) > 650


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's memory figures")
def test_scoring_again_and_again_does_not_grow(trained: Path) -> None:
    """`predict` in a loop leaks (keras issue 13118); 3,000 batches here must not."""
    from histoviewer.ml.predicting import iterate_scores, load_model

    model = load_model(trained / "model.keras")
    tiles = make_tiles(8)[0]

    def megabytes_after(batches: int) -> float:
        index = np.zeros(batches * 8, np.int64)
        for _ in iterate_scores(model, tiles, index, batch=8):
            pass
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    settled = megabytes_after(500)
    assert megabytes_after(3000) - settled < 8
