"""A network made ready to be explained, and the few that are kept so."""

from collections import OrderedDict
from functools import cached_property
from typing import Final

import keras

from histoviewer.domain.explanation import FeatureLayer
from histoviewer.ml.backend import configure
from histoviewer.ml.building import LOGIT, logit_model
from histoviewer.ml.differentiating import LogitSlope
from histoviewer.ml.explain_requests import ExplainedFile
from histoviewer.ml.feature_layers import choose_layer, feature_layers
from histoviewer.ml.predicting import check_fits, in_float32, load_model

KEPT: Final = 3  # models; a reader compares the champion with one or two others


class ExplainedModel:
    """A network with the functions that explaining it needs, each made when first asked for.

    It computes in float32 whatever it was trained in: with eight bits of mantissa neighbouring
    cells of a map would get the same value.

    Args:
        model: From (n, H, W, 3) uint8 RGB to probabilities, with a layer called `LOGIT`.
    """

    def __init__(self, model: keras.Model) -> None:
        self.model = in_float32(model)
        self.layers = feature_layers(self.model)
        self._slopes: dict[str, LogitSlope] = {}

    @cached_property
    def logits(self) -> keras.Model:
        """Return the network up to the logit."""
        return logit_model(self.model)

    @cached_property
    def pixel_slope(self) -> LogitSlope:
        """Return what gives the gradient of the logit by each value of each pixel."""
        # The model takes uint8, which has no gradient: the same layers on a float input do.
        pixels = keras.Input(self.model.input_shape[1:], dtype="float32", name="pixels")
        twin = keras.models.clone_model(
            self.logits,
            input_tensors=keras.tree.map_structure(lambda _: pixels, self.logits.input),
            clone_function=lambda layer: layer,
        )
        return LogitSlope(twin)

    def layer_slope(self, name: str | None) -> tuple[FeatureLayer, LogitSlope]:
        """Return a layer and what gives its feature maps and the gradient of the logit by them.

        Args:
            name: Of the layer; None for the last one before pooling.

        Raises:
            InputError: There is no such layer, or none at all.
        """
        layer = choose_layer(self.layers, name)
        if layer.name not in self._slopes:
            features = self.model.get_layer(layer.name).output
            tiles = self.model.inputs[0]
            tail = keras.Model([features, tiles], self.model.get_layer(LOGIT).output)
            self._slopes[layer.name] = LogitSlope(tail, keras.Model(tiles, features))
        return layer, self._slopes[layer.name]


_kept: OrderedDict[ExplainedFile, ExplainedModel] = OrderedDict()


def explained_model(file: ExplainedFile, shape: tuple[int, ...] | None = None) -> ExplainedModel:
    """Return a model, loaded now or kept since it was explained last. One thread at a time.

    Args:
        file: The model's file.
        shape: Of the tiles to explain, (n, H, W, 3); None where none are.

    Raises:
        InputError: The file cannot be read, or the model does not fit the tiles.
    """
    configure()
    if file not in _kept:
        _kept[file] = ExplainedModel(load_model(file.path))
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(file)
    if shape is not None:
        check_fits(_kept[file].model, shape)
    return _kept[file]
