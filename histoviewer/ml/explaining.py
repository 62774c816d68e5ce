"""The jobs that explain a model, in the process that keeps it ready."""

import numpy as np

from histoviewer.domain.explanation import Method
from histoviewer.errors import InputError
from histoviewer.jobs.job import Body
from histoviewer.jobs.messages import Progress
from histoviewer.ml.explain_requests import (
    ExplainedFile,
    FeaturesRequest,
    FeaturesResult,
    FiltersResult,
    LayersResult,
    MapRequest,
    MapResult,
)
from histoviewer.ml.explained_model import explained_model
from histoviewer.ml.feature_layers import choose_layer, default_layer, first_convolution
from histoviewer.ml.mapping import iterate_maps
from histoviewer.ml.members import of_all_members
from histoviewer.ml.orientations import turned_back


def run_explaining(request: MapRequest) -> Body[MapResult]:
    """Return the maps of some tiles. It can be left between two calls of the network.

    Raises:
        InputError: The model cannot be read, does not fit the tiles or gives no such maps.
    """
    model = explained_model(request.file, request.pixels.shape)
    logits, cells = [], []
    done, total = 0, len(request.pixels)
    for part in iterate_maps(model, request.pixels, request.settings):
        if part is not None:
            logits.append(part[0])
            cells.append(part[1])
            done += len(part[0])
        yield Progress(phase="explaining", done=done, total=total)
    maps = np.concatenate(cells)
    if not np.isfinite(maps).all():
        raise InputError(
            "The model gives no explanation: its gradients are not numbers.", "Train a new model."
        )
    cam = request.settings.method is Method.GRAD_CAM
    layer = choose_layer(model.layers, request.settings.layer).name if cam else None
    return MapResult(layer=layer, logits=np.concatenate(logits), cells=maps)


def list_layers(file: ExplainedFile) -> LayersResult:
    """Return the layers of a model that give feature maps, and make it ready for Grad-CAM.

    Raises:
        InputError: The model cannot be read.
    """
    model = explained_model(file)
    if model.layers:
        _, slope = model.layer_slope(None)
        slope.make_ready()
    return LayersResult(layers=model.layers, default=default_layer(model.layers))


def look_at_features(request: FeaturesRequest) -> FeaturesResult:
    """Return the feature maps that move the logit of a tile most.

    Where the network has turned the tile by then, a channel moves the logit with its maps of all
    views; shown is their mean, each turned back.

    Raises:
        InputError: The model cannot be read, or gives no such maps.
    """
    model = explained_model(request.file, request.pixels.shape)
    layer, slope = model.layer_slope(request.layer)
    at = slope(request.pixels)
    views = at.gradients[:, 0].mean(axis=(1, 2)) * at.features[:, 0].sum(axis=(1, 2))
    contributions = views.sum(axis=0)
    channels = np.argsort(-np.abs(contributions), kind="stable")[: request.top]
    maps = turned_back(at.features)[:, 0].mean(axis=0)
    return FeaturesResult(
        layer=layer.name,
        channels=channels,
        contributions=contributions[channels],
        maps=np.ascontiguousarray(maps[..., channels].transpose(2, 0, 1)),
    )


def look_at_filters(file: ExplainedFile) -> FiltersResult:
    """Return the filters of the first convolution, one member's after the other.

    Raises:
        InputError: The model cannot be read, or has none.
    """
    model = explained_model(file).model
    layer = first_convolution(model)
    kernels = [each.get_weights()[0] for each in of_all_members(model, layer)]
    kernel = np.concatenate(kernels, axis=-1).astype(np.float32)  # (h, w, c, k)
    return FiltersResult(layer=layer.name, weights=kernel.transpose(3, 0, 1, 2))
