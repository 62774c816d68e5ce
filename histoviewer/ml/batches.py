"""Training batches as uint8, gathered from a tile source: never a float copy of the data set."""

import contextlib
import math
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int64, UInt8
from histoviewer.domain.recipe import Recipe
from histoviewer.domain.source import TileSource
from histoviewer.ml.buffers import BatchBuffers
from histoviewer.ml.sampling import choose

Item = TypeVar("Item")
Batch = tuple[UInt8, Float32, Float32]

# Tiles to measure the statistics of batch normalisation on; a batch that fits any memory.
SAMPLE: Final = 512
SAMPLE_BATCH: Final = 128

# Tiles that are handed over at once, where batches are smaller, and the memory for them.
_STRETCH: Final = 128
_STRETCH_BYTES: Final = 4 << 20

_END: Any = object()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which tiles training draws from, and how many make a batch and an epoch.

    Args:
        pool: Indexes to draw from; a tile that stands there twice is shown twice as often.
        labels: (N,) int8 labels of all tiles.
        sampling: 'all', 'balanced', 'cut' or 'weights', see `Sampling`.
        batch: Tiles a step, the same for every step so that the step is compiled once.
        steps: Steps an epoch.
        parts: Devices that share a batch, whose size is a multiple of their number.
    """

    pool: Int64
    labels: Int8
    sampling: str
    batch: int
    steps: int
    parts: int = 1

    @property
    def used(self) -> Int64:
        """Return the indexes of the tiles that are learned from, each once."""
        return np.unique(self.pool)


def plan_batches(
    recipe: Recipe,
    *,
    train: Int64,
    extra: Int64,
    labels: Int8,
    extra_weights: Float32 | None = None,
    seed: int = 0,
    parts: int = 1,
) -> Plan:
    """Return the plan for a recipe.

    Args:
        recipe: Gives sampling, batch and oversampling.
        train: Indexes to train on, of which sampling may leave some out.
        extra: Indexes to show more often; added where `train` lacks them.
        labels: (N,) int8 labels of all tiles.
        extra_weights: (e,) float32 by how much each of `extra` is shown more often than the recipe
            says; one that is light is shown once all the same.
        seed: Chooses what sampling leaves out.
        parts: Devices that share a batch.
    """
    pool = np.union1d(choose(recipe.sampling, train, labels, seed=seed), extra)
    extra, first = np.unique(extra, return_index=True)
    weights = np.ones(len(extra)) if extra_weights is None else extra_weights[first]
    times = np.maximum(1, np.rint(recipe.retraining.oversample * weights)).astype(np.int64)
    copies = np.repeat(extra, times - 1)
    pool = np.concatenate([pool, copies])
    batch = multiple(min(recipe.training.batch, len(pool)), parts)
    shown = min(len(pool), recipe.sampling.tiles_per_epoch or len(pool))
    return Plan(
        pool=pool,
        labels=labels,
        sampling=recipe.sampling.kind,
        batch=batch,
        steps=max(1, round(shown / batch)),
        parts=parts,
    )


def halved(plan: Plan) -> Plan:
    """Return the plan with half as many tiles a step and twice as many steps."""
    return replace(plan, batch=multiple(plan.batch // 2, plan.parts), steps=2 * plan.steps)


def multiple(count: int, parts: int) -> int:
    """Return the largest multiple of `parts` that is at most `count`, but one of them at least."""
    return max(1, count // parts) * parts


def index_batches(plan: Plan, *, seed: int) -> Iterator[Int64]:
    """Yield index batches for ever. Every tile is shown once before any is shown again.

    With balanced sampling that holds within each class, and batches alternate between the classes.
    """
    rng = np.random.default_rng(seed)
    if plan.sampling != "balanced":
        yield from _cycle(plan.pool, plan.batch, rng)
        return
    positive = plan.labels[plan.pool] == 1
    one_by_one = [_cycle(plan.pool[positive], 1, rng), _cycle(plan.pool[~positive], 1, rng)]
    turn = 0
    while True:
        batch = np.empty(plan.batch, np.int64)
        for place in range(plan.batch):
            batch[place] = next(one_by_one[turn])[0]
            turn = 1 - turn
        yield batch


def _cycle(pool: Int64, size: int, rng: np.random.Generator) -> Iterator[Int64]:
    """Yield pieces of `size` from one shuffled pass after the other, without a seam."""
    waiting = np.empty(0, np.int64)
    while True:
        while len(waiting) < size:
            waiting = np.concatenate([waiting, rng.permutation(pool)])
        start = 0
        while len(waiting) - start >= size:
            yield waiting[start : start + size]
            start += size
        waiting = waiting[start:]


def tile_stretches(plan: Plan, tiles: TileSource, *, seed: int) -> Iterator[Batch]:
    """Yield the batches of `tile_batches`, some at once.

    Yields:
        As there, each with an axis more in front: (batches, batch, ...).
    """
    batch = plan.batch
    bytes_of_batch = batch * math.prod(tiles.shape[1:])
    many = max(1, min(_STRETCH // batch, _STRETCH_BYTES // bytes_of_batch))
    longer = replace(plan, batch=many * batch)
    for pixels, labels, weights in tile_batches(longer, tiles, seed=seed):
        yield (
            pixels.reshape(many, batch, *pixels.shape[1:]),
            labels.reshape(many, batch, 1),
            weights.reshape(many, batch),
        )
        del pixels  # else it would not be free for the next batch


def tile_batches(plan: Plan, tiles: TileSource, *, seed: int) -> Iterator[Batch]:
    """Yield (tiles, labels, weights) for ever.

    Yields:
        Tiles (batch, H, W, 3) uint8 RGB, labels (batch, 1) float32, weights (batch,) float32.
    """
    weight = class_weights(plan)
    buffers = BatchBuffers((plan.batch, *tiles.shape[1:]))
    for index in index_batches(plan, seed=seed):
        labels = plan.labels[index]
        pixels = tiles.gather(index, buffers.take())
        yield pixels, labels.astype(np.float32)[:, None], weight[labels]
        del pixels  # else it would not be free for the next batch


def sample_batches(pool: Int64, tiles: TileSource, *, seed: int) -> Iterator[UInt8]:
    """Yield some tiles of a pool, the same with every call, in full batches."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(pool)[:SAMPLE]
    batch = min(SAMPLE_BATCH, len(chosen))
    for start in range(0, len(chosen) - batch + 1, batch):
        yield tiles.gather(chosen[start : start + batch])


def class_weights(plan: Plan) -> Float32:
    """Return the loss weight of a negative and a positive tile; their mean over the pool is 1."""
    if plan.sampling != "weights":
        return np.ones(2, np.float32)
    counts = np.bincount(plan.labels[plan.pool], minlength=2)
    return (len(plan.pool) / (2 * counts)).astype(np.float32)


class Prefetcher(Generic[Item]):
    """Makes the next items in a thread while the present one is worked on.

    Iterate over it inside `with`: the thread has ended when the block is left, however it is left.

    Args:
        items: Runs in the thread; its errors come out of `__next__`.
        depth: Items made ahead.
    """

    def __init__(self, items: Iterator[Item], *, depth: int = 3) -> None:
        self._items = items
        self._ready: queue.Queue[Any] = queue.Queue(depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="batches", daemon=True)

    def _run(self) -> None:
        try:
            for item in self._items:
                if not self._put(item):
                    return
            self._put(_END)
        except Exception as error:  # noqa: BLE001 - raised again in the thread that asks for items
            self._put(error)

    def _put(self, item: object) -> bool:
        """Hand an item over; return False when nobody wants it any more."""
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._ready.put(item, timeout=0.1)
                return True
        return False

    def __enter__(self) -> "Prefetcher[Item]":
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """End the thread."""
        self._stopped.set()
        self._thread.join()

    def __iter__(self) -> Iterator[Item]:
        """Return self."""
        return self

    def __next__(self) -> Item:
        """Return the next item; raise what making it raised."""
        while True:
            if self._stopped.is_set():
                raise StopIteration
            with contextlib.suppress(queue.Empty):
                item = self._ready.get(timeout=0.1)
                break
        if item is _END:
            raise StopIteration
        if isinstance(item, Exception):
            raise item
        ready: Item = item
        return ready
