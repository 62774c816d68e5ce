"""What a .keras file says of itself, read before Keras builds anything from it."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from histoviewer.errors import InputError
from histoviewer.zips import DamagedZipError, ForeignZip

# Layers that carry code or run a program from elsewhere. Keras' safe mode refuses the first only.
_CODE: Final = ("Lambda", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFSMLayer")

# What classifiers of images are made of. Others have no place in one, and some read a file whose
# path the model names, such as the vocabulary of StringLookup.
_LAYERS: Final = frozenset(
    (
        "InputLayer", "Identity", "Activation", "Softmax", "ReLU", "LeakyReLU", "PReLU", "ELU",
        "Rescaling", "Resizing", "Normalization", "CenterCrop",
        "Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D", "Dense", "EinsumDense",
        "MaxPooling2D", "AveragePooling2D", "AdaptiveMaxPooling2D", "AdaptiveAveragePooling2D",
        "GlobalMaxPooling2D", "GlobalAveragePooling2D",
        "BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization",
        "RMSNormalization", "SpectralNormalization",
        "Dropout", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise",
        "ActivityRegularization",
        "Flatten", "Reshape", "Permute", "RepeatVector", "Cropping2D", "ZeroPadding2D",
        "UpSampling2D",
        "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot",
        "Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention",
    )
)  # fmt: skip

# The modules whose objects may be in a file, and which of them; None for all.
_PARTS: Final[Mapping[str | None, frozenset[str] | None]] = {
    None: frozenset({"__keras_tensor__", "__tensor__", "__numpy__", "__slice__", "__ellipsis__"}),
    "builtins": frozenset({"function"}),
    "keras": frozenset({"Functional", "Model", "Sequential", "DTypePolicy"}),
    "keras.models": frozenset({"Functional", "Model", "Sequential"}),
    "keras.src.models.functional": frozenset({"Functional"}),
    "keras.src.models.sequential": frozenset({"Sequential"}),
    "keras.layers": _LAYERS,
    "keras.src.ops.image": None,
    "keras.src.ops.linalg": None,
    "keras.src.ops.math": None,
    "keras.src.ops.nn": None,
    "keras.src.ops.numpy": None,
    "keras.activations": None,
    "keras.constraints": None,
    "keras.dtype_policies": None,
    "keras.initializers": None,
    "keras.regularizers": None,
    # What it was trained with, where that was saved.
    "keras.losses": None,
    "keras.metrics": None,
    "keras.optimizers": None,
    "keras.optimizers.schedules": None,
}

# In bytes; that of NASNetLarge, the longest of `keras.applications`, takes one MiB.
_LARGEST: Final = 16 << 20

_SHOWN: Final = 60  # letters of a name

_VERSION: Final = re.compile(r"(\d{1,4})\.(\d{1,4})", re.ASCII)

_DAMAGED: Final = "Train again or choose another model."
_BUILT_IN: Final = "Choose a model made of Keras' built-in layers."


class StrangeLayerError(InputError):
    """A model holds something of Keras that no classifier of images needs, or that is new."""


def check_plain(path: Path) -> None:
    """Refuse a file that is not a model of Keras' own layers, those that work on images.

    Raises:
        StrangeLayerError: It holds another part of Keras.
        InputError: It is missing, damaged, or would run code that is not Keras'.
    """
    for entry in _objects(_read(path, "config.json")):
        module, name = entry.get("module"), entry["class_name"]
        if module is not None and not isinstance(module, str):
            raise _damaged(path)
        shown = repr(name[:_SHOWN])
        if name in _CODE or (module or "keras").split(".")[0] not in ("keras", "builtins"):
            raise InputError(
                f"The model file {path} holds code of its own, the layer {shown}: it is not run.",
                _BUILT_IN,
            )
        if not _is_known(module, name):
            raise StrangeLayerError(
                f"The model file {path} holds {shown}, which no classifier of images needs: it is "
                "not opened.",
                "Choose a model made of Keras' layers for images.",
            )


def _is_known(module: str | None, name: str) -> bool:
    known = _PARTS.get(module, frozenset())
    return known is None or name in known


def keras_version(path: Path) -> tuple[int, ...]:
    """Return the version of Keras that wrote a file, such as (3, 15); empty where it is not known.

    Raises:
        InputError: The file is missing or damaged.
    """
    text = str(_read(path, "metadata.json").get("keras_version", ""))
    found = _VERSION.match(text)
    return () if found is None else (int(found[1]), int(found[2]))


def _read(path: Path, name: str) -> Mapping[str, Any]:
    try:
        with ForeignZip(path) as archive:
            content = json.loads(archive.read(name, most=_LARGEST))
    except FileNotFoundError as error:
        raise InputError(f"There is no model file {path}.", _DAMAGED) from error
    except (OSError, DamagedZipError, ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(content, dict):
        raise _damaged(path)
    return content


def _damaged(path: Path) -> InputError:
    return InputError(f"The model file {path} is damaged or no Keras model.", _DAMAGED)


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield every serialised object in a configuration, however deep: deeper than Python calls."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("class_name"), str):
                yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
