"""Which Keras backend a job runs on."""

import importlib.util
import os
from collections.abc import Mapping

from histoviewer.errors import InputError
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
    backend = backend_name(backend)
    if backend not in BACKENDS:
        raise InputError(
            f"There is no backend '{backend}'.", f"Choose one of {', '.join(BACKENDS)}."
        )
    if importlib.util.find_spec(backend) is None:
        raise InputError(
            f"The backend '{backend}' is not installed.",
            f"Install it with: pip install 'histoviewer[{backend}]'",
        )
    return {"KERAS_BACKEND": backend}
