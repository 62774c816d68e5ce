"""A run of a recipe that is trained for some steps, and its bare step on one batch.

What the benchmarks of the input pipeline and of the GPU share. A bare step is the recipe's
network, loss and optimiser on a batch that lies on the device already: nothing is read, reported
or averaged.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.networks import MappedTiles
from histoviewer.domain.arrays import Int8
from histoviewer.domain.recipe import Recipe

if TYPE_CHECKING:
    from histoviewer.ml.averaging import AveragedTwin
    from histoviewer.ml.batches import Plan
    from histoviewer.ml.preparing import Trainee
    from histoviewer.ml.requests import TrainRequest

# Keras ships no types, and what a step gives is each backend's own.
Network = Any
Tensor = Any
Result = Any

Step = Callable[[], Result]


@dataclass(frozen=True)
class Pace:
    """Milliseconds a step: by the clock, and of all processors together."""

    wall: float
    cpu: float


class Unjudged:
    """An averaged twin that is followed at each step as ever, and never validated."""

    def __init__(self, twin: "AveragedTwin") -> None:
        self.model = twin.model
        self.follow = twin.follow

    def catch_up(self) -> None:
        """Do nothing: it belongs to the validation."""


@dataclass(frozen=True)
class Stage:
    """A recipe ready to be trained."""

    request: "TrainRequest"
    plan: "Plan"
    trainee: "Trainee"

    @classmethod
    def of(cls, recipe: Recipe, tiles: MappedTiles, labels: Int8) -> "Stage":
        """Prepare a recipe as training does."""
        from histoviewer.ml.batches import plan_batches
        from histoviewer.ml.preparing import prepare
        from histoviewer.ml.requests import TrainRequest

        request = TrainRequest(
            tiles=tiles,
            labels=labels,
            train=np.arange(tiles.count),
            validation=np.arange(1),
            recipe=recipe,
            folder=Path("unused"),
        )
        tiles.mapped.max()  # touches every page: the system's cache is not what is measured
        none = np.empty(0, np.int64)
        plan = plan_batches(recipe, train=request.train, extra=none, labels=labels)
        return cls(request, plan, prepare(request, recipe, plan))

    def train(self, steps: int) -> Pace:
        """Train for some steps the way the product does, without the validation."""
        from histoviewer.ml.callbacks import Run
        from histoviewer.ml.keeping import BestKeeper
        from histoviewer.ml.schedule import Course, Ending
        from histoviewer.ml.training import train_epochs
        from histoviewer.ml.watching import PlateauRate

        recipe = self.request.recipe
        run = Run(
            batch=self.plan.batch,
            epochs=1,
            optimiser=recipe.optimiser,
            course=Course(steps),
            twin=Unjudged(self.trainee.twin),  # type: ignore[arg-type]  # all that a run calls
            judge=lambda _model: None,  # type: ignore[arg-type]
            ending=Ending(tiles=0, others=0),
            keeper=BestKeeper(recipe.stopping),
            plateau=PlateauRate(recipe.plateau),
            emit=lambda _update: None,
            should_stop=lambda: False,
        )
        plan = replace(self.plan, steps=steps)
        with timed(steps) as paces:
            train_epochs(self.trainee, run, plan, self.request, until=1)
        return paces[0]

    def step_alone(self, steps: int) -> Pace:
        """Repeat the bare step."""
        from histoviewer.ml.batches import tile_batches

        batch = next(tile_batches(self.plan, self.request.tiles, seed=0))
        step = bare_step(self.trainee.trainer, batch)
        finish(step())  # compiles
        with timed(steps) as paces:
            for _ in range(steps):
                last = step()
            finish(last)
        return paces[0]


@contextmanager
def timed(steps: int) -> Iterator[list[Pace]]:
    """Yield a list that holds the pace when the block has ended."""
    paces: list[Pace] = []
    wall, cpu = time.perf_counter(), time.process_time()
    yield paces
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    paces.append(Pace(1000 * wall / steps, 1000 * cpu / steps))


def bare_step(trainer: Any, batch: tuple[Any, ...]) -> Step:  # noqa: ANN401 - Keras has no types
    """Return what trains on the same batch at each call, and returns its figures."""
    import keras

    data = tuple(keras.ops.convert_to_tensor(part) for part in batch)
    match keras.config.backend():
        case "tensorflow":
            import tensorflow as tf

            compiled = tf.function(trainer.train_step, jit_compile=trainer.jit_compile)
            return lambda: compiled(data)
        case "torch":
            return lambda: trainer.train_step(data)
        case _:
            return _jax_step(trainer, data)


def _jax_step(trainer: Network, data: tuple[Tensor, ...]) -> Step:
    """Return a step that keeps its state to itself, in copies: it gives its buffers away."""
    import jax

    groups = (
        trainer.trainable_variables,
        trainer.non_trainable_variables,
        trainer.optimizer.variables,
        trainer.metrics_variables,
    )
    state = _copies(groups)
    compiled = jax.jit(trainer.train_step, donate_argnums=0)

    def step() -> Result:
        nonlocal state
        figures, state = compiled(state, data)
        return figures

    return step


def bare_scores(model: Network, tiles: Tensor) -> Step:
    """Return what scores the same batch at each call, and returns scores on the device."""
    import keras

    data = keras.ops.convert_to_tensor(tiles)
    if keras.config.backend() == "torch":
        import torch

        def score() -> Tensor:
            with torch.no_grad():
                return model(data, training=False)

        return score
    from histoviewer.ml.backend import compiled

    if keras.config.backend() == "tensorflow":

        def plain(batch: Tensor) -> Tensor:
            return model(batch, training=False)

        forward = compiled(plain)
        return lambda: forward(data)
    # Copies: Keras gives the buffers away when it predicts.
    weights = _copies((model.trainable_variables, model.non_trainable_variables))

    def stateless(values: Tensor, batch: Tensor) -> Tensor:
        return model.stateless_call(*values, batch, training=False)[0]

    by_weights = compiled(stateless)
    return lambda: by_weights(weights, data)


def _copies(groups: tuple[Any, ...]) -> tuple[list[Any], ...]:
    """Return the values of variables under jax, each in a buffer of its own."""
    import jax

    return tuple([jax.numpy.copy(variable.value) for variable in group] for group in groups)


def finish(result: Result) -> None:
    """Wait until the device has worked a result out."""
    import keras

    values = result.values() if isinstance(result, dict) else [result]
    for value in values:
        np.asarray(keras.ops.convert_to_numpy(value))


def empty_trainer(like: Network) -> Network:
    """Return a trainer whose step does nothing: all else of a training is what is left."""
    import keras

    from histoviewer.ml.metrics import LOG_LOSS

    class Empty(keras.Model):  # type: ignore[misc]  # Keras ships no types
        """Takes batches and returns figures of nought."""

        def __init__(self) -> None:
            super().__init__()
            self.built = True

        def call(self, tiles: Tensor) -> Tensor:
            return tiles

        def train_step(self, *given: Tensor) -> Result:
            """Return figures; under jax, which hands a state in, that as well."""
            names = ("loss", LOG_LOSS, "accuracy", "auc")
            figures = {name: keras.ops.zeros(()) for name in names}
            return figures if len(given) == 1 else (figures, given[0])

    made = Empty()
    made.compile(optimizer=type(like.optimizer)(), loss="mse")
    return made
