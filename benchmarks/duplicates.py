"""Near duplicates and outliers among as many tiles as the largest data set has.

The tiles are made up of two cuts of drawn tissue laid over one another, so that each differs from
all others. Planted among them: copies that were flipped, darkened and given noise, and cuts that
overlap another tile, whose embeddings lie as near as those of real overlapping tiles do. Beside
these, as many pairs are near in embedding space only as on real tiles.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.bigproject import KAGGLE
from benchmarks.embeddings import made_up
from benchmarks.figures import Figure, markdown
from benchmarks.networks import quiet
from benchmarks.rows import milliseconds
from histoviewer.domain.appearance import Appearance
from histoviewer.domain.arrays import Bool, Float16, Int64, UInt8
from histoviewer.domain.embeddings import Neighbours
from histoviewer.domain.near_duplicates import ClosePairs, NearDuplicates, close_pairs
from histoviewer.domain.outliers import score_outliers
from histoviewer.jobs.job import Job, Lane
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Finished
from histoviewer.ml.embedding_requests import EmbeddingFile, NeighboursRequest, NeighboursResult
from histoviewer.tiles.appearance_work import AppearanceRequest
from histoviewer.tiles.stains import SlideLook
from histoviewer.tiles.store import DATA_NAME, DESCRIPTION_NAME, Description
from histoviewer.tiles.tissue import draw_tile
from histoviewer.tiles.twin_requests import TwinRequest, Twins

SIZE = 50  # pixels, as in the breast cancer set of 277,483 tiles
PLANTED = 1_000  # of each sort
SHIFT = 4  # pixels between cuts that overlap
LOOK_ALIKES = 0.6  # pairs a tile that only embeddings hold to be near: as with PatchCamelyon
BOUND_S = 180
_CANVAS, _CANVASES, _CHUNK = 160, 600, 2_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Planted:
    """What was made.

    Args:
        folder: Of the packed store.
        embeddings: Of its tiles.
        copied: (PLANTED, 2) int64 tiles and their copies.
        overlapping: (PLANTED, 2) int64 tiles and cuts that overlap them.
    """

    folder: Path
    embeddings: Float16
    copied: Int64
    overlapping: Int64


def run() -> list[Figure]:
    """Measure."""
    quiet()
    with tempfile.TemporaryDirectory(prefix="duplicates") as folder, LaneProcess() as process:
        planted = _plant(Path(folder), KAGGLE)
        appearance, looking = _look(process, planted)
        everything = np.ones(KAGGLE, bool)
        scoring = milliseconds(lambda: score_outliers(appearance, usable=everything))
        neighbours, graph = _neighbours(process, planted)
        found, search = _search(process, planted, appearance, neighbours)
    name = f"near duplicates among {KAGGLE:,} embedded tiles"
    return [
        Figure.of(f"{name}: the nearest of each", [graph], unit="s"),
        Figure.of(f"{name}: hashes and pixels compared", [search], unit="s"),
        Figure.of(f"{name}: both", [graph + search], unit="s", bounds={"worst": BOUND_S}),
        Figure.of("planted copies missed", [_missed(found, planted.copied)], unit="%"),
        Figure.of("planted overlaps missed", [_missed(found, planted.overlapping)], unit="%"),
        Figure.of("pairs found that were not planted", [_wrong(found, planted)], unit="pairs"),
        Figure.of(f"looking at {KAGGLE:,} tiles, once", [looking], unit="s"),
        Figure.of(f"outliers among {KAGGLE:,} tiles that were looked at", [scoring]),
    ]


def _plant(folder: Path, count: int) -> Planted:
    rng = np.random.default_rng(3)
    values = made_up(count)
    rows = rng.permutation(count)[: 4 * PLANTED].reshape(4, PLANTED)
    tiles = np.memmap(folder / DATA_NAME, np.uint8, "w+", shape=(count, SIZE, SIZE, 3))
    canvases = _canvases(rng)
    for start in range(0, count, _CHUNK):
        part = tiles[start : start + _CHUNK]
        part[:] = _mixed(canvases, len(part), rng)
    for source, copy in rows[:2].T.tolist():
        grain = rng.normal(0, 3, (SIZE, SIZE, 3))
        tiles[copy] = np.clip(tiles[source][:, ::-1] * 0.9 + grain, 0, 255).astype(np.uint8)
    for source, cut in rows[2:].T.tolist():
        tiles[cut, :, :-SHIFT] = tiles[source, :, SHIFT:]
    near = rng.normal(0, 0.01, (PLANTED, values.shape[1])).astype(np.float32)
    values[rows[3]] = (values[rows[2]] + near).clip(0).astype(np.float16)
    description = Description(shape=(count, SIZE, SIZE, 3), fingerprint="made", ids_key="made")
    (folder / DESCRIPTION_NAME).write_bytes(description.encode())
    return Planted(folder=folder, embeddings=values, copied=rows[:2].T, overlapping=rows[2:].T)


def _canvases(rng: np.random.Generator) -> UInt8:
    looks = [SlideLook.draw(rng) for _ in range(20)]
    return np.stack(
        [
            draw_tile(tumour=bool(n % 2), look=looks[n % len(looks)], size=_CANVAS, rng=rng)
            for n in range(_CANVASES)
        ]
    )


def _mixed(canvases: UInt8, count: int, rng: np.random.Generator) -> UInt8:
    """Return tiles of two cuts laid over one another."""
    mixed = np.zeros((count, SIZE, SIZE, 3), np.uint8)
    for _ in range(2):
        numbers = rng.integers(0, len(canvases), count)
        places = rng.integers(0, _CANVAS - SIZE, (count, 2))
        for row, (number, (top, left)) in enumerate(zip(numbers, places, strict=True)):
            mixed[row] += canvases[number, top : top + SIZE, left : left + SIZE] >> 1
    return mixed


def _look(process: LaneProcess, planted: Planted) -> tuple[Appearance, float]:
    began = time.perf_counter()
    target = "histoviewer.tiles.appearance_work:measure_appearance"
    found = _do(process, target, AppearanceRequest(planted.folder))
    assert isinstance(found, Appearance)
    return found, time.perf_counter() - began


def _neighbours(process: LaneProcess, planted: Planted) -> tuple[Neighbours, float]:
    path = planted.folder / "embeddings.npy"
    np.save(path, planted.embeddings)
    request = NeighboursRequest(embeddings=EmbeddingFile(path=path, fingerprint="made"), count=15)
    began = time.perf_counter()
    found = _do(process, "histoviewer.ml.embedding_work:find_neighbours", request)
    assert isinstance(found, NeighboursResult)
    neighbours = Neighbours(indices=found.indices, distances=found.distances, fingerprint="made")
    return neighbours, time.perf_counter() - began


def _search(
    process: LaneProcess, planted: Planted, appearance: Appearance, neighbours: Neighbours
) -> tuple[NearDuplicates, float]:
    began = time.perf_counter()
    close = _with_look_alikes(close_pairs(neighbours), len(appearance))
    request = TwinRequest(
        folder=planted.folder,
        hashes=appearance.hashes,
        eligible=appearance.structured,
        first=close.first,
        second=close.second,
    )
    twins = _do(process, "histoviewer.tiles.twin_work:find_twins", request)
    assert isinstance(twins, Twins)
    close = close.only(twins.same_tissue)
    found = NearDuplicates.joined(twins.by_hash, close, model="made", fingerprint="made")
    return found, time.perf_counter() - began


def _with_look_alikes(close: ClosePairs, count: int) -> ClosePairs:
    ends = np.random.default_rng(4).integers(0, count, (2, int(LOOK_ALIKES * count)))
    ends = ends[:, ends[0] != ends[1]]
    first = np.concatenate([close.first, ends.min(axis=0)])
    second = np.concatenate([close.second, ends.max(axis=0)])
    distances = np.concatenate([close.distances, np.zeros(ends.shape[1], np.float32)])
    return ClosePairs(first, second, distances)


def _missed(found: NearDuplicates, pairs: Int64) -> float:
    return float(100 * (1 - _among(np.sort(pairs, axis=1), _ends(found)).mean()))


def _wrong(found: NearDuplicates, planted: Planted) -> float:
    known = np.sort(np.concatenate([planted.copied, planted.overlapping]), axis=1)
    return float(np.count_nonzero(~_among(_ends(found), known)))


def _ends(found: NearDuplicates) -> Int64:
    return np.stack([found.first, found.second], axis=1)


def _among(pairs: Int64, known: Int64) -> Bool:
    """Return (n,) bool: which pairs are among the known ones."""
    return np.isin(pairs[:, 0] * KAGGLE + pairs[:, 1], known[:, 0] * KAGGLE + known[:, 1])


def _do(process: LaneProcess, target: str, request: object) -> object:
    job = Job(
        title="",
        target=target,
        request=request,
        lane=Lane.BATCH,
        environment={"KERAS_BACKEND": "tensorflow"},
    )
    ending = process.run(job, lambda _update: None)
    assert isinstance(ending, Finished), ending
    return ending.result


if __name__ == "__main__":
    print(markdown(run()))
