"""What a network must take and give to be a model: whatever it is for then can rely on it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import keras

from histoviewer.errors import InputError
from histoviewer.ml.building import LOGIT

_WANTED: Final = (
    f"Choose a model that takes RGB tiles and gives one score, from a layer called '{LOGIT}'."
)
_COLOURS: Final = 3
_TILE_AXES: Final = 3  # rows, columns, colours


def check_form(model: keras.Model, path: Path) -> None:
    """Raise `InputError` unless a network is one of ours: tiles in, one score out, and its logit.

    Args:
        model: As Keras opened it, which may be anything that Keras can save.
        path: Its file, for the sentence.
    """
    try:
        inputs, outputs = model.inputs, model.outputs
    except AttributeError:  # Keras has no other word for it
        fault: str | None = "holds a network that was never built"
    else:
        fault = _input_fault(inputs) or _output_fault(model, outputs) or _logit_fault(model)
    if fault is not None:
        raise InputError(f"The model file {path} {fault}.", _WANTED)


def _input_fault(inputs: Sequence[Any]) -> str | None:
    if len(inputs) != 1:
        return f"takes {len(inputs)} inputs, not tiles alone"
    count, *shape = inputs[0].shape
    if count is not None:
        return f"takes {count} tiles at a time, not any number"
    if len(shape) != _TILE_AXES or None in shape or shape[-1] != _COLOURS:
        return f"takes {spelled(shape)}, not RGB tiles of one size"
    return None


def _output_fault(model: keras.Model, outputs: Sequence[Any]) -> str | None:
    if len(outputs) != 1:
        return f"gives {len(outputs)} outputs, not one score"
    if isinstance(model.compute_output_spec(model.inputs[0]), dict):
        return "gives its outputs by name, not as one score"
    shape = outputs[0].shape[1:]
    if tuple(shape) != (1,):
        return f"gives {spelled(shape)} for each tile, not one score"
    return None


def _logit_fault(model: keras.Model) -> str | None:
    """Say why the network could rank tiles, but not be explained."""
    for layer in model.layers:
        if layer.name == LOGIT and tuple(layer.output.shape[1:]) == (1,):
            return None
    return f"has no layer '{LOGIT}' with one number for each tile, so that none could be explained"


def spelled(shape: Sequence[int | None]) -> str:
    """Return the lengths of some axes in words, such as '96 x 96 x 3'."""
    if not shape:
        return "a number without axes"
    return " x ".join("any" if side is None else str(side) for side in shape)
