"""A synthetic data set in Kaggle's layout, for those who have no data yet, and for tests.

Nothing in it comes from a patient. See `tissue` for what is drawn and `stains` for its colours.
"""

import csv
import hashlib
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool
from histoviewer.errors import InputError, storage_error
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.tiles import tiff
from histoviewer.tiles.stains import SlideLook
from histoviewer.tiles.tissue import draw_tile

_POSITIVE_SHARE: Final = 0.4  # as in Kaggle's set
_BATCH: Final = 64  # tiles between two reports of progress
_THREADS: Final = 4


@dataclass(frozen=True, kw_only=True)
class SyntheticRequest:
    """What to make.

    Args:
        folder: The data set; must not hold anything yet.
        tiles: Labelled tiles in `train/`.
        test_tiles: Tiles in `test/`, from slides that `train/` has nothing of.
        seed: The same seed gives the same files.
        size: Height and width of a tile, pixels.
        slides: Slides that tiles come from; a quarter of them, at least one, are for the test.
        label_noise: Share of labels in `train_labels.csv` that are wrong, 0-1.
    """

    folder: Path
    tiles: int
    test_tiles: int
    seed: int = 0
    size: int = 96
    slides: int = 16
    label_noise: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SyntheticSet:
    """What was made, with the truth that its files keep to themselves.

    Args:
        folder: The data set.
        train_ids: Ids in `train/`.
        train_truth: True labels of these, whatever `train_labels.csv` says.
        test_ids: Ids in `test/`, in the order of `sample_submission.csv`.
        test_truth: True labels of these.
    """

    folder: Path
    train_ids: Sequence[str]
    train_truth: Sequence[int]
    test_ids: Sequence[str]
    test_truth: Sequence[int]


def write_dataset(
    folder: Path,
    *,
    tiles: int,
    test_tiles: int,
    seed: int = 0,
    size: int = 96,
    slides: int = 16,
    label_noise: float = 0.0,
) -> SyntheticSet:
    """Make a data set at once; for arguments and errors see `SyntheticRequest` and `make`."""
    request = SyntheticRequest(
        folder=folder,
        tiles=tiles,
        test_tiles=test_tiles,
        seed=seed,
        size=size,
        slides=slides,
        label_noise=label_noise,
    )
    body = make(request, lambda: False)
    while True:
        try:
            next(body)
        except StopIteration as stop:
            made: SyntheticSet = stop.value
            return made


def make(request: SyntheticRequest, _cancelled: CancelCheck) -> Body[SyntheticSet]:
    """Make a data set. A job. The folder appears when it is whole.

    Raises:
        InputError: The folder holds something already.
        StorageError: The disk does not take it.
    """
    folder = request.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty.", "Choose another folder for the data set.")
    partial_folder = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(partial_folder, ignore_errors=True)
        made = yield from _write(request, partial_folder)
        if folder.exists():
            folder.rmdir()
        partial_folder.rename(folder)
    except OSError as error:
        raise storage_error(error, "the synthetic data set") from error
    finally:
        shutil.rmtree(partial_folder, ignore_errors=True)
    return made


@dataclass(frozen=True, kw_only=True, eq=False)
class _Plan:
    """What is drawn: arrays over all tiles, those of the test last."""

    looks: Sequence[SlideLook]
    slides: Sequence[int]
    truth: Bool


def _plan(request: SyntheticRequest) -> _Plan:
    rng = np.random.default_rng([request.seed, 0])
    slides = max(2, request.slides)
    for_test = max(1, slides // 4)
    train = rng.integers(0, slides - for_test, request.tiles)
    test = rng.integers(slides - for_test, slides, request.test_tiles)
    return _Plan(
        looks=[SlideLook.draw(rng) for _ in range(slides)],
        slides=np.concatenate([train, test]).tolist(),
        truth=rng.random(request.tiles + request.test_tiles) < _POSITIVE_SHARE,
    )


def _write(request: SyntheticRequest, folder: Path) -> Body[SyntheticSet]:
    """Write all files below a folder that does not exist yet."""
    plan = _plan(request)
    count = request.tiles + request.test_tiles
    for name in ("train", "test"):
        (folder / name).mkdir(parents=True)
    ids: list[str] = []
    with ThreadPoolExecutor(_THREADS, "draw") as pool:
        for start in range(0, count, _BATCH):
            batch = range(start, min(start + _BATCH, count))
            ids.extend(pool.map(partial(_write_tile, request, folder, plan), batch))
            yield Progress(phase="drawing", done=len(ids), total=count)
    truth = plan.truth.astype(int).tolist()
    _write_tables(request, folder, plan, ids, truth)
    return SyntheticSet(
        folder=request.folder,
        train_ids=ids[: request.tiles],
        train_truth=truth[: request.tiles],
        test_ids=ids[request.tiles :],
        test_truth=truth[request.tiles :],
    )


def _write_tile(request: SyntheticRequest, folder: Path, plan: _Plan, number: int) -> str:
    """Draw and write one tile; return its id, the SHA-1 of its pixels."""
    rgb = draw_tile(
        tumour=bool(plan.truth[number]),
        look=plan.looks[plan.slides[number]],
        size=request.size,
        rng=np.random.default_rng([request.seed, 1, number]),
    )
    name = hashlib.sha1(rgb.data, usedforsecurity=False).hexdigest()
    split = "train" if number < request.tiles else "test"
    (folder / split / f"{name}.tif").write_bytes(tiff.encode(rgb))
    return name


def _write_tables(
    request: SyntheticRequest, folder: Path, plan: _Plan, ids: Sequence[str], truth: Sequence[int]
) -> None:
    rng = np.random.default_rng([request.seed, 2])
    noisy = rng.random(request.tiles) < request.label_noise
    labels = [value ^ int(wrong) for value, wrong in zip(truth, noisy, strict=False)]
    _write_csv(folder / "train_labels.csv", "label", ids[: request.tiles], labels)
    _write_csv(
        folder / "sample_submission.csv", "label", ids[request.tiles :], [0] * request.test_tiles
    )
    slides = [f"slide-{slide + 1:02d}" for slide in plan.slides]
    _write_csv(folder / "groups.csv", "group", ids, slides)


def _write_csv(
    path: Path, column: str, ids: Sequence[str], values: Sequence[int] | Sequence[str]
) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", column))
        writer.writerows(zip(ids, values, strict=True))
