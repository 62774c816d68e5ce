"""Small data sets and runs of jobs for the tests of this room."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from histoviewer.domain.tiles import Catalogue
from histoviewer.jobs.job import Body
from histoviewer.tiles import tiff
from histoviewer.tiles.packing import PackRequest, pack
from histoviewer.tiles.reporting import PackReport

Result = TypeVar("Result")


def noise(seed: int, height: int = 16, width: int | None = None) -> np.ndarray:
    shape = (height, width or height, 3)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def write_image(path: Path, rgb: np.ndarray) -> Path:
    """Write RGB, grey or RGBA in the format of the suffix; TIFF as Kaggle does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".tif" and rgb.dtype == np.uint8 and rgb.shape[2:] == (3,):
        path.write_bytes(tiff.encode(rgb))
    else:
        code = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
        bgr = cv2.cvtColor(rgb, code[rgb.shape[2]]) if rgb.ndim == 3 else rgb
        path.write_bytes(cv2.imencode(path.suffix, bgr)[1].tobytes())
    return path


def sha1_name(rgb: np.ndarray) -> str:
    return hashlib.sha1(rgb.tobytes()).hexdigest()


def write_rows(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def kaggle_set(folder: Path, train: int = 6, test: int = 2, size: int = 16) -> Path:
    """A Kaggle layout of noise; tile i has the label i % 2 and its SHA-1 as name."""
    names = []
    for number in range(train + test):
        rgb = noise(number, size)
        names.append(sha1_name(rgb))
        split = "train" if number < train else "test"
        write_image(folder / split / f"{names[-1]}.tif", rgb)
    labels = [(name, number % 2) for number, name in enumerate(names[:train])]
    write_rows(folder / "train_labels.csv", [("id", "label"), *labels])
    return folder


def run(body: Body[Result]) -> Result:
    """Drive a job's body to its result."""
    while True:
        try:
            next(body)
        except StopIteration as stop:
            return stop.value


def request_of(
    catalogue: Catalogue, folder: Path | None, size: int = 16, *, count: int | None = None, **rest
) -> PackRequest:
    return PackRequest(
        root=catalogue.root,
        locations=list(catalogue.locations[:count]),
        ids=list(catalogue.ids[:count]),
        size=size,
        folder=folder,
        **rest,
    )


def pack_all(catalogue: Catalogue, folder: Path | None, size: int = 16, **rest) -> PackReport:
    return run(pack(request_of(catalogue, folder, size, **rest), lambda: False))


def pack_files(root: Path, folder: Path | None = None, size: int = 16) -> PackReport:
    """Pack all images below a folder, ids being their stems."""
    paths = sorted(path for path in root.rglob("*.*") if path.is_file())
    request = PackRequest(
        root=root,
        locations=[path.relative_to(root).as_posix() for path in paths],
        ids=[path.stem for path in paths],
        size=size,
        folder=folder,
    )
    return run(pack(request, lambda: False))


def found(report: PackReport) -> set[tuple[str, str]]:
    """The problems of a report as (kind, subject)."""
    return {(problem.kind.value, problem.subject) for problem in report.problems}
