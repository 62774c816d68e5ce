"""Embedding every tile with a model, and reading the embeddings again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from histoviewer.domain.command_lines import command_line
from histoviewer.domain.embeddings import Embeddings
from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.errors import InputError, NotEmbeddedError
from histoviewer.files import digest_of
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.embedding_requests import EmbedRequest, EmbedResult
from histoviewer.ml.finished import map_rows, read_note
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.embedding_file import embeddings_path
from histoviewer.services.neighbours import find_neighbours
from histoviewer.services.networks import model_file
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model
from histoviewer.services.training import packed_or_refuse
from histoviewer.tiles.reporting import fingerprint_of_first
from histoviewer.tiles.store import PackedTiles


class EmbeddingState(StrEnum):
    """Whether a model's embeddings can be used."""

    READY = "ready"
    MISSING = "missing"
    OLDER_THAN_MODEL = "older than the model"
    OLDER_THAN_TILES = "older than the tiles"
    DAMAGED = "damaged"


@dataclass(frozen=True, kw_only=True)
class EmbeddingOutcome:
    """What was embedded.

    Args:
        model: The model whose network embedded; see `network_of`.
        result: Number of tiles, length of an embedding, seconds, tiles a second.
    """

    model: ModelRecord
    result: EmbedResult


def embed(
    *, workspace: Workspace, model_id: str | None = None, backend: str | None = None
) -> Operation[EmbeddingOutcome]:
    """Embed every tile with a model, the champion by default; goes on where it was interrupted.

    Of a project that grew, only the new tiles are embedded. Embeddings that can be used as they are
    are left alone. The nearest tiles of each are found as well: whatever looks at embeddings needs
    them (map, duplicates, outliers).

    Raises:
        InputError: There is no such model, or the tiles are not packed yet.
    """
    project, tiles = workspace.project, packed_or_refuse(workspace)
    return embed_with(project, network_of(project, model_id), tiles, environment_of(backend))


def embed_with(
    project: Project,
    model: ModelRecord,
    tiles: PackedTiles,
    environment: Mapping[str, str],
) -> Operation[EmbeddingOutcome]:
    """Embed every tile of a store with a model's network, and find the neighbours of each.

    Args:
        project: Has the model.
        model: Any; its `network_of` embeds.
        tiles: The packed store.
        environment: Variables of the compute process, such as the backend.
    """
    model = network_of(project, model.id)
    result = yield from _embed(project, model, tiles, environment)
    embeddings = embeddings_or_refuse(project, model, tiles)
    yield from find_neighbours(project, embeddings, environment)
    return EmbeddingOutcome(model=model, result=result)


def _embed(
    project: Project, model: ModelRecord, tiles: PackedTiles, environment: Mapping[str, str]
) -> Operation[EmbedResult]:
    """Write the embeddings where those that are there cannot be used."""
    found = _read(project, model, tiles.fingerprint)
    if isinstance(found, Embeddings):
        count = found.count
        return EmbedResult(
            count=count, dimensions=found.dimensions, kept=count, seconds=0, tiles_per_second=0
        )
    out = embeddings_path(project, model.id)
    result: EmbedResult = yield Job(
        title="Embedding {count:,} tiles with model {number}",
        facts={"count": tiles.shape[0], "number": model.number},
        target="histoviewer.ml.embedding_work:embed",
        request=EmbedRequest(
            tiles=tiles,
            model=model_file(project, model),
            out=out,
            fingerprint=tiles.fingerprint,
            earlier=_earlier(project, out),
        ),
        environment=environment,
    )
    return result


def network_of(project: Project, model_id: str | None) -> ModelRecord:
    """Return the model whose network embeds when a model is asked for.

    That is the model itself; of an ensemble its first member, as with explanations; and of a head,
    whose network is its parent's but for the last layer, the parent.

    Args:
        project: Has the model.
        model_id: Id or number; the champion for None.

    Raises:
        InputError: There is no such model.
    """
    model = find_model(project, model_id)
    while model.blend is not None or (model.kind is ModelKind.HEAD and model.parent is not None):
        model = find_model(project, model.parent if model.blend is None else model.blend.members[0])
    return model


def embedding_state(project: Project, model: ModelRecord) -> EmbeddingState:
    """Return whether a model's embeddings can be used with the tiles as they are.

    Reads the model's file and the embeddings once, after that their times only. Any thread but the
    UI thread.

    Raises:
        InputError: The model's file is missing.
    """
    network = network_of(project, model.id)
    found = _read(project, network, project.info.data_fingerprint)
    return EmbeddingState.READY if isinstance(found, Embeddings) else found


def read_embeddings(project: Project, model: ModelRecord) -> Embeddings | None:
    """Return a model's embeddings; None where they cannot be used as they are.

    Any thread but the UI thread; see `embedding_state`.

    Raises:
        InputError: The model's file is missing.
    """
    network = network_of(project, model.id)
    found = _read(project, network, project.info.data_fingerprint)
    return found if isinstance(found, Embeddings) else None


def champion_embeddings(project: Project) -> Embeddings | None:
    """Return the champion's embeddings; None without one, or where they cannot be used as they are.

    That its file is missing is said by whoever uses the model. Any thread but the UI thread.
    """
    if project.champion() is None:
        return None
    try:
        return read_embeddings(project, find_model(project, None))
    except InputError:
        return None


def embeddings_or_refuse(project: Project, model: ModelRecord, packed: PackedTiles) -> Embeddings:
    """Return a model's embeddings of the packed tiles.

    Any thread but the UI thread; see `embedding_state`.

    Raises:
        NotEmbeddedError: There are none, they are out of date or damaged; says what to do.
    """
    network = network_of(project, model.id)
    found = _read(project, network, packed.fingerprint)
    if isinstance(found, Embeddings):
        return found
    raise NotEmbeddedError(
        _WHY[found].format(number=network.number),
        f"Embed them: {command_line('embed', project.path, '--model', network.number)}",
    )


_WHY: Mapping[EmbeddingState, str] = {
    EmbeddingState.MISSING: "The tiles are not embedded by model {number} yet.",
    EmbeddingState.OLDER_THAN_MODEL: "The embeddings are older than the file of model {number}.",
    EmbeddingState.OLDER_THAN_TILES: "The embeddings by model {number} are older than the tiles.",
    EmbeddingState.DAMAGED: "The file of the embeddings by model {number} is damaged.",
}


def _read(
    project: Project, network: ModelRecord, fingerprint: str | None
) -> Embeddings | EmbeddingState:
    """Return the embeddings by a model's own network, or why they cannot be used.

    Args:
        project: Has the model.
        network: As `network_of` returns it.
        fingerprint: Of the packed tiles; None where they are not packed.
    """
    path = embeddings_path(project, network.id)
    digest = digest_of(model_file(project, network))
    note = read_note(path)
    if note is None or not path.exists():
        return EmbeddingState.MISSING
    if note.get("model") != digest:
        return EmbeddingState.OLDER_THAN_MODEL
    if note.get("fingerprint") != fingerprint:
        return EmbeddingState.OLDER_THAN_TILES
    values = map_rows(path, note)
    if values is None or len(values) != note.get("count"):
        return EmbeddingState.DAMAGED
    stamp = sha256(f"{digest}\0{fingerprint}".encode()).hexdigest()
    return Embeddings(model=network.id, values=values, fingerprint=stamp)


def _earlier(project: Project, out: Path) -> tuple[str, int] | None:
    """Return the store whose embeddings can be gone on with: the first tiles of this one."""
    note: Mapping[str, Any] = read_note(out) or {}
    fingerprint, count = note.get("fingerprint"), note.get("count")
    if not isinstance(fingerprint, str) or not isinstance(count, int):
        return None
    if count >= project.tile_count:
        return None
    now = fingerprint_of_first(
        project.packed_folder, project.tiles().ids, size=project.info.tile_size, count=count
    )
    return (fingerprint, count) if now == fingerprint else None
