"""The review page at the size of the real competition: the real window, real keys, real wheel.

Each row says p50, p99 and max of what was measured, what it is held to, and the yardstick: p50 and
p99 of painting the same view by a plain `QListView`, taken between the measurements. Where that
varies, it is the machine. Times end with the paint that shows the result, on the offscreen
platform with Qt's software rasteriser; files are in the system's cache.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from benchmarks.bigproject import CACHE, KAGGLE, copy_project
from benchmarks.figures import Figure, Statistic
from benchmarks.million import MILLION, measure
from benchmarks.playing import play
from benchmarks.rows import say

GROWTH = (10_000, 100_000)
OPENINGS = 3
_TIMEOUT_S = 300.0

Found = dict[str, list[float]]


def run() -> list[Figure]:
    """Measure."""
    figures = []
    CACHE.mkdir(parents=True, exist_ok=True)
    for tiles in (*GROWTH, KAGGLE):
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            path = copy_project(tiles, Path(folder))
            say(f"reviewing {tiles:,} tiles …")
            opened = [_play("opening:opening", path) for _ in range(OPENINGS)]
            with_training = ("with training",) if tiles == KAGGLE else ()
            found = _play("scenes:reviewing", path, *with_training)
        figures += _table(tiles, opened, found)
    return figures + _grid_alone()


def _play(scene: str, path: Path, *words: str) -> Found:
    return play(f"benchmarks.{scene}", path, *words, timeout_s=_TIMEOUT_S)


def _table(tiles: int, opened: Sequence[Found], found: Found) -> list[Figure]:
    """Return the rows of one size; what is bounded is bounded for the real one alone."""
    rows = _Rows(tiles, found, bounded=tiles == KAGGLE)
    pixels = [each["pixels"][0] for each in opened]
    rows.add("process start to the painted, sorted grid", pixels, unit="s", worst=2)
    from_window = [each["pixels"][0] - each["window"][0] for each in opened]
    rows.add("of that, from the painted window on", from_window, unit="s")
    rows.take("scroll by 41 px and jump, to paint", "scroll", "jump", p50=8, p99=16)
    rows.take("turn of the wheel, to its first frame", "notch")
    rows.take("jump to tiles never seen, to the last pixel", "unseen")
    rows.take("change the sort, to paint", *_names(found, "sort "), p99=100)
    rows.take("change a filter, to paint", *_names(found, "filter "), p99=100)
    rows.take("verdict key, to paint of it and the next tile", "key idle", p99=30)
    rows.take("the same while a training runs", "key training", p99=60)
    rows.take("the same, large: to the next original", "key large", p99=30)
    many = f"verdict on {found['bulk tiles'][0]:,} tiles"
    rows.take(f"{many}, to paint", "bulk", worst=200)
    rows.take(f"{many}, to the disk", "bulk saved", worst=1000)
    rows.take("undo of it, to paint", "bulk undo", worst=200)
    rows.take("undo of it, to the disk", "bulk undo saved", worst=1000)
    rows.add("memory after opening", found["growth"], unit="MB", worst=700)
    rows.add("memory at the end, tile cache full", found["memory"], unit="MB", worst=700)
    rows.take("memory while a training runs", "memory training", unit="MB", worst=700)
    rows.add("pages of mapped files, not counted", found["mapped"], unit="MB")
    return rows.figures


def _names(found: Found, start: str) -> list[str]:
    return [name for name in found if name.startswith(start) and not name.endswith("yardstick")]


class _Rows:
    """Rows of one table.

    Args:
        tiles: Size of the project.
        found: Samples by name.
        bounded: Whether bounds hold for this size.
    """

    def __init__(self, tiles: int, found: Found, *, bounded: bool) -> None:
        self.figures: list[Figure] = []
        self._tiles = tiles
        self._found = found
        self._bounded = bounded

    def take(self, name: str, *samples: str, unit: str = "ms", **bounds: float) -> None:
        """Add a row of some samples, where they were taken."""
        values = [value for sample in samples for value in self._found.get(sample, [])]
        yardstick = [
            value for sample in samples for value in self._found.get(f"{sample} yardstick", [])
        ]
        if values:
            self.add(name, values, unit=unit, yardstick=yardstick, **bounds)

    def add(
        self,
        name: str,
        values: Sequence[float],
        *,
        unit: str,
        yardstick: Sequence[float] = (),
        **bounds: float,
    ) -> None:
        """Add a row."""
        held: dict[Statistic, float] = {}
        if self._bounded:
            held = {key: bounds[key] for key in get_args(Statistic) if key in bounds}
        self.figures.append(
            Figure.of(
                f"{self._tiles:,}: {name}",
                values,
                unit=unit,
                bounds=held,
                reference=yardstick,
            )
        )


def _grid_alone() -> list[Figure]:
    """Return the rows of the grid alone, without a project, on a million tiles."""
    say(f"the grid alone on {MILLION:,} tiles …")
    rows = _Rows(MILLION, measure(), bounded=True)
    rows.take("grid alone: scroll and jump, to paint", "paint", p50=8, p99=16)
    rows.take("grid alone: sort by score and paint", "sort")
    return rows.figures
