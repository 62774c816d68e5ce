"""What a .keras file says of itself, read before Keras builds anything from it."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from histoviewer.errors import InputError

# Layers that carry code or run a program from elsewhere. Keras' safe mode refuses the first only.
_CODE: Final = ("Lambda", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFSMLayer")

_DAMAGED: Final = "Train again or choose another model."


def check_plain(path: Path) -> None:
    """Refuse a file that is not a model of Keras' own layers.

    Raises:
        InputError: It is missing, damaged, or would run code that is not Keras'.
    """
    for entry in _objects(_read(path, "config.json")):
        module, name = entry.get("module"), entry["class_name"]
        foreign = module is not None and module.split(".")[0] not in ("keras", "builtins")
        if foreign or name in _CODE:
            raise InputError(
                f"The model file {path} holds code of its own, the layer '{name}': it is not run.",
                "Choose a model made of Keras' built-in layers.",
            )


def keras_version(path: Path) -> tuple[int, ...]:
    """Return the version of Keras that wrote a file, such as (3, 15); empty where it is not known.

    Raises:
        InputError: The file is missing or damaged.
    """
    text = str(_read(path, "metadata.json").get("keras_version", ""))
    parts = text.split(".")[:2]
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()


def _read(path: Path, name: str) -> Mapping[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            content = json.loads(archive.read(name))
    except FileNotFoundError as error:
        raise InputError(f"There is no model file {path}.", _DAMAGED) from error
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(
            f"The model file {path} is damaged or no Keras model.", _DAMAGED
        ) from error
    if not isinstance(content, dict):
        raise InputError(f"The model file {path} is damaged or no Keras model.", _DAMAGED)
    return content


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield every serialised object in a configuration, however deep."""
    if isinstance(value, dict):
        if isinstance(value.get("class_name"), str):
            yield value
        for item in value.values():
            yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)
