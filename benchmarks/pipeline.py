"""What training spends on anything but its step, and how long a large project is scored.

Three questions, answered with the parts that the product uses, tiles in a mapped file:

* How many tiles a second come through everything but the network: order, gathering, the thread that
  reads ahead, Keras' `fit`, what conducts a run between its steps, the averaged twin. The network
  is replaced by one whose step does nothing; augmentation is part of the step, on the device.
* Which share of the time `histo-fast` trains is spent outside its step. Training and the bare step
  on a batch that lies on the device take turns; what training takes more is outside. Where there is
  no accelerator processor time is compared: there the step and all else share the same cores.
* How long scoring as many tiles as the test set of the competition has takes, from file to file.

Processor time stands beside the clock: on a machine that others use the clock measures them, too.
"""

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, markdown
from benchmarks.networks import noise_tiles, quiet, save_kept
from benchmarks.rows import say
from benchmarks.stepping import Stage, empty_trainer, timed

TILES = 20_000
STEPS = 24
ROUNDS = 5
SCORED_TILES = 57_458

_LEAST_TILES_S = 20_000
_MOST_SHARE = 5.0
_MOST_S = 180.0
_CORES = 2  # of the machine that the bound is meant for


def run(tiles: int = TILES, rounds: int = ROUNDS, scored: int = SCORED_TILES) -> list[Figure]:
    """Measure."""
    quiet()
    from histoviewer.domain.recipe import load_recipe
    from histoviewer.ml import work

    work.warm_up()
    say(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with noise_tiles(tiles) as (source, labels):
        stage = Stage.of(load_recipe("histo-fast"), source, labels)
        figures = [*empty_steps(stage, rounds), outside_step(stage, rounds)]
    return [*figures, *score(scored)]


def empty_steps(stage: Stage, rounds: int) -> list[Figure]:
    """Return what a step costs whose network does nothing, all else being as it is."""
    trainee = replace(stage.trainee, trainer=empty_trainer(stage.trainee.trainer))
    empty = replace(stage, trainee=trainee)
    batch, steps = stage.plan.batch, stage.plan.steps
    empty.train(steps)  # compiles
    paces = [empty.train(steps) for _ in range(rounds)]
    most_ms = 1000 * batch / _LEAST_TILES_S
    say(f"{batch / min(pace.wall for pace in paces):.1f} tiles/ms through an empty step at best")
    return [
        Figure.of(
            f"empty step of {batch} tiles", [pace.wall for pace in paces], bounds={"p50": most_ms}
        ),
        Figure.of(
            f"empty step of {batch} tiles, processor time",
            [pace.cpu for pace in paces],
            bounds={"p50": most_ms},
        ),
    ]


def outside_step(stage: Stage, rounds: int) -> Figure:
    """Return the share of a training that is not its step, in percent."""
    from histoviewer.ml.backend import accelerator

    stage.train(STEPS)  # compiles
    shares = []
    for _ in range(rounds):
        ours, step = stage.train(STEPS), stage.step_alone(STEPS)
        whole, inside = (ours.wall, step.wall) if accelerator() else (ours.cpu, step.cpu)
        shares.append(100 * (1 - inside / whole))
        say(f"{ours.wall:.0f} ms a step, {step.wall:.0f} alone; outside {shares[-1]:.1f} %")
    name = "time of training outside the step, histo-fast"
    return Figure.of(name, shares, unit="%", bounds={"p50": _MOST_SHARE})


def score(count: int) -> list[Figure]:
    """Return the seconds in which a saved `histo-fast` scores some tiles."""
    from histoviewer.ml import work
    from histoviewer.ml.requests import ScoreRequest

    with noise_tiles(count) as (tiles, _), TemporaryDirectory() as folder:
        saved, out = Path(folder) / "model.keras", Path(folder) / "scores.npy"
        save_kept("histo-fast", saved)
        request = ScoreRequest(model=saved, tiles=tiles, out=out, fingerprint="noise")
        with timed(1) as paces:
            for _ in work.score(request, lambda: False):
                pass
    name = f"scoring {count:,} tiles, histo-fast"
    took, computed = paces[0].wall / 1000, paces[0].cpu / 1000
    both = _CORES * _MOST_S
    return [
        Figure.of(name, [took], unit="s", bounds={"worst": _MOST_S}),
        Figure.of(f"{name}, processor time", [computed], unit="s", bounds={"worst": both}),
    ]


if __name__ == "__main__":
    print(markdown(run()))
