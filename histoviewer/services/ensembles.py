"""Ensembles and test-time augmentation: models whose scores are made of those of others."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from histoviewer.domain.arrays import Int8
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import Blend, Combining, ModelKind, ModelRecord
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_file, whole_folder
from histoviewer.jobs.job import Operation
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.challenging import Arena, Challenge, challenge
from histoviewer.services.entering import entering
from histoviewer.services.networks import network_in_use, refuse_ensemble
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model, read_learned
from histoviewer.services.scoring import scores_for_blend

RECIPE = "ensemble"


def make_ensemble(
    *,
    workspace: Workspace,
    members: Sequence[str],
    how: Combining = "mean",
    tta: bool = False,
    backend: str | None = None,
    margin: float | None = None,
) -> Operation[Challenge]:
    """Make a model of others; it scores every tile and is promoted if the gate lets it pass.

    Args:
        workspace: The open project.
        members: Ids or numbers of two models or more; one is enough with `tta`.
        how: How their scores are put together.
        tta: Whether each member's score is the mean over the eight flips and quarter turns.
        backend: Keras backend of the scoring.
        margin: Of the promotion gate; None for what the settings say.

    Raises:
        InputError: A model is missing, an ensemble itself or named twice; there are too few; one
            has neither scores nor a network that could score; or the tiles are not packed yet.
    """
    project = workspace.project
    found = _members(project, members, tta=tta)
    blend = Blend(members=tuple(member.id for member in found), how=how, tta=tta)
    arena = Arena.of(workspace, margin=margin)
    return _make(project, found, blend, arena, environment_of(backend))


def _make(
    project: Project,
    members: Sequence[ModelRecord],
    blend: Blend,
    arena: Arena,
    environment: Mapping[str, str],
) -> Operation[Challenge]:
    for member in members:
        # An ensemble stays once it is entered: one that nothing could ever score must not be.
        if scores_for_blend(project, member, blend, arena.tiles) is None:
            with network_in_use(project, member) as network:
                yield from network.check(environment)
    with project.new_model_number() as number:
        model = _register(project, members, blend, arena, number)
    return (
        yield from challenge(project=project, model=model, arena=arena, environment=environment)
    )


def _members(project: Project, names: Sequence[str], *, tta: bool) -> list[ModelRecord]:
    members = [find_model(project, name) for name in names]
    for member in members:
        refuse_ensemble(member)
    if len({member.id for member in members}) < len(members):
        raise InputError("A model is named twice.", "Name each member of the ensemble once.")
    if len(members) < (1 if tta else 2):
        raise InputError(
            "An ensemble needs two models or more; one is enough with test-time augmentation.",
            "Name more models.",
        )
    return members


def _register(
    project: Project, members: Sequence[ModelRecord], blend: Blend, arena: Arena, number: int
) -> ModelRecord:
    record = ModelRecord(
        id=f"{number:03d}-{RECIPE}",
        number=number,
        recipe=RECIPE,
        created=datetime.now(UTC),
        seed=0,
        parent=None,
        learned_through=min(member.learned_through for member in members),
        learned_step=_step(members),
        data_fingerprint=arena.tiles.fingerprint,
        metrics={"parameters": sum(m.metrics.get("parameters", 0.0) for m in members)},
        kind=ModelKind.ENSEMBLE,
        blend=blend,
    )
    folder = project.model_folder(record.id)
    try:
        with whole_folder(folder) as part, whole_file(part / "learned.npy") as stream:
            np.save(stream, _learned_by_all(project, members))
    except OSError as error:
        raise storage_error(error, "the ensemble") from error
    with entering(project, record.id):
        project.add_model(record)
    return record


def _step(members: Sequence[ModelRecord]) -> int | None:
    """Return the newest step that all members may have learned; None where it was not noted."""
    steps = [member.learned_step for member in members if member.learned_step is not None]
    return min(steps) if len(steps) == len(members) else None


def _learned_by_all(project: Project, members: Sequence[ModelRecord]) -> Int8:
    """Return (N,) int8 the label that every member learned of a tile.

    A tile that one of them learned differently, or not at all, counts as not learned: its verdict
    waits in the queue.
    """
    nothing = np.full(project.tile_count, UNLABELLED, np.int8)
    known = [read_learned(project, member) for member in members]
    rows = np.stack([nothing if row is None else row for row in known])
    return np.where((rows == rows[0]).all(axis=0), rows[0], UNLABELLED).astype(np.int8)
