"""Each benchmark in a process of its own.

What others have imported would slow it down: garbage collections that walk through TensorFlow made
a lasso four times as long, in a window that never imports it.
"""

import importlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.figures import Figure
from benchmarks.rows import Row


def run_apart(name: str, *, minutes: float | None, seed: int) -> list[Row] | list[Figure]:
    """Run a benchmark in a new process.

    Args:
        name: Of its module.
        minutes: How long it takes; None for one that ends by itself.
        seed: Of one that does not.

    Raises:
        NotMeasured: This machine lacks what it needs.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run, name, minutes, seed).result()


def _run(name: str, minutes: float | None, seed: int) -> list[Row] | list[Figure]:
    run = importlib.import_module(f"benchmarks.{name}").run
    found: list[Row] | list[Figure] = run() if minutes is None else run(minutes=minutes, seed=seed)
    return found
