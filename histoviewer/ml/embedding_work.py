"""The jobs about embeddings, as they are named in `Job.target`; see `work`."""

from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.ml import backend
from histoviewer.ml.embedding_requests import EmbedRequest, EmbedResult


def embed(request: EmbedRequest, cancelled: CancelCheck) -> Body[EmbedResult]:
    """Embed all tiles with a saved model into an .npy file; see `embedding.run_embedding`."""
    backend.select()
    from histoviewer.ml.embedding import run_embedding

    result = yield from run_embedding(request, cancelled)
    return result
