"""Training and scoring on a GPU, as a share of what the same network reaches without our data.

Tiles a second of `histo-fast`, `cnn-gap-colour` and `histo-best` in bfloat16, from a mapped file
and with all that a run does, against the bare step and the bare network on random tiles that lie on
the device already. Each backend that is installed in a process of its own, torch and jax first:
Keras takes one a process. On a machine without a GPU nothing is measured.
"""

import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from typing import Final

import numpy as np

from benchmarks.networks import noise_tiles, quiet
from benchmarks.rows import NotMeasured, Row, say, table
from benchmarks.stepping import Stage, bare_scores, finish, timed

RECIPES: Final = ("histo-fast", "cnn-gap-colour", "histo-best")
BACKENDS: Final = ("torch", "jax", "tensorflow")
TILES: Final = 20_000
STEPS: Final = 100
ROUNDS: Final = 3
_BOUND: Final = 0.9


def run() -> list[Row]:
    """Measure under each backend that finds a GPU.

    Raises:
        NotMeasured: None does.
    """
    rows: list[Row] = []
    for backend in BACKENDS:
        if importlib.util.find_spec(backend) is None:
            say(f"{backend} is not installed")
            continue
        found = _ask(backend)
        if not found:
            say(f"{backend} finds no GPU")
        rows += found
    if not rows:
        raise NotMeasured("There is no GPU that an installed backend can use.")
    return rows


def _ask(backend: str) -> list[Row]:
    command = [sys.executable, "-m", "benchmarks.gpu", backend]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def measure(backend: str, *, tiles: int = TILES, steps: int = STEPS) -> list[Row]:
    """Return the rows of this process' backend; none without a GPU."""
    from histoviewer.domain.recipe import load_recipe
    from histoviewer.errors import InputError
    from histoviewer.ml.backend import accelerator

    if accelerator() is None:
        return []
    rows = []
    with noise_tiles(tiles) as (source, labels):
        for name in RECIPES:
            try:
                recipe = load_recipe(name)
            except InputError:
                say(f"there is no recipe {name}")
                continue
            training = replace(recipe.training, precision="mixed_bfloat16")
            stage = Stage.of(replace(recipe, training=training), source, labels)
            rows += [_training(f"{backend}, {name}", stage, steps)]
            rows += [_scoring(f"{backend}, {name}", stage, steps)]
    return rows


def _training(name: str, stage: Stage, steps: int) -> Row:
    stage.train(steps)  # compiles
    ours = min(stage.train(steps).wall for _ in range(ROUNDS))
    alone = min(stage.step_alone(steps).wall for _ in range(ROUNDS))
    return _row(f"training, {name}", stage.plan.batch, ours, alone)


def _scoring(name: str, stage: Stage, steps: int) -> Row:
    from histoviewer.ml.predicting import BATCH, score_tiles
    from histoviewer.ml.preparing import finished

    tiles, recipe = stage.request.tiles, stage.request.recipe
    model = finished(stage.trainee.twin.model, stage.request, recipe)
    index = np.arange(steps * BATCH) % tiles.shape[0]
    bare = bare_scores(model, tiles.gather(index[:BATCH]))
    score_tiles(model, tiles, index[:BATCH])  # compiles
    finish(bare())
    ours, alone = [], []
    for _ in range(ROUNDS):
        with timed(steps) as paces:
            score_tiles(model, tiles, index)
        ours.append(paces[0].wall)
        with timed(steps) as paces:
            for _ in range(steps):
                last = bare()
            finish(last)
        alone.append(paces[0].wall)
    return _row(f"scoring, {name}", BATCH, min(ours), min(alone))


def _row(name: str, batch: int, ours: float, alone: float) -> Row:
    rate, most = 1000 * batch / ours, 1000 * batch / alone
    return Row(name=name, ours=rate, reference=most, unit="tiles/s", bound=_BOUND, at_least=True)


def _child(backend: str) -> None:
    """Print the rows of one backend as the last line."""
    import os

    os.environ["KERAS_BACKEND"] = backend
    quiet()
    from histoviewer.ml import work

    work.warm_up()
    keys = ("name", "ours", "reference", "unit", "bound", "at_least")
    rows = [row.as_json() for row in measure(backend)]
    print(json.dumps([{key: row[key] for key in keys} for row in rows]))


def _main() -> int:
    try:
        print(table(run()))
    except NotMeasured as why:
        say(str(why))
        return 2
    return 0


if __name__ == "__main__":
    if sys.argv[1:]:
        _child(sys.argv[1])
    else:
        sys.exit(_main())
