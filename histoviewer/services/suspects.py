"""Label errors: found by confident learning from out-of-sample probabilities, kept, read again."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.arrays import Float32
from histoviewer.domain.embeddings import Embeddings
from histoviewer.domain.folds import FOLDS
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.suspects import Suspects
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.issue_requests import IssuesRequest, IssuesResult
from histoviewer.project.derived import Derived, DerivedFiles
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.embedding import champion_embeddings, embed_with, embeddings_or_refuse
from histoviewer.services.embedding_file import embedding_file
from histoviewer.services.evidence import Labels
from histoviewer.services.full_folds import judge_by_networks
from histoviewer.services.opening import Workspace, packed_for_reading
from histoviewer.services.ranking import find_model
from histoviewer.tiles.store import PackedTiles

_NAME = "label-errors"
_HEADS, _NETWORKS = "heads", "networks"


@dataclass(frozen=True, kw_only=True)
class Full:
    """Whole networks in place of heads: they take hours, and know tiles the embeddings do not.

    Args:
        epochs: Of each; None for what the champion's recipe says.
    """

    epochs: int | None = None


def find_suspects(
    *,
    workspace: Workspace,
    model_id: str | None = None,
    folds: int = FOLDS,
    full: Full | None = None,
    backend: str | None = None,
) -> Operation[Suspects]:
    """Look for label errors, and keep what is found.

    Each tile is judged by what learned from other folds alone: logistic heads on a model's
    embeddings, which takes seconds, or whole networks. Folds part no group and no exact duplicates.
    Only labels of training tiles are learned from; those of all tiles are judged. Tiles are
    embedded first where they are not. In a project that is open for reading only nothing is kept,
    and the tiles must have been embedded.

    Args:
        workspace: The open project.
        model_id: Id or number of the model whose embeddings, or whose recipe, to take; the champion
            for None.
        folds: How many.
        full: Train whole networks; None for heads.
        backend: Of the compute process.

    Raises:
        InputError: The tiles are not packed, there is no model, the labels are of one class, or of
            one there are fewer labels than folds.
        StorageError: The disk cannot take what was found.
    """
    if full is not None:
        workspace.project.refuse_if_read_only()
    packed = packed_for_reading(workspace)
    labels = Labels.of(workspace, folds=folds)
    labels.refuse_too_few()
    find = _by_heads if full is None else partial(_by_networks, epochs=full.epochs)
    return find(_Search(workspace.project, model_id, packed, labels, environment_of(backend)))


def read_suspects(project: Project, packed: PackedTiles) -> Suspects | None:
    """Return the label errors that were found; None where they are to be looked for.

    Those that heads found count while the champion has the embeddings they stood on; those that
    whole networks found, while the tiles are the same. Of both, those that know more verdicts;
    whole networks' where they know the same. Reads files: not for the UI thread.
    """
    files, known = DerivedFiles(project), []
    for name, key in _current(project, packed).items():
        found = files.read(name)
        if found is not None and found.key == key:
            known.append(_suspects_of(found))
    return max(known, key=lambda suspects: suspects.through, default=None)


def _suspects_of(found: Derived) -> Suspects:
    arrays = found.arrays
    return Suspects(
        probability=arrays["probability"],
        labels=arrays["labels"],
        suspect=arrays["suspect"],
        wanted=arrays["wanted"],
        through=int(arrays["through"]),
        model=str(arrays["model"]),
    )


def _current(project: Project, packed: PackedTiles) -> dict[str, str]:
    """Return which files may hold what counts now, and what each must have been made from."""
    files = {_file_of(_NETWORKS): f"{_NETWORKS} {packed.fingerprint}"}
    embeddings = champion_embeddings(project)
    if embeddings is not None:
        files[_file_of(embeddings.model)] = f"{_HEADS} {embeddings.fingerprint}"
    return files


def _file_of(judge: str) -> str:
    """Return the name of what a model's heads found, or whole networks: one hides no other.

    Args:
        judge: The model's id, which begins with its number, or `_NETWORKS`.
    """
    return f"{_NAME}-{judge.partition('-')[0]}"


class _Search(NamedTuple):
    """What is looked through, and with what."""

    project: Project
    model_id: str | None
    packed: PackedTiles
    labels: Labels
    environment: Mapping[str, str]


def _by_heads(search: _Search) -> Operation[Suspects]:
    project, model_id, packed, labels, environment = search
    model = find_model(project, model_id)
    embeddings = yield from embedded(project, model, packed, environment)
    request = IssuesRequest(
        evidence=labels.evidence(), embeddings=embedding_file(project, embeddings)
    )
    key = f"{_HEADS} {embeddings.fingerprint}"
    return (yield from _found(search, request, key, embeddings.model))


def _by_networks(search: _Search, epochs: int | None) -> Operation[Suspects]:
    project, model_id, packed, labels, environment = search
    evidence = labels.evidence()
    probability: Float32 = yield from judge_by_networks(
        project,
        find_model(project, model_id),
        packed,
        evidence,
        epochs=epochs,
        environment=environment,
    )
    request = IssuesRequest(evidence=evidence, probability=probability)
    return (yield from _found(search, request, f"{_NETWORKS} {packed.fingerprint}", ""))


def embedded(
    project: Project,
    model: ModelRecord,
    packed: PackedTiles,
    environment: Mapping[str, str],
) -> Operation[Embeddings]:
    """Return a model's embeddings of the packed tiles, made first where they cannot be used.

    Raises:
        NotEmbeddedError: They cannot be used, and the project is open for reading only.
    """
    if not project.read_only:
        yield from embed_with(project, model, packed, environment)
    return embeddings_or_refuse(project, model, packed)


def _found(search: _Search, request: IssuesRequest, key: str, model: str) -> Operation[Suspects]:
    result: IssuesResult = yield Job(
        title="Looking for label errors",
        target="histoviewer.ml.issue_work:find_issues",
        request=request,
        lane=Lane.INTERACTIVE,
        environment=search.environment,
    )
    found = Suspects(
        probability=result.probability,
        labels=request.evidence.labels,
        suspect=result.suspect,
        wanted=result.wanted,
        through=search.labels.through,
        model=model,
    )
    arrays: dict[str, NDArray[Any]] = {
        "probability": found.probability,
        "labels": found.labels,
        "suspect": found.suspect,
        "wanted": found.wanted,
        "through": np.array(found.through),
        "model": np.array(model),
    }
    if not search.project.read_only:
        DerivedFiles(search.project).write(_file_of(model or _NETWORKS), arrays, key=key)
    return found
