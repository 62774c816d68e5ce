"""The jobs that lay embeddings out, as they are named in `Job.target`; see `work`."""

from functools import partial

from histoviewer.domain.arrays import Float32
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.ml.projecting_requests import PcaRequest, UmapRequest
from histoviewer.ml.streaming import stream


def pca(request: PcaRequest, _cancelled: CancelCheck) -> Body[Float32]:
    """Return (N, 2) float32 places by PCA; see `projecting.principal_components`."""
    from histoviewer.ml.projecting import principal_components

    yield from ()
    return principal_components(request.embeddings.read())


def umap(request: UmapRequest, cancelled: CancelCheck) -> Body[Float32]:
    """Return (N, 2) float32 places by UMAP; see `projecting.run_umap`.

    Yields `Progress` in epochs. Raises `JobCancelled` soon after it was asked to end.
    """
    from histoviewer.ml.projecting import run_umap

    return (yield from stream(partial(run_umap, request), cancelled))
