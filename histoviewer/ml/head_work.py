"""The jobs about heads, as they are named in `Job.target`; see `work`."""

from histoviewer.domain.arrays import Float32
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.ml import backend
from histoviewer.ml.head_requests import GraftRequest, HeadRequest, HeadResult, HeadScoresRequest


def retrain_head(request: HeadRequest, cancelled: CancelCheck) -> Body[HeadResult]:
    """Train the last layer of a network on frozen embeddings; see `heads.run_head`."""
    backend.select()
    from histoviewer.ml.heads import run_head

    return (yield from run_head(request, cancelled))


def score_embeddings(request: HeadScoresRequest, cancelled: CancelCheck) -> Body[Float32]:
    """Score tiles with a last layer, from their embeddings; see `heads.run_head_scores`."""
    backend.select()
    from histoviewer.ml.heads import run_head_scores

    return (yield from run_head_scores(request, cancelled))


def graft_head(request: GraftRequest, cancelled: CancelCheck) -> Body[None]:
    """Put a kept head into its network once more; see `heads.run_graft`."""
    backend.select()
    from histoviewer.ml.heads import run_graft

    yield from run_graft(request, cancelled)
