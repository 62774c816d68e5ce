"""Scoring every tile with a model."""

from collections.abc import Mapping
from dataclasses import dataclass

from histoviewer.domain.models import ModelRecord
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.requests import ScoreRequest, ScoreResult
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model
from histoviewer.services.training import model_file, packed_or_refuse
from histoviewer.tiles.store import PackedTiles


@dataclass(frozen=True, kw_only=True)
class ScoringOutcome:
    """What was scored.

    Args:
        model: The model that scored.
        tta: Whether each score is the mean over the eight flips and quarter turns.
        result: Number of tiles, seconds, tiles a second.
    """

    model: ModelRecord
    tta: bool
    result: ScoreResult


def score(
    *,
    workspace: Workspace,
    model_id: str | None = None,
    tta: bool = False,
    backend: str | None = None,
) -> Operation[ScoringOutcome]:
    """Score every tile with a model, the champion by default; goes on where it was interrupted.

    Raises:
        InputError: There is no such model, or the tiles are not packed yet.
    """
    return _score(
        workspace.project, model_id, packed_or_refuse(workspace), environment_of(backend), tta=tta
    )


def _score(
    project: Project,
    model_id: str | None,
    tiles: PackedTiles,
    environment: Mapping[str, str],
    *,
    tta: bool,
) -> Operation[ScoringOutcome]:
    model = find_model(project, model_id)
    return (yield from score_with(project, model, tiles, environment, tta=tta))


def score_with(
    project: Project,
    model: ModelRecord,
    tiles: PackedTiles,
    environment: Mapping[str, str],
    *,
    tta: bool = False,
) -> Operation[ScoringOutcome]:
    """Score every tile of a store with a model."""
    result: ScoreResult = yield Job(
        title="Scoring {count:,} tiles with model {number}",
        facts={"count": tiles.shape[0], "number": model.number},
        target="histoviewer.ml.work:score",
        request=ScoreRequest(
            tiles=tiles,
            model=model_file(project, model),
            out=project.scores_path(model.id),
            fingerprint=tiles.fingerprint,
            tta=tta,
        ),
        environment=environment,
    )
    return ScoringOutcome(model=model, tta=tta, result=result)
