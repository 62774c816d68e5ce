"""Models as ONNX, for programs without Keras."""

import importlib.util
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import keras
import numpy as np

from histoviewer.domain.arrays import Float32, UInt8
from histoviewer.errors import InputError, JobError, storage_error
from histoviewer.files import whole_file
from histoviewer.ml.backend import configure
from histoviewer.ml.predicting import check_fits, in_float32, load_model
from histoviewer.ml.probing import probe
from histoviewer.ml.requests import OnnxRequest, OnnxResult, ProbeRequest

TOLERANCE: Final = 1e-4

# What the converters of the backends need; all of it comes with the extras below.
_EXTRAS: Final = {"tensorflow": "onnx", "torch": "torch,onnx", "jax": "onnx"}
_NEEDED: Final = {
    "tensorflow": ("onnx", "onnxruntime", "tf2onnx"),
    "torch": ("onnx", "onnxruntime", "onnxscript"),
    "jax": ("onnx", "onnxruntime", "tf2onnx"),
}


def write_onnx(request: OnnxRequest) -> OnnxResult:
    """Write a model as ONNX: from (n, H, W, 3) uint8 RGB 'tile' to (n, 1) float32 'probability'.

    The file gets its name only when ONNX Runtime has given the same scores as Keras to 1e-4.

    Raises:
        InputError: A library is missing, or the model is none of ours.
        JobError: The scores differ: the conversion is wrong.
        StorageError: The file could not be written.
    """
    _check_installed()
    configure()
    model = in_float32(load_model(request.model))
    check_fits(model, tuple(request.tiles.shape))
    expected = probe(model, ProbeRequest(model=request.model, tiles=request.tiles))
    try:
        with TemporaryDirectory() as folder:
            content = _convert(model, Path(folder) / "model.onnx", request.facts)
    except OSError as error:
        raise storage_error(error, f"the ONNX file {request.out}") from error
    difference = _difference(_run(content, request.tiles), expected)
    _write(request.out, content)
    return OnnxResult(largest_difference=difference, opset=_opset(content), size=len(content))


def _check_installed() -> None:
    backend = keras.config.backend()
    missing = [name for name in _NEEDED[backend] if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            f"Export to ONNX needs {', '.join(missing)}, which is not installed.",
            f"Install it with: pip install 'histoviewer[{_EXTRAS[backend]}]'",
        )


def _convert(model: keras.Model, path: Path, facts: Mapping[str, str]) -> bytes:
    """Return the bytes of the ONNX file, its ends named and its facts in it."""
    import onnx

    signature = [keras.InputSpec(dtype="uint8", shape=(None, *model.input_shape[1:]), name="tile")]
    with _quiet():
        _scoring(model).export(path, format="onnx", verbose=False, input_signature=signature)
    converted = onnx.load(path)
    _name_ends(converted.graph)
    _spell_out_erfc(converted.graph)
    for key, value in facts.items():
        entry = converted.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.checker.check_model(converted)
    content: bytes = converted.SerializeToString()
    return content


def _scoring(model: keras.Model) -> keras.Model:
    """Return a model as it scores, in so many words.

    Keras exports it without saying whether it learns, and a layer that resizes takes that for yes,
    on behalf of all layers after it: they would normalise by the batch at hand.
    """
    tile = keras.Input(model.input_shape[1:], dtype="uint8", name="tile")
    return keras.Model(tile, model(tile, training=False))


def _name_ends(graph: Any) -> None:  # noqa: ANN401 - protobuf, untyped
    """Name input and output: converters call them as they please."""
    names = {graph.input[0].name: "tile", graph.output[0].name: "probability"}
    for node in graph.node:
        for ends in (node.input, node.output):
            for place, name in enumerate(ends):
                ends[place] = names.get(name, name)
    graph.input[0].name, graph.output[0].name = "tile", "probability"


def _spell_out_erfc(graph: Any) -> None:  # noqa: ANN401 - protobuf, untyped
    """Write erfc, of which TensorFlow makes GELU and which ONNX has not, as 1 - erf."""
    from onnx import TensorProto, helper

    found = [place for place, node in enumerate(graph.node) if node.op_type == "Erfc"]
    if found:
        graph.initializer.append(helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]))
    for place in reversed(found):  # what is inserted moves what comes after it
        (name,) = graph.node[place].output
        graph.node[place].op_type = "Erf"
        graph.node[place].domain = ""
        graph.node[place].output[0] = f"{name}_erf"
        graph.node.insert(place + 1, helper.make_node("Sub", ["one", f"{name}_erf"], [name]))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the converter's chatter out of the log: what matters is checked afterwards."""
    converter = logging.getLogger("tf2onnx")
    level = converter.level
    converter.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        converter.setLevel(level)


def _run(content: bytes, tiles: UInt8) -> Float32:
    """Return what ONNX Runtime says of the tiles, (n,) float32."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (scores,) = session.run(["probability"], {"tile": tiles})
    return np.asarray(scores, np.float32)[:, 0]


def _difference(scores: Float32, expected: Float32) -> float:
    """Return by how much scores differ from what they should be, or say that they are others."""
    if not np.isfinite(scores).all():
        raise JobError("The ONNX file gives scores that are not numbers; nothing was written.")
    difference = float(np.abs(scores - expected).max())
    if difference > TOLERANCE:
        raise JobError(
            f"The ONNX file gives other scores than the model, by up to {difference:.2g}; "
            "nothing was written."
        )
    return difference


def _opset(content: bytes) -> int:
    import onnx

    model = onnx.load_model_from_string(content)
    versions = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    return int(max(versions))


def _write(path: Path, content: bytes) -> None:
    try:
        with whole_file(path) as stream:
            stream.write(content)
    except OSError as error:
        raise storage_error(error, f"the ONNX file {path}") from error
