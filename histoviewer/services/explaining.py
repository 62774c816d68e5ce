"""Why a model says what it says: maps of tiles, feature maps, filters, and whether to trust them.

Everything runs in the interactive lane, beside a training. Nothing is read before an operation is
driven, so that the UI thread may make one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.domain.explanation import (
    Explanation,
    FeatureMaps,
    Filters,
    MapSettings,
    ModelLayers,
    SanityCheck,
    Stretch,
    stretch_maps,
)
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.explain_requests import (
    FeaturesRequest,
    FeaturesResult,
    FiltersResult,
    LayersResult,
    MapRequest,
    MapResult,
    SanityRequest,
    SanityResult,
)
from histoviewer.services.backends import environment_of
from histoviewer.services.explained import (
    Explained,
    at_tile_size,
    check_settings,
    judge,
    pictures_of,
)
from histoviewer.services.map_store import Cells, MapStore, digest_pixels
from histoviewer.services.opening import Workspace

TOP: Final = 12


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What every use case is asked about: a model of a project, and where to compute."""

    workspace: Workspace
    model_id: str | None
    environment: Mapping[str, str]

    @classmethod
    def of(cls, workspace: Workspace, model_id: str | None, backend: str | None) -> "_Asked":
        return cls(workspace=workspace, model_id=model_id, environment=environment_of(backend))

    def find(self) -> Operation[Explained]:
        return Explained.find(self.workspace.project, self.model_id, self.environment)

    def job(self, target: str, request: object, title: str, **facts: int) -> Job:
        return Job(
            title=title,
            facts=facts,
            target=f"histoviewer.ml.explain_work:{target}",
            request=request,
            lane=Lane.INTERACTIVE,
            environment=self.environment,
        )


def explain(
    *,
    workspace: Workspace,
    tiles: Sequence[int] | Int64,
    settings: MapSettings | None = None,
    stretch: Stretch | None = None,
    model_id: str | None = None,
    backend: str | None = None,
) -> Operation[Explanation]:
    """Work out maps of some tiles. No job is yielded where all of them were worked out before.

    Args:
        workspace: The open project; its tiles need not be packed yet.
        tiles: Indexes of the tiles; a dozen at a time keep the answer quick.
        settings: How; Grad-CAM at the last feature maps by default.
        stretch: How raw values become 0 to 1.
        model_id: Id or number of the model, the champion by default; of an ensemble, its first
            member is explained.
        backend: Where to compute; that of the process by default.

    Raises:
        InputError: There is no such model or layer, the model has no feature maps, or settings
            make no sense.
    """
    asked = _Asked.of(workspace, model_id, backend)
    return _explain(
        asked, np.asarray(tiles, np.int64), settings or MapSettings(), stretch or Stretch()
    )


def _explain(
    asked: _Asked, tiles: Int64, settings: MapSettings, stretch: Stretch
) -> Operation[Explanation]:
    check_settings(settings, stretch)
    explained = yield from asked.find()
    pixels = asked.workspace.pixels.gather(tiles)
    store = MapStore(explained.folder, {"model": explained.file.digest, **settings.key})
    prints = digest_pixels(pixels)
    found = store.read(tiles, prints)
    missing = np.flatnonzero(~found.known)
    if len(missing):
        result: MapResult = yield asked.job(
            "explain",
            MapRequest(file=explained.file, pixels=pixels[missing], settings=settings),
            "Explaining {count:,} tiles with model {number}",
            count=len(missing),
            number=explained.model.number,
        )
        new = Cells(layer=result.layer, logits=result.logits, cells=result.cells)
        if not asked.workspace.project.read_only:
            store.write(tiles[missing], prints[missing], new)
        found.fill(missing, new)
    height, width = pixels.shape[1:3]
    cells = np.zeros((0, 1, 1), np.float32) if found.cells is None else found.cells
    raw = at_tile_size(cells, settings, (height, width))
    return Explanation(
        model=explained.model,
        settings=settings,
        layer=found.layer,
        tiles=tiles,
        logits=found.logits,
        raw=raw,
        stretch=stretch,
        maps=stretch_maps(raw, stretch),
    )


def layers_of(
    *, workspace: Workspace, model_id: str | None = None, backend: str | None = None
) -> Operation[ModelLayers]:
    """Return the layers of a model that can be looked into.

    It makes the model ready in the process that explains, so that its first explanation is as
    quick as any: to be asked as soon as it is known that there will be one.

    Args:
        workspace: The open project.
        model_id: Id or number of the model, the champion by default.
        backend: Where to compute.

    Raises:
        InputError: There is no such model, or its file cannot be read.
    """
    return _layers_of(_Asked.of(workspace, model_id, backend))


def _layers_of(asked: _Asked) -> Operation[ModelLayers]:
    explained = yield from asked.find()
    number = explained.model.number
    result: LayersResult = yield asked.job(
        "list_layers", explained.file, "Looking into model {number}", number=number
    )
    return ModelLayers(model=explained.model, layers=result.layers, default=result.default)


def feature_maps(
    *,
    workspace: Workspace,
    tile: int,
    layer: str | None = None,
    top: int = TOP,
    model_id: str | None = None,
    backend: str | None = None,
) -> Operation[FeatureMaps]:
    """Return the feature maps of a layer that move the logit of a tile most.

    Args:
        workspace: The open project.
        tile: Index of the tile.
        layer: Name of the layer; the last one before pooling by default.
        top: How many channels.
        model_id: Id or number of the model, the champion by default.
        backend: Where to compute.

    Raises:
        InputError: There is no such model or layer, or the model has no feature maps.
    """
    return _feature_maps(_Asked.of(workspace, model_id, backend), tile, layer, top)


def _feature_maps(asked: _Asked, tile: int, layer: str | None, top: int) -> Operation[FeatureMaps]:
    explained = yield from asked.find()
    pixels = asked.workspace.pixels.gather(np.array([tile], np.int64))
    result: FeaturesResult = yield asked.job(
        "look_at_features",
        FeaturesRequest(file=explained.file, pixels=pixels, layer=layer, top=top),
        "Looking into model {number}",
        number=explained.model.number,
    )
    return FeatureMaps(
        model=explained.model,
        layer=result.layer,
        tile=tile,
        channels=result.channels,
        contributions=result.contributions,
        maps=result.maps,
    )


def first_filters(
    *, workspace: Workspace, model_id: str | None = None, backend: str | None = None
) -> Operation[Filters]:
    """Return the filters of a model's first convolution.

    Args:
        workspace: The open project.
        model_id: Id or number of the model, the champion by default.
        backend: Where to load it.

    Raises:
        InputError: There is no such model, or it has no convolution.
    """
    return _first_filters(_Asked.of(workspace, model_id, backend))


def _first_filters(asked: _Asked) -> Operation[Filters]:
    explained = yield from asked.find()
    number = explained.model.number
    result: FiltersResult = yield asked.job(
        "look_at_filters", explained.file, "Looking into model {number}", number=number
    )
    return Filters(
        model=explained.model,
        layer=result.layer,
        pictures=pictures_of(result.weights),
        weights=result.weights,
    )


def check_sanity(
    *,
    workspace: Workspace,
    tiles: Sequence[int] | Int64,
    settings: MapSettings | None = None,
    seed: int = 0,
    model_id: str | None = None,
    backend: str | None = None,
) -> Operation[SanityCheck]:
    """Check that maps depend on what a model has learned, by taking it away layer by layer.

    Args:
        workspace: The open project.
        tiles: Indexes of the tiles; eight or more make a steady answer.
        settings: How maps are worked out.
        seed: Of the random weights.
        model_id: Id or number of the model, the champion by default.
        backend: Where to compute.

    Raises:
        InputError: As `explain`.
    """
    asked = _Asked.of(workspace, model_id, backend)
    return _check_sanity(asked, np.asarray(tiles, np.int64), settings or MapSettings(), seed)


def _check_sanity(
    asked: _Asked, tiles: Int64, settings: MapSettings, seed: int
) -> Operation[SanityCheck]:
    check_settings(settings, Stretch())
    explained = yield from asked.find()
    pixels = asked.workspace.pixels.gather(tiles)
    result: SanityResult = yield asked.job(
        "check_sanity",
        SanityRequest(file=explained.file, pixels=pixels, settings=settings, seed=seed),
        "Checking the explanations of model {number}",
        number=explained.model.number,
    )
    return judge(explained.model, settings, len(tiles), result)
