"""Similar tiles: those nearest to one, or to any of several, in a model's embedding space."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float32, Int64
from histoviewer.domain.models import ModelRecord
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.embedding_requests import SimilarRequest, SimilarResult
from histoviewer.services.backends import environment_of
from histoviewer.services.embedding import embeddings_or_refuse, network_of
from histoviewer.services.embedding_file import embedding_file
from histoviewer.services.opening import Workspace, packed_for_reading

COUNT: Final = 200  # some screens full


@dataclass(frozen=True, kw_only=True, eq=False)
class SimilarTiles:
    """The tiles most like some.

    Args:
        model: The model whose network says so.
        asked: (n,) int64 indexes of the tiles they are like.
        tiles: (m,) int64 indexes, the most similar first; none of `asked` is among them.
        distances: (m,) float32 cosine distance to the nearest of `asked`, 0 to 2.
    """

    model: ModelRecord
    asked: Int64
    tiles: Int64
    distances: Float32


def find_similar(
    *,
    workspace: Workspace,
    tiles: Int64,
    count: int = COUNT,
    model_id: str | None = None,
    backend: str | None = None,
) -> Operation[SimilarTiles]:
    """Find the tiles most like some; writes nothing.

    The process of the interactive lane keeps the index it has searched, so that the next search
    takes milliseconds.

    Args:
        workspace: The open project; for reading only will do.
        tiles: (n,) int64 indexes of the tiles to look from.
        count: How many to find at most.
        model_id: Id or number; the champion for None.
        backend: Of the compute process, as with explanations, which share it.

    Raises:
        InputError: There is no tile to look from, no such model, or the tiles are not packed yet.
        NotEmbeddedError: The tiles are not embedded by the model as it is now.
    """
    if len(tiles) == 0:
        raise InputError("There is no tile to look from.", "Choose one or several tiles.")
    packed = packed_for_reading(workspace)
    network = network_of(workspace.project, model_id)
    embeddings = embeddings_or_refuse(workspace.project, network, packed)
    result: SimilarResult = yield Job(
        title="Finding similar tiles",
        target="histoviewer.ml.embedding_work:find_similar",
        request=SimilarRequest(
            embeddings=embedding_file(workspace.project, embeddings),
            tiles=np.asarray(tiles, np.int64),
            count=count,
        ),
        lane=Lane.INTERACTIVE,
        environment=environment_of(backend),
    )
    return SimilarTiles(model=network, asked=tiles, tiles=result.tiles, distances=result.distances)
