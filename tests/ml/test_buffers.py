"""Memory of batches is used again, and never while somebody looks at it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.ml.batches import Plan, Prefetcher, tile_stretches
from histoviewer.ml.buffers import BatchBuffers
from tests.ml.helpers import ArrayTiles


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def numbered(count: int) -> ArrayTiles:
    """Tiles whose pixels are their number."""
    pixels = np.broadcast_to(
        np.arange(count, dtype=np.uint8)[:, None, None, None], (count, 2, 2, 3)
    )
    return ArrayTiles(pixels.copy())


def test_what_nobody_holds_is_used_again() -> None:
    buffers = BatchBuffers((4, 2))
    first = address(buffers.take())

    assert address(buffers.take()) == first


def test_what_is_held_is_left_alone_also_by_a_view() -> None:
    buffers = BatchBuffers((4, 2))
    held, view = buffers.take(), buffers.take()[1:]

    new = buffers.take()

    assert len({address(held), address(view.base), address(new)}) == 3


@given(st.lists(st.booleans(), max_size=40))
def test_no_array_is_handed_out_twice(keeps: list[bool]) -> None:
    buffers = BatchBuffers((2,))
    held = []
    for number, keep in enumerate(keeps):
        array = buffers.take()
        array[:] = number
        if keep:
            held.append((number, array))

    assert all((array == number).all() for number, array in held)


def test_batches_that_wait_keep_their_tiles() -> None:
    tiles, count = numbered(60), 60
    labels = np.zeros(count, np.int8)
    plan = Plan(pool=np.arange(count), labels=labels, sampling="all", batch=3, steps=20)
    with Prefetcher(tile_stretches(plan, tiles, seed=0)) as ready:
        pixels = [next(ready)[0] for _ in range(20)]

    shown = np.concatenate([batches[..., 0, 0, 0].reshape(-1) for batches in pixels])
    assert set(np.bincount(shown, minlength=count)) == {20 * 126 // count}
