"""Explaining once for nothing, so that no reader waits for what a first call alone has to do."""

import tempfile
from pathlib import Path
from typing import Final

import keras
import numpy as np
from keras import layers

from histoviewer.domain.explanation import MapSettings
from histoviewer.ml.backend import configure
from histoviewer.ml.building import LOGIT
from histoviewer.ml.explained_model import ExplainedModel
from histoviewer.ml.mapping import iterate_maps
from histoviewer.ml.predicting import load_model

_SIDE: Final = 16


def rehearse() -> None:
    """Load and explain a network of nothing, with the kinds of layers that others have."""
    configure()
    tile = keras.Input((_SIDE, _SIDE, 3), dtype="uint8")
    x = layers.Rescaling(1 / 255)(tile)
    x = layers.Conv2D(2, 3, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    logit = layers.Dense(1, name=LOGIT)(layers.GlobalAveragePooling2D()(x))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        keras.Model(tile, layers.Activation("sigmoid")(logit)).save(path)
        model = ExplainedModel(load_model(path))
    for _ in iterate_maps(model, np.zeros((1, _SIDE, _SIDE, 3), np.uint8), MapSettings()):
        pass
