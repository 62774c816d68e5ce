"""Scoring tiles/s against `model.predict` of the same net in float32, on the same uint8 tiles.

The net is the one that training `histo-fast` keeps, which looks at each tile in two orientations.

Both in one process, taking turns, the best of some rounds. Ours reads from a mapped file, reports
progress and can be cancelled at each batch.
"""

import time
from collections.abc import Callable

import numpy as np

from benchmarks.networks import noise_tiles, quiet
from benchmarks.rows import Row, table

TILES = 4_096
ROUNDS = 4


def run(count: int = TILES, rounds: int = ROUNDS) -> list[Row]:
    """Measure in float32 and bfloat16."""
    quiet()
    from histoviewer.ml import work

    work.warm_up()
    from histoviewer.domain.recipe import load_recipe
    from histoviewer.ml.building import build
    from histoviewer.ml.orientations import kept_views
    from histoviewer.ml.predicting import score_tiles

    recipe = load_recipe("histo-fast")
    views = kept_views(recipe)
    exact = build(recipe, tile_size=96, policy="float32", views=views)
    rough = build(recipe, tile_size=96, policy="mixed_bfloat16", views=views)
    with noise_tiles(count) as (tiles, _):
        index = np.arange(count)
        pixels = tiles.gather(index)
        ways: dict[str, Callable[[], object]] = {
            "plain": lambda: exact.predict(pixels, verbose=0),
            "float32": lambda: score_tiles(exact, tiles, index),
            "bfloat16": lambda: score_tiles(rough, tiles, index),
        }
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(rounds + 1):  # the first compiles
            for name, score in ways.items():
                best[name] = min(best[name], seconds(score))
    return [
        Row(
            name=f"scoring, {name}",
            ours=count / best[name],
            reference=count / best["plain"],
            unit="tiles/s",
            bound=bound,
            at_least=True,
        )
        for name, bound in (("float32", 1.0), ("bfloat16", 1.5))
    ]


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(table(run()))
