"""Projects of any size to measure on, made once by the program itself and kept in `build/bench`.

The data set is in PatchCamelyon's HDF5 form. Its tiles are crops of `DRAWN` drawn canvases: every
tile has pixels of its own (no duplicates), while the originals take 77 MB on the disk. They are
imported and packed as any other data set, so `tiles.u8` is a real file: 28 kB a tile. Then a model
with made-up scores is entered, and `SINGLES` verdicts on one tile each and some on many are given.
"""

import csv
import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rows import say
from histoviewer.domain.arrays import Float32, UInt8
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.verdicts import Batch
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.runner import drive
from histoviewer.project.project import Project
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.tiles.stains import SlideLook
from histoviewer.tiles.tissue import draw_tile

KAGGLE = 277_483
CACHE = Path("build/bench")
DRAWN = 2_048
SINGLES = 20_000
READERS = ("AB", "CD")
_VERSION = 2  # raise it when what is made here changes: kept projects are then made anew
_TILE, _CANVAS = 96, 112
_OFFSETS = _CANVAS - _TILE + 1
_TEST_SHARE = 0.207  # as in Kaggle's set
_LOOKS = 32
_BULKS = (500, 3_000, 10_000)


def big_project(tiles: int) -> Path:
    """Return a project with this many tiles; never write to it, see `copy_project`."""
    folder = CACHE / str(tiles)
    path = folder / "big.histo"
    stamp = folder / "made.json"
    made_of = {"version": _VERSION, "tiles": tiles}
    if not stamp.exists() or json.loads(stamp.read_text()) != made_of:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _check_space(tiles)
        say(f"making a project of {tiles:,} tiles …")
        _make(folder / "dataset", path, tiles)
        stamp.write_text(json.dumps(made_of))
    return path


def copy_project(tiles: int, folder: Path) -> Path:
    """Return a project to write to. Its packed tiles, which nobody writes to, are shared."""
    path = folder / "big.histo"
    shutil.copytree(big_project(tiles), path, copy_function=_copy_or_link)
    return path


def _copy_or_link(source: str, target: str) -> None:
    (os.link if source.endswith("tiles.u8") else shutil.copy2)(source, target)


def _check_space(tiles: int) -> None:
    needed = tiles * _TILE * _TILE * 3
    free = shutil.disk_usage(CACHE).free
    if free < needed + (2 << 30):
        raise SystemExit(
            f"{CACHE} needs {needed >> 30} GB and 2 GB to spare; {free >> 30} are free"
        )


def _make(dataset: Path, path: Path, tiles: int) -> None:
    _write_dataset(dataset, tiles)
    with LaneProcess() as process:
        drive(
            import_dataset(dataset=dataset, path=path, options=ImportOptions()),
            run=process.run,
        )
    with Project.open(path) as project:
        _enter_model(project)
    batches: list[Batch] = []
    with open_workspace(path, reader=READERS[0], record_with=lambda _: batches.append) as workspace:
        _judge(workspace)
        workspace.project.append(batches)


# --- the data set


def _write_dataset(folder: Path, tiles: int) -> None:
    import h5py

    folder.mkdir()
    with h5py.File(folder.with_name("canvases.hdf"), "w") as file:
        file.create_dataset("x", data=_draw(), chunks=(1, _CANVAS, _CANVAS, 3))
    test = round(tiles * _TEST_SHARE)
    for name, first, last in (("train", 0, tiles - test), ("test", tiles - test, tiles)):
        with h5py.File(folder / f"big_{name}_x.h5", "w") as file:
            layout = h5py.VirtualLayout((last - first, _TILE, _TILE, 3), np.uint8)
            for row, block, canvases in _crops(first, last):
                y, x = divmod(block, _OFFSETS)
                part = _canvases()[canvases, y : y + _TILE, x : x + _TILE]
                after = row + len(range(*canvases.indices(DRAWN)))
                layout[row:after] = part
            file.create_virtual_dataset("x", layout)
            if name == "train":
                file["y"] = (np.arange(first, last) % DRAWN % 5 < 2).astype(np.uint8)
        _write_slides(folder / f"big_{name}_meta.csv", range(first, last))


def _canvases() -> Any:  # noqa: ANN401 - h5py ships no types
    """Return the file of the canvases as HDF5 refers to it: relative to the referring file."""
    import h5py

    return h5py.VirtualSource("../canvases.hdf", "x", (DRAWN, _CANVAS, _CANVAS, 3), np.uint8)


def _crops(first: int, last: int) -> Iterator[tuple[int, int, slice]]:
    """Yield row, number of the crop and canvases of each run of tiles with the same crop."""
    cuts = [first, *range((first // DRAWN + 1) * DRAWN, last, DRAWN), last]
    for low, high in pairwise(cuts):
        start = low % DRAWN
        yield low - first, low // DRAWN % _OFFSETS**2, slice(start, start + high - low)


def _draw() -> UInt8:
    """Return canvases, (DRAWN, H, W, 3) uint8 RGB; two in five hold tumour."""
    rng = np.random.default_rng(0)
    looks = [SlideLook.draw(rng) for _ in range(_LOOKS)]

    def draw(number: int) -> UInt8:
        seed = np.random.default_rng([1, number])
        return draw_tile(tumour=number % 5 < 2, look=looks[number % _LOOKS], size=_CANVAS, rng=seed)

    with ThreadPoolExecutor(4) as pool:
        return np.stack(list(pool.map(draw, range(DRAWN))))


def _write_slides(path: Path, tiles: range) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["wsi"])
        writer.writerows([f"slide_{tile % _LOOKS:02}_{tile // DRAWN // 16:02}"] for tile in tiles)


# --- what people and machines added


def _enter_model(project: Project) -> None:
    tiles = project.tiles()
    record = ModelRecord(
        id="001-made-up",
        number=1,
        recipe="made-up",
        created=datetime.now(UTC),
        seed=0,
        parent=None,
        learned_through=0,
        data_fingerprint=str(project.info.data_fingerprint),
        metrics={"val_auc": 0.5},  # whatever is trained here takes its place
    )
    project.model_folder(record.id).mkdir(parents=True)
    np.save(project.scores_path(record.id), _scores(len(tiles)))
    np.save(project.learned_path(record.id), np.where(tiles.splits == 0, tiles.given, -1))
    project.add_model(record)
    project.set_champion(record.id, reason="benchmark")


def _scores(tiles: int) -> Float32:
    """Return scores as a good model gives them: most near 0 or 1, some wrong."""
    rng = np.random.default_rng(2)
    positive = np.arange(tiles) % DRAWN % 5 < 2
    low = rng.beta(0.4, 4.0, tiles)
    return np.where(positive ^ (rng.random(tiles) < 0.03), 1 - low, low).astype(np.float32)


def _judge(workspace: Workspace) -> None:
    """Give verdicts as several readers do: one tile at a time, and now and then many at once."""
    rng = np.random.default_rng(3)
    session = workspace.session
    count = len(session.tiles)
    singles = rng.permutation(count)[: min(SINGLES, count // 2)]
    acts = (
        partial(session.answer, agree=True),
        partial(session.answer, agree=False),
        session.skip,
        session.flag,
    )
    kinds = rng.choice(len(acts), len(singles), p=(0.8, 0.12, 0.04, 0.04))
    for place, (tile, kind) in enumerate(zip(singles.tolist(), kinds.tolist(), strict=True)):
        session.reader = READERS[place * len(READERS) // len(singles)]
        acts[kind]([tile])
    for size in _BULKS:
        if size < count // 2:
            session.answer(rng.permutation(count)[:size], agree=True)
    session.undo()
