"""Which Keras backend a job runs on."""

import os
from collections.abc import Mapping

from histoviewer.ml.backend import require
from histoviewer.ml.requests import BACKENDS


def backend_name(backend: str | None) -> str:
    """Return the backend that is used where this one is asked for.

    Args:
        backend: Its name; None for the one that KERAS_BACKEND names, else TensorFlow.
    """
    return backend or os.environ.get("KERAS_BACKEND") or BACKENDS[0]


def environment_of(backend: str | None) -> Mapping[str, str]:
    """Return the variables by which a compute process uses a backend.

    Args:
        backend: As above.

    Raises:
        InputError: There is no such backend, or it is not installed.
    """
    name = backend_name(backend)
    require(name)
    return {"KERAS_BACKEND": name}
