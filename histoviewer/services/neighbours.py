"""The nearest tiles of every tile, worked out once and kept beside the embeddings."""

from collections.abc import Mapping
from typing import Final

from histoviewer.domain.embeddings import Embeddings, Neighbours
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.embedding_requests import NeighboursRequest, NeighboursResult
from histoviewer.project.derived import DerivedFiles
from histoviewer.project.project import Project
from histoviewer.services.embedding_file import embedding_file

NEIGHBOURS: Final = "neighbours"  # name of the derived arrays
COUNT: Final = 15  # what UMAP looks at by default, and enough for duplicates and outliers


def read_neighbours(project: Project, embeddings: Embeddings) -> Neighbours | None:
    """Return the nearest tiles of every tile; None where they are still to be found.

    Any thread but the UI thread.
    """
    found = DerivedFiles(project).read(NEIGHBOURS, key=embeddings.fingerprint)
    if found is None:
        return None
    return Neighbours(
        indices=found.arrays["indices"],
        distances=found.arrays["distances"],
        fingerprint=found.key,
    )


def find_neighbours(
    project: Project, embeddings: Embeddings, environment: Mapping[str, str]
) -> Operation[Neighbours]:
    """Find the nearest tiles of every tile and keep them; read them where they are kept.

    Args:
        project: Has the embeddings; open for writing.
        embeddings: Among which to look.
        environment: Variables of the compute process: those of the jobs before and after this one,
            so that one process can do them all.

    Raises:
        InputError: The project is open for reading only.
        StorageError: They cannot be written.
    """
    known = read_neighbours(project, embeddings)
    if known is not None:
        return known
    project.refuse_if_read_only()
    result: NeighboursResult = yield Job(
        title="Finding the neighbours of {count:,} tiles",
        facts={"count": embeddings.count},
        target="histoviewer.ml.embedding_work:find_neighbours",
        request=NeighboursRequest(embeddings=embedding_file(project, embeddings), count=COUNT),
        environment=environment,
    )
    arrays = {"indices": result.indices, "distances": result.distances}
    DerivedFiles(project).write(NEIGHBOURS, arrays, key=embeddings.fingerprint)
    return Neighbours(
        indices=result.indices, distances=result.distances, fingerprint=embeddings.fingerprint
    )
