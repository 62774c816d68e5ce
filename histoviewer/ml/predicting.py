"""Scores of chosen tiles from a loaded model."""

from collections.abc import Generator, Iterator
from pathlib import Path

import keras
import numpy as np

from histoviewer.domain.arrays import Float32, Int64, UInt8
from histoviewer.domain.source import TileSource
from histoviewer.errors import InputError
from histoviewer.ml.backend import dtype_policy, is_out_of_memory
from histoviewer.ml.batches import Prefetcher
from histoviewer.ml.buffers import BatchBuffers
from histoviewer.ml.distributing import parts
from histoviewer.ml.model_files import StrangeLayerError, check_plain, keras_version
from histoviewer.ml.model_form import check_form, spelled
from histoviewer.ml.orientations import orientations_of, pooled, turned

# Large enough to keep two to sixteen cores or a GPU busy, small enough to report often.
BATCH = 256


def load_model(path: Path) -> keras.Model:
    """Return a saved model, ready to score.

    Code in the file is refused before Keras sees it, and what takes no tiles or gives no score with
    its logit is refused before anybody relies on it. A model saved for bfloat16 is brought to
    float32 where this machine would only emulate bfloat16.

    Raises:
        InputError: The file is missing, damaged, from a newer Keras, or no model of ours.
    """
    try:
        check_plain(path)
    except StrangeLayerError as error:
        if newer := _from_newer_keras(path):
            raise newer from error
        raise
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever its parts raise
        raise _from_newer_keras(path) or _unreadable(path, error) from error
    check_form(model, path)
    return model if dtype_policy("auto") != "float32" else in_float32(model)


def _from_newer_keras(path: Path) -> InputError | None:
    """Return the error for a file that a newer Keras wrote; None where it is not newer."""
    written = keras_version(path)
    if written <= tuple(int(part) for part in keras.__version__.split(".")[:2]):
        return None
    version = ".".join(str(part) for part in written)
    return InputError(
        f"The model file {path} was written by Keras {version}; this is {keras.__version__}.",
        "Update Keras, or choose another model.",
    )


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(
        f"The model file {path} cannot be read: {_first_line(error)}",
        "Train again or choose another model.",
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def in_float32(model: keras.Model) -> keras.Model:
    """Return the model with every layer computing in float32; the same one where they all do."""
    if all(layer.compute_dtype != "bfloat16" for layer in model.layers):
        return model

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        config = layer.get_config()
        if "dtype" in config and layer.compute_dtype == "bfloat16":
            config["dtype"] = "float32"
        return layer.__class__.from_config(config)

    twin = keras.models.clone_model(model, clone_function=copy)
    twin.set_weights(model.get_weights())
    return twin


def check_fits(model: keras.Model, shape: tuple[int, ...]) -> None:
    """Raise `InputError` unless the model takes tiles of this size.

    Args:
        model: Any model from `load_model`.
        shape: Of all tiles, (N, H, W, 3).
    """
    wanted, given = model.input_shape[1:], shape[1:]
    if tuple(wanted) != tuple(given):
        raise InputError(
            f"The model takes tiles of {spelled(wanted)}, these are {spelled(given)}.",
            "Choose a model trained on tiles of this size.",
        )


def with_symmetries(model: keras.Model) -> keras.Model:
    """Return a model that averages the probabilities of a tile's 8 flips and quarter turns."""
    tile = keras.Input(model.input_shape[1:], dtype="uint8")
    return keras.Model(tile, pooled(model(turned(tile))))


def iterate_scores(
    model: keras.Model, tiles: TileSource, index: Int64, *, batch: int = BATCH
) -> Generator[Float32, None, None]:
    """Yield the scores of the tiles at `index`, batch by batch, (<= batch,) float32.

    Args:
        model: Takes raw tiles, gives one score each.
        tiles: Where the pixels come from.
        index: Tile numbers.
        batch: Tiles a call.
    """
    for part in iterate_outputs(model, tiles, index, batch=batch):
        yield part[:, 0]


def iterate_outputs(
    model: keras.Model, tiles: TileSource, index: Int64, *, batch: int = BATCH
) -> Generator[Float32, None, None]:
    """Yield what a model gives for the tiles at `index`, batch by batch, (<= batch, …) float32.

    Every batch has the same size, the last one padded: the function is compiled once, and nothing
    is built anew for each call as `predict` does (keras issue 13118: memory grows).

    Args:
        model: Takes raw tiles.
        tiles: Where the pixels come from; read ahead in a thread while the device computes.
        index: Tile numbers.
        batch: Tiles a call, fewer by so much as the model looks at each in several orientations;
            halved where that many do not fit into memory.
    """
    done, batch = 0, max(1, batch // orientations_of(model))
    while done < len(index):
        try:
            for part in _outputs(model, tiles, index[done:], batch):
                done += len(part)
                yield part
        except Exception as error:
            if not is_out_of_memory(error) or batch == 1:
                raise
            batch //= 2


def _outputs(
    model: keras.Model, tiles: TileSource, index: Int64, batch: int
) -> Generator[Float32, None, None]:
    """Yield outputs in batches of one size, which all devices can share."""
    batch += -batch % parts()

    def gathered() -> Iterator[tuple[int, UInt8]]:
        buffers = BatchBuffers((batch, *tiles.shape[1:]))
        for start in range(0, len(index), batch):
            part = index[start : start + batch]
            padded = np.concatenate([part, np.repeat(part[-1:], batch - len(part))])
            yield len(part), tiles.gather(padded, buffers.take())

    with Prefetcher(gathered()) as ready:
        for count, pixels in ready:
            yield np.asarray(model.predict_on_batch(pixels), np.float32)[:count]


def score_tiles(
    model: keras.Model, tiles: TileSource, index: Int64, *, batch: int = BATCH
) -> Float32:
    """Return the scores of the tiles at `index` as (n,) float32."""
    batch = min(batch, max(1, len(index)))
    parts = list(iterate_scores(model, tiles, index, batch=batch))
    return np.concatenate(parts) if parts else np.empty(0, np.float32)
