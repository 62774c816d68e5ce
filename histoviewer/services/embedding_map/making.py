"""Laying the tiles out on a plane, and reading the maps again."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Float32
from histoviewer.domain.embedding_map import EmbeddingMap, Layout
from histoviewer.domain.embeddings import Embeddings
from histoviewer.domain.models import ModelRecord
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.projecting_requests import PcaRequest, UmapRequest
from histoviewer.project.derived import DerivedFiles
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.embedding import (
    EmbeddingState,
    embed_with,
    embedding_state,
    embeddings_or_refuse,
    network_of,
    read_embeddings,
)
from histoviewer.services.embedding_file import embedding_file
from histoviewer.services.neighbours import find_neighbours
from histoviewer.services.opening import Workspace
from histoviewer.services.training import packed_or_refuse


@dataclass(frozen=True, kw_only=True, eq=False)
class MapsRead:
    """The maps of a project as they are on disk.

    Args:
        model: Whose network embeds; None where there is no model yet.
        embeddings: Whether its embeddings can be used; None without a model.
        fingerprint: Of these embeddings; None where they cannot be used.
        maps: By layout; those that cannot be read are not among them.
    """

    model: ModelRecord | None = None
    embeddings: EmbeddingState | None = None
    fingerprint: str | None = None
    maps: Mapping[Layout, EmbeddingMap]

    def is_current(self, layout: Layout) -> bool:
        """Return whether there is a map of the embeddings of now."""
        found = self.maps.get(layout)
        return found is not None and found.fingerprint == self.fingerprint


def read_maps(project: Project, model_id: str | None = None) -> MapsRead:
    """Return what maps there are, be they out of date or not. Any thread but the UI thread.

    A map of fewer or more tiles than the project has now is of no use and counts as none.

    Args:
        project: The open project.
        model_id: Id or number; the champion for None.

    Raises:
        InputError: There is no such model, or its file is missing.
    """
    maps = {layout: found for layout in Layout if (found := _read(project, layout)) is not None}
    if model_id is None and project.champion() is None:
        return MapsRead(maps=maps)
    model = network_of(project, model_id)
    embeddings = read_embeddings(project, model)
    return MapsRead(
        model=model,
        embeddings=embedding_state(project, model),
        fingerprint=None if embeddings is None else embeddings.fingerprint,
        maps=maps,
    )


def make_map(
    *,
    workspace: Workspace,
    layout: Layout = Layout.UMAP,
    model_id: str | None = None,
    backend: str | None = None,
) -> Operation[EmbeddingMap]:
    """Lay all tiles out on a plane and keep the map; embeds them first where they are not.

    A map that is there already is read and returned.

    Args:
        workspace: The open project.
        layout: How to lay them out.
        model_id: Whose embeddings; the champion's for None.
        backend: Of the compute process, for embedding.

    Raises:
        InputError: There is no such model, the tiles are not packed yet, or the project is open for
            reading only.
        StorageError: The map cannot be written; what was there stays.
    """
    project, packed = workspace.project, packed_or_refuse(workspace)
    project.refuse_if_read_only()
    environment = environment_of(backend)
    model = network_of(project, model_id)
    yield from embed_with(project, model, packed, environment)
    embeddings = embeddings_or_refuse(project, model, packed)
    return (yield from _lay_out(project, embeddings, layout, environment))


def _lay_out(
    project: Project, embeddings: Embeddings, layout: Layout, environment: Mapping[str, str]
) -> Operation[EmbeddingMap]:
    known = _read(project, layout)
    if known is not None and known.fingerprint == embeddings.fingerprint:
        return known
    if layout is Layout.PCA:
        places = yield from _components(project, embeddings, environment)
    else:
        places = yield from _neighbourhoods(project, embeddings, environment)
    if not np.isfinite(places).all():
        raise InputError("The tiles could not be laid out.", "Embed them with another model.")
    made = EmbeddingMap(
        model=embeddings.model, layout=layout, places=places, fingerprint=embeddings.fingerprint
    )
    arrays = {"places": places, "model": np.array(embeddings.model)}
    DerivedFiles(project).write(_name(layout), arrays, key=embeddings.fingerprint)
    return made


def _components(
    project: Project, embeddings: Embeddings, environment: Mapping[str, str]
) -> Operation[Float32]:
    places: Float32 = yield Job(
        title="Laying out {count:,} tiles by PCA",
        facts={"count": embeddings.count},
        target="histoviewer.ml.projecting_work:pca",
        request=PcaRequest(embeddings=embedding_file(project, embeddings)),
        environment=environment,
    )
    return places


def _neighbourhoods(
    project: Project, embeddings: Embeddings, environment: Mapping[str, str]
) -> Operation[Float32]:
    start = yield from _lay_out(project, embeddings, Layout.PCA, environment)
    graph = yield from find_neighbours(project, embeddings, environment)
    places: Float32 = yield Job(
        title="Laying out {count:,} tiles by UMAP",
        facts={"count": embeddings.count},
        target="histoviewer.ml.projecting_work:umap",
        request=UmapRequest(
            neighbours=graph.indices, distances=graph.distances, start=start.places
        ),
        environment=environment,
    )
    return places


def _name(layout: Layout) -> str:
    return f"embedding-map-{layout}"


def _read(project: Project, layout: Layout) -> EmbeddingMap | None:
    """Return a map of as many tiles as the project has; None where there is none."""
    found = DerivedFiles(project).read(_name(layout))
    if found is None or not {"places", "model"} <= found.arrays.keys():
        return None
    places = found.arrays["places"]
    if places.shape != (project.tile_count, 2) or not np.isfinite(places).all():
        return None
    return EmbeddingMap(
        model=str(found.arrays["model"]), layout=layout, places=places, fingerprint=found.key
    )
