"""Explaining once for nothing, so that no reader waits for what a first call alone has to do."""

import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.explanation import MapSettings
from histoviewer.domain.recipe import DEFAULT_RECIPE, load_recipe
from histoviewer.ml.backend import configure, dtype_policy
from histoviewer.ml.building import build
from histoviewer.ml.explained_model import ExplainedModel
from histoviewer.ml.mapping import iterate_maps
from histoviewer.ml.orientations import kept_views
from histoviewer.ml.predicting import load_model

_SIDE: Final = 32  # pixels; enough for the default network, and soon done


def rehearse() -> None:
    """Load and explain the default network, small and untrained: most are of its kinds of layers.

    Each kind of layer takes some time only when it is loaded and called for the first time.
    """
    configure()
    recipe = load_recipe(DEFAULT_RECIPE)
    policy = dtype_policy(recipe.training.precision)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        build(recipe, tile_size=_SIDE, policy=policy, views=kept_views(recipe)).save(path)
        model = ExplainedModel(load_model(path))
    for _ in iterate_maps(model, np.zeros((1, _SIDE, _SIDE, 3), np.uint8), MapSettings()):
        pass
