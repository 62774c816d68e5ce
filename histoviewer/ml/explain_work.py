"""The jobs that explain a model, as they are named in `Job.target`.

Importing this module is cheap, as that of `work`; Keras is imported when a job runs.
"""

from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.ml import backend
from histoviewer.ml.explain_requests import (
    ExplainedFile,
    FeaturesRequest,
    FeaturesResult,
    FiltersResult,
    LayersResult,
    MapRequest,
    MapResult,
    SanityRequest,
    SanityResult,
)


def explain(request: MapRequest, _cancelled: CancelCheck) -> Body[MapResult]:
    """Work out the maps of some tiles; see `explaining.run_explaining`."""
    backend.select()
    from histoviewer.ml.explaining import run_explaining

    return (yield from run_explaining(request))


def list_layers(request: ExplainedFile, _cancelled: CancelCheck) -> Body[LayersResult]:
    """Return the layers of a model that give feature maps; see `explaining.list_layers`."""
    backend.select()
    from histoviewer.ml import explaining

    yield from ()
    return explaining.list_layers(request)


def look_at_features(request: FeaturesRequest, _cancelled: CancelCheck) -> Body[FeaturesResult]:
    """Return feature maps of a tile; see `explaining.look_at_features`."""
    backend.select()
    from histoviewer.ml import explaining

    yield from ()
    return explaining.look_at_features(request)


def look_at_filters(request: ExplainedFile, _cancelled: CancelCheck) -> Body[FiltersResult]:
    """Return the filters of the first convolution; see `explaining.look_at_filters`."""
    backend.select()
    from histoviewer.ml import explaining

    yield from ()
    return explaining.look_at_filters(request)


def check_sanity(request: SanityRequest, _cancelled: CancelCheck) -> Body[SanityResult]:
    """Compare maps with those of random weights; see `randomising.run_sanity_check`."""
    backend.select()
    from histoviewer.ml.randomising import run_sanity_check

    return (yield from run_sanity_check(request))


def warm_up() -> None:
    """Explain a tile of noise with a network of nothing, so that the first reader need not wait.

    What a library does at its first call, such as starting its threads, is done by then. An
    unusable backend is left for the first job to report.
    """
    from histoviewer.errors import InputError

    try:
        backend.select()
    except InputError:
        return
    from histoviewer.ml.rehearsing import rehearse

    rehearse()
