"""The jobs about embeddings, as they are named in `Job.target`; see `work`."""

from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.ml import backend
from histoviewer.ml.embedding_requests import (
    EmbedRequest,
    EmbedResult,
    NeighboursRequest,
    NeighboursResult,
    SimilarRequest,
    SimilarResult,
)


def embed(request: EmbedRequest, cancelled: CancelCheck) -> Body[EmbedResult]:
    """Embed all tiles with a saved model into an .npy file; see `embedding.run_embedding`."""
    backend.select()
    from histoviewer.ml.embedding import run_embedding

    result = yield from run_embedding(request, cancelled)
    return result


def find_neighbours(request: NeighboursRequest, cancelled: CancelCheck) -> Body[NeighboursResult]:
    """Find the nearest tiles of every tile; see `neighbours.run_neighbours`. Imports no Keras."""
    from histoviewer.ml.neighbours import run_neighbours

    return (yield from run_neighbours(request, cancelled))


def find_similar(request: SimilarRequest, _cancelled: CancelCheck) -> Body[SimilarResult]:
    """Find the tiles most like some; see `neighbours.find_similar`. Imports no Keras."""
    from histoviewer.ml import neighbours

    yield from ()
    return neighbours.find_similar(request)
