"""What took long is kept as a file and computed once: remove the file to do it anew."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks.rows import say
from histoviewer.domain.arrays import Float16, Float32
from histoviewer.files import whole_file
from histoviewer.jobs.job import Body

Result = TypeVar("Result")
Array = TypeVar("Array", Float16, Float32)


def kept_figures(
    path: Path,
    make: Callable[[], dict[str, Any]],
    *,
    is_current: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> dict[str, Any]:
    """Return figures from a JSON file, made and written whole where there is none that is current.

    Figures that are no longer current stay until the new ones are there to take their place.
    """
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if is_current(found):
            return found
    say(f"{path.stem} …")
    text = json.dumps(make(), indent=2)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as stream:
        stream.write(text.encode())
    made: dict[str, Any] = json.loads(text)
    return made


def kept_array(path: Path, make: Callable[[], Array]) -> Array:
    """Return an array from an .npy file, made and written whole where there is none."""
    if not path.exists():
        say(f"{path.stem} …")
        made = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as stream:
            np.save(stream, made)
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
