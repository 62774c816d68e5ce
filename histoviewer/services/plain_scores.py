"""Scores of a network that saw each tile once, from its embeddings: no pixel is read for them."""

from collections.abc import Mapping

from histoviewer.domain.arrays import Float32, Int64
from histoviewer.domain.models import ModelRecord
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.head_requests import HeadScoresRequest
from histoviewer.project.project import Project
from histoviewer.services.embedding import embed_with, embeddings_or_refuse
from histoviewer.services.embedding_file import embedding_file
from histoviewer.services.networks import network_in_use
from histoviewer.tiles.store import PackedTiles


def plain_scores(
    project: Project,
    model: ModelRecord,
    tiles: PackedTiles,
    rows: Int64,
    environment: Mapping[str, str],
) -> Operation[Float32]:
    """Return (n,) float32 scores of some tiles; embeds all first where they are not.

    Args:
        project: Has the model.
        model: One with a network of its own.
        tiles: The packed store.
        rows: (n,) the tiles to score.
        environment: Variables of the compute process.

    Raises:
        InputError: The model's file is missing, or is an ensemble's.
    """
    with network_in_use(project, model) as network:
        path = yield from network.file(environment)
        yield from embed_with(project, model, tiles, environment)
        embeddings = embeddings_or_refuse(project, model, tiles)
        scores: Float32 = yield Job(
            title="Scoring the validation tiles with model {number}",
            facts={"number": model.number},
            target="histoviewer.ml.head_work:score_embeddings",
            request=HeadScoresRequest(
                embeddings=embedding_file(project, embeddings), network=path, rows=rows
            ),
            environment=environment,
        )
    return scores
