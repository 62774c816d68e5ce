"""Near duplicates: found by hash and embedding, kept, and what leaks by them between the sides."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.arrays import Bool, Int64
from histoviewer.domain.embeddings import Embeddings, Neighbours
from histoviewer.domain.near_duplicates import NO_PAIRS, Leak, NearDuplicates, close_pairs
from histoviewer.domain.regrouping import Regrouping, plan_regrouping
from histoviewer.domain.tiles import TileTable
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.project.derived import Derived, DerivedFiles
from histoviewer.project.project import Project
from histoviewer.services.appearance import appearance_of
from histoviewer.services.backends import environment_of
from histoviewer.services.embedding import embeddings_or_refuse, read_embeddings
from histoviewer.services.neighbours import find_neighbours, read_neighbours
from histoviewer.services.opening import Workspace, packed_for_reading
from histoviewer.services.ranking import find_model
from histoviewer.tiles.store import PackedTiles
from histoviewer.tiles.twin_requests import TwinRequest, Twins

_NAME = "near-duplicates"


@dataclass(frozen=True, kw_only=True, eq=False)
class NearDuplicateReport:
    """Near duplicates against the split as it is.

    Args:
        found: The pairs.
        tiles: The tiles with their sides and groups.
    """

    found: NearDuplicates
    tiles: TileTable

    @cached_property
    def clusters(self) -> Int64:
        """Return (N,) int64: the number of the cluster of each tile, -1 for tiles alone."""
        return self.found.clusters(len(self.tiles))

    @cached_property
    def leaks(self) -> list[Leak]:
        """Return what leaks between each two sides; training into validation comes first."""
        return self.found.leaks(self.tiles.splits)

    @cached_property
    def regrouping(self) -> Regrouping:
        """Return what would change if near duplicates were kept together."""
        return plan_regrouping(self.tiles, self.clusters)


def find_near_duplicates(
    *, workspace: Workspace, model_id: str | None = None, by_hash_only: bool = False
) -> Operation[NearDuplicates]:
    """Find tiles that show the same tissue, by perceptual hash and by embedding, and keep them.

    Embeddings find what hashes cannot: cuts of one slide that overlap. Those of the champion are
    asked where there are any; a model that is named must have them.

    Args:
        workspace: The open project.
        model_id: Id or number of the model whose embeddings to ask.
        by_hash_only: Ask no embeddings.

    Raises:
        InputError: The tiles are not packed, there is no such model, or it has no embeddings.
    """
    packed = packed_for_reading(workspace)
    usable = workspace.session.tiles.usable
    return _find(workspace.project, packed, usable, model_id, by_hash_only=by_hash_only)


def read_near_duplicates(project: Project, packed: PackedTiles) -> NearDuplicates | None:
    """Return the near duplicates among the packed tiles; None where they are to be looked for.

    Those found with embeddings that are out of date still hold: their pixels were compared. Reads
    a file: not for the UI thread.
    """
    found = DerivedFiles(project).read(_NAME)
    if found is None or not is_of(found, packed):
        return None
    arrays = found.arrays
    return NearDuplicates(
        first=arrays["first"],
        second=arrays["second"],
        bits=arrays["bits"],
        distances=arrays["distances"],
        model=str(arrays["model"]),
        fingerprint=found.key,
    )


def neighbours_of(
    project: Project, packed: PackedTiles, model_id: str | None
) -> Operation[tuple[Embeddings, Neighbours] | None]:
    """Return the neighbours of every tile in the embeddings of a model, found where need be.

    Args:
        project: Has the model.
        packed: The packed store.
        model_id: A model that must have embeddings; None for the champion, which need not.

    Returns:
        None where there are no embeddings, or the neighbours are not known and cannot be kept.

    Raises:
        InputError: There is no such model, or its embeddings cannot be used.
    """
    if model_id is not None:
        embeddings = embeddings_or_refuse(project, find_model(project, model_id), packed)
    elif project.champion() is not None:
        found = read_embeddings(project, find_model(project, None))
        if found is None:
            return None
        embeddings = found
    else:
        return None
    neighbours = read_neighbours(project, embeddings)
    if neighbours is None and not project.read_only:
        neighbours = yield from find_neighbours(project, embeddings, environment_of(None))
    return None if neighbours is None else (embeddings, neighbours)


def _find(
    project: Project,
    packed: PackedTiles,
    usable: Bool,
    model_id: str | None,
    *,
    by_hash_only: bool,
) -> Operation[NearDuplicates]:
    near = None if by_hash_only else (yield from neighbours_of(project, packed, model_id))
    appearance = yield from appearance_of(project, packed)
    close = NO_PAIRS if near is None else close_pairs(near[1])
    eligible = usable & appearance.structured
    close = close.only(eligible[close.first] & eligible[close.second])
    twins: Twins = yield Job(
        title="Finding near duplicates among {count:,} tiles",
        facts={"count": packed.shape[0]},
        target="histoviewer.tiles.twin_work:find_twins",
        request=TwinRequest(
            folder=project.packed_folder,
            hashes=appearance.hashes,
            eligible=eligible,
            first=close.first,
            second=close.second,
        ),
        lane=Lane.FILES,
        environment=environment_of(None),  # that of the jobs before: one process does them all
    )
    found = NearDuplicates.joined(
        twins.by_hash,
        close.only(twins.same_tissue),
        model="" if near is None else near[0].model,
        fingerprint=derived_key(packed, None if near is None else near[0]),
    )
    if not project.read_only:
        _keep(project, found)
    return found


def derived_key(packed: PackedTiles, asked: Embeddings | None) -> str:
    """Return the key of what was worked out from tiles and, where there are any, embeddings."""
    return packed.fingerprint if asked is None else f"{packed.fingerprint} {asked.fingerprint}"


def is_of(found: Derived, packed: PackedTiles) -> bool:
    """Return whether arrays were worked out from these tiles, whatever embeddings were asked."""
    return found.key.split()[0] == packed.fingerprint


def _keep(project: Project, found: NearDuplicates) -> None:
    arrays: dict[str, NDArray[Any]] = {
        "first": found.first,
        "second": found.second,
        "bits": found.bits,
        "distances": found.distances,
        "model": np.array(found.model),
    }
    DerivedFiles(project).write(_NAME, arrays, key=found.fingerprint)
