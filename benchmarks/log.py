"""The verdict log alone, without a window: what verdicts and undo cost in memory and on the disk.

The project has tiles in its database but no pixels, which the log never looks at. A champion that
learned every label stands behind the retraining queue, so that all of it has to be kept up.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.bigproject import KAGGLE
from benchmarks.figures import Figure, Statistic
from benchmarks.million import MILLION
from benchmarks.rows import say
from histoviewer.domain.labels import ClassNames
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.opinions import disputed_tiles
from histoviewer.domain.pace import pace, yield_curve
from histoviewer.domain.tiles import Catalogue, Split
from histoviewer.domain.verdicts import Batch
from histoviewer.project.project import Project
from histoviewer.services.ranking import Ranking
from histoviewer.services.reviewing import ReviewSession

SINGLES = 2_000
BULK, BULKS = 10_000, 20
LONG_SINGLES, LONG_BULKS = 100_000, 20  # steps of the long log: 300,000 rows


def run() -> list[Figure]:
    """Measure."""
    figures = []
    for tiles in (10_000, 100_000, KAGGLE, MILLION):
        say(f"the log of {tiles:,} tiles …")
        with tempfile.TemporaryDirectory() as folder, _make(Path(folder), tiles) as project:
            figures += _measure(project, bounded=tiles == KAGGLE)
    return figures


def _make(folder: Path, tiles: int) -> Project:
    ids = [f"{number:040x}" for number in range(tiles)]
    rng = np.random.default_rng(0)
    catalogue = Catalogue(
        root=folder,
        source=folder,
        layout="kaggle",
        classes=ClassNames(),
        ids=ids,
        locations=[f"train/{name}.tif" for name in ids],
        given=rng.integers(0, 2, tiles).astype(np.int8),
        splits=np.full(tiles, Split.TRAIN, np.int8),
        groups=[f"slide {number % 200}" for number in range(tiles)],
    )
    return Project.create(folder / "log.histo", catalogue=catalogue, tile_size=96)


def _open(project: Project, record: Callable[[Batch], None]) -> ReviewSession:
    tiles = project.tiles()
    model = ModelRecord(
        id="001-bench",
        number=1,
        recipe="bench",
        created=datetime.now(UTC),
        seed=0,
        parent=None,
        learned_through=0,
        data_fingerprint="",
    )
    scores = np.random.default_rng(1).random(len(tiles), np.float32)
    if not project.models():
        project.add_model(model)
    return ReviewSession(
        tiles=tiles,
        log=project.read_log(),
        classes=project.info.classes,
        reader="AB",
        ranking=Ranking(model=model, scores=scores, learned=tiles.given.copy()),
        record=record,
    )


def _measure(project: Project, *, bounded: bool) -> list[Figure]:
    count = project.tile_count
    order = np.random.default_rng(2).permutation(count)
    bulks = [np.roll(order, -turn * BULK)[:BULK] for turn in range(BULKS)]
    figures: list[Figure] = []

    def add(name: str, values: Sequence[float], bound: float | None = None) -> None:
        # The median, since the tail of what takes 0.1 ms is the machine's, not ours.
        held: dict[Statistic, float] = {"p50": bound} if bounded and bound else {}
        figures.append(Figure.of(f"{count:,} tiles: {name}", values, bounds=held))

    session = _open(project, lambda _: None)
    add("one verdict, in memory", _times(lambda n: session.label([n], 1), SINGLES), 3)
    add("its undo", _times(lambda _: session.undo(), SINGLES // 2), 3)
    add("10,000 tiles, in memory", _times(lambda n: session.label(bulks[n], 1), BULKS), 50)
    add("their undo", _times(lambda _: session.undo(), BULKS), 50)
    saved = _open(project, lambda batch: project.append([batch]))
    add("one verdict, on the disk", _times(lambda n: saved.label([n], 1), SINGLES // 10))
    add("10,000 tiles, on the disk", _times(lambda n: saved.label(bulks[n], 1), BULKS), 1000)
    add("their undo, on the disk", _times(lambda _: saved.undo(), BULKS), 1000)
    add("read all tiles", _times(lambda _: project.tiles(), 3))
    if bounded:
        _lengthen(project, order, bulks)
        log, given = project.read_log(), session.tiles.given
        add("read a log of 300,000 verdicts", _times(lambda _: project.read_log(), 3))
        add("disputes in that log", _times(lambda _: disputed_tiles(log), 5))
        add("pace in that log", _times(lambda _: pace(log), 5))
        add("yield in that log", _times(lambda _: yield_curve(log, given), 5))
    return figures


def _lengthen(project: Project, order: np.ndarray, bulks: list[np.ndarray]) -> None:
    """Append single verdicts and bulks of two readers."""
    waiting: list[Batch] = []
    session = _open(project, waiting.append)
    for number in range(LONG_SINGLES):
        session.reader = "AB" if number % 10 else "CD"
        session.label([int(order[number % len(order)])], number % 2)
    for turn in range(LONG_BULKS):
        session.label(bulks[turn], 0)
    project.append(waiting)


def _times(work: Callable[[int], object], count: int) -> list[float]:
    """Return the milliseconds of each of `count` calls."""
    times = []
    for number in range(count):
        start = time.perf_counter()
        work(number)
        times.append(1e3 * (time.perf_counter() - start))
    return times
