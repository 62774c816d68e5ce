"""What took long is kept as a file and computed once: remove the file to do it anew."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks.rows import say
from histoviewer.domain.arrays import Float16, Float32
from histoviewer.jobs.job import Body

Result = TypeVar("Result")
Array = TypeVar("Array", Float16, Float32)


def kept_figures(path: Path, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return figures from a JSON file, made and written whole where there is none."""
    if not path.exists():
        say(f"{path.stem} …")
        figures = make()
        part = _part_of(path)
        part.write_text(json.dumps(figures, indent=2), encoding="utf-8")
        part.rename(path)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def kept_array(path: Path, make: Callable[[], Array]) -> Array:
    """Return an array from an .npy file, made and written whole where there is none."""
    if not path.exists():
        say(f"{path.stem} …")
        made = make()
        part = _part_of(path)
        with part.open("wb") as file:
            np.save(file, made)
        part.rename(path)
    found: Array = np.load(path)
    return found


def finished(body: Body[Result]) -> Result:
    """Return what a job's body returns, run here and now."""
    while True:
        try:
            next(body)
        except StopIteration as stop:
            result: Result = stop.value
            return result


def _part_of(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(path.name + ".part")
