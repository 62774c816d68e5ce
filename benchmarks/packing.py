"""Packing tiles, id check included, against a plain loop of `cv2.imread` and a turn to RGB.

Both read the same uncompressed TIFFs from a warm cache. The plain loop keeps its tiles in memory
and checks nothing. Ours hashes every tile, compares it with its name, looks for plain and double
tiles, writes the store and flushes it to the disk.
"""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks.rows import Row, table
from histoviewer.tiles import tiff
from histoviewer.tiles.packing import PackRequest, pack

TILES = 8_000
SIZE = 96
ROUNDS = 5


def run(tiles: int = TILES) -> list[Row]:
    """Measure; the best of some rounds that take turns."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        names = write_tiles(folder / "data", tiles)
        plain = ours = float("inf")
        for _ in range(ROUNDS):
            plain = min(plain, seconds(lambda: read_plainly(folder / "data", names)))
            ours = min(ours, seconds(lambda: pack_tiles(folder / "data", names, folder / "store")))
            shutil.rmtree(folder / "store")
    return [
        Row(
            name="packing, id check included",
            ours=tiles / ours,
            reference=tiles / plain,
            unit="tiles/s",
            bound=2.0,
            at_least=True,
        )
    ]


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def write_tiles(folder: Path, count: int) -> list[str]:
    """Write noise named by its SHA-1, in the form of Kaggle's tiles."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    names = []
    for _ in range(count):
        rgb = rng.integers(0, 256, (SIZE, SIZE, 3), np.uint8)
        names.append(hashlib.sha1(rgb.data).hexdigest())
        (folder / f"{names[-1]}.tif").write_bytes(tiff.encode(rgb))
    return names


def read_plainly(folder: Path, names: list[str]) -> np.ndarray:
    tiles = np.empty((len(names), SIZE, SIZE, 3), np.uint8)
    for row, name in enumerate(names):
        bgr = cv2.imread(str(folder / f"{name}.tif"))
        assert bgr is not None, "written above"
        tiles[row] = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    return tiles


def pack_tiles(folder: Path, names: list[str], store: Path) -> None:
    request = PackRequest(
        root=folder,
        locations=[f"{name}.tif" for name in names],
        ids=names,
        size=SIZE,
        folder=store,
    )
    for _ in pack(request, lambda: False):
        pass
    assert (store / "tiles.json").exists()


if __name__ == "__main__":
    print(table(run()))
