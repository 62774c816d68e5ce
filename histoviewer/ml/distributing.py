"""Several devices of one machine share each batch: data parallelism, Keras' own way.

Keras spreads a training over devices under jax only. Its setting belongs to a thread and is lost
when a session is cleared, so it is made where that has been done.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import keras

from histoviewer.ml import backend


def device_count() -> int:
    """Return how many devices share a batch: 1 where it is not divided."""
    return backend.parallel_devices()


def distribute() -> None:
    """Let what this thread builds from now on be computed on all devices."""
    if device_count() > 1:
        keras.distribution.set_distribution(_all_devices())


@contextmanager
def distributed() -> Iterator[None]:
    """Let what this thread builds meanwhile be computed on all devices."""
    if device_count() == 1:
        yield
        return
    with _all_devices().scope():
        yield


def parts() -> int:
    """Return among how many devices this thread divides a batch now."""
    setting = keras.distribution.distribution()
    return 1 if setting is None else int(setting.device_mesh.devices.size)


def _all_devices() -> keras.distribution.DataParallel:
    devices = keras.distribution.list_devices()
    return keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False)
