"""Scoring every tile with a model."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.blending import blend
from histoviewer.domain.models import Blend, ModelRecord
from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.requests import ScoreRequest, ScoreResult
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.networks import network_in_use
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import (
    ScoreNote,
    find_model,
    read_column,
    read_note_of,
    read_score_note,
)
from histoviewer.services.training import packed_or_refuse
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
    tta: bool | None = None,
    backend: str | None = None,
) -> Operation[ScoringOutcome]:
    """Score every tile with a model, the champion by default; goes on where it was interrupted.

    Args:
        workspace: The open project.
        model_id: Id or number of the model.
        tta: Take the mean over the eight flips and quarter turns; None for as the model has scored
            before, and plainly the first time.
        backend: Of the compute process.

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
    tta: bool | None,
) -> Operation[ScoringOutcome]:
    model = find_model(project, model_id)
    tta = read_score_note(project, model).tta if tta is None else tta
    return (yield from score_with(project, model, tiles, environment, tta=tta))


def score_with(
    project: Project,
    model: ModelRecord,
    tiles: PackedTiles,
    environment: Mapping[str, str],
    *,
    tta: bool = False,
) -> Operation[ScoringOutcome]:
    """Score every tile of a store with a model.

    An ensemble is scored by its members, the way it was made whatever `tta` says.
    """
    if model.blend is not None:
        result = yield from _score_blend(project, model, model.blend, tiles, environment)
        return ScoringOutcome(model=model, tta=model.blend.tta, result=result)
    out = project.scores_path(model.id)
    result = yield from _scored(project, model, tiles, environment, out=out, tta=tta)
    return ScoringOutcome(model=model, tta=tta, result=result)


def _scored(
    project: Project,
    model: ModelRecord,
    tiles: PackedTiles,
    environment: Mapping[str, str],
    *,
    out: Path,
    tta: bool,
) -> Operation[ScoreResult]:
    with network_in_use(project, model) as network:
        result: ScoreResult = yield Job(
            title="Scoring {count:,} tiles with model {number}",
            facts={"count": tiles.shape[0], "number": model.number},
            target="histoviewer.ml.work:score",
            request=ScoreRequest(
                tiles=tiles,
                model=(yield from network.file(environment)),
                out=out,
                fingerprint=tiles.fingerprint,
                tta=tta,
            ),
            environment=environment,
        )
    return result


def _score_blend(
    project: Project,
    model: ModelRecord,
    made_of: Blend,
    tiles: PackedTiles,
    environment: Mapping[str, str],
) -> Operation[ScoreResult]:
    """Score with the members that have not scored these tiles in this way; put all together."""
    rows, seconds, scored = [], 0.0, 0
    for member in (find_model(project, name) for name in made_of.members):
        # Beside the ensemble: what a member itself ranks the grid by is not touched.
        beside = project.member_scores_path(model.id, member.id)
        found = scores_for_blend(project, member, made_of, tiles)
        if found is None:
            found = _whole(beside, made_of, tiles)
        if found is None:
            result = yield from _scored(
                project, member, tiles, environment, out=beside, tta=made_of.tta
            )
            seconds += result.seconds
            scored += result.count
            found = np.load(beside)
        rows.append(found)
    _write_blend(project, model, made_of, np.stack(rows), tiles.fingerprint)
    rate = scored / seconds if seconds else 0.0
    return ScoreResult(count=tiles.shape[0], seconds=seconds, tiles_per_second=rate)


def scores_for_blend(
    project: Project, member: ModelRecord, made_of: Blend, tiles: PackedTiles
) -> NDArray[np.float32] | None:
    """Return the scores of all tiles that a member has and an ensemble can be made of.

    None where it must score anew: its own are not whole, of other tiles, or made in another way.
    """
    return _whole(project.scores_path(member.id), made_of, tiles)


def _whole(path: Path, made_of: Blend, tiles: PackedTiles) -> NDArray[np.float32] | None:
    """Return the scores of all tiles; None where they are others than wanted, or damaged."""
    if read_note_of(path) != ScoreNote(fingerprint=tiles.fingerprint, tta=made_of.tta):
        return None
    found = read_column(path, tiles.shape[0])
    return None if found is None or len(found) < tiles.shape[0] else found


def _write_blend(
    project: Project,
    model: ModelRecord,
    made_of: Blend,
    rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    fingerprint: str,
) -> None:
    """Write the scores, then what they were made from: without that they count as out of date."""
    path = project.scores_path(model.id)
    scores = blend(rows, made_of.how)
    note = {
        "fingerprint": fingerprint,
        "tta": made_of.tta,
        "blend": asdict(made_of),
        "crc32": zlib.crc32(scores.tobytes()),
    }
    try:
        path.with_suffix(".json").unlink(missing_ok=True)
        with whole_file(path) as stream:
            np.save(stream, scores)
        with whole_file(path.with_suffix(".json")) as stream:
            stream.write(json.dumps(note).encode())
    except OSError as error:
        raise storage_error(error, "the scores") from error
