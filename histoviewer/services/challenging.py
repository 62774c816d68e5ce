"""A model against the champion: both judged on the same tiles; the better one ranks the grid."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.domain.queue import trainable
from histoviewer.domain.tiles import Split
from histoviewer.jobs.job import Operation
from histoviewer.ml.requests import Evaluation
from histoviewer.project.project import Project
from histoviewer.services.evaluating import measure
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model, read_score_note, read_scores, unlearned
from histoviewer.services.review_state import THRESHOLD
from histoviewer.services.scoring import score_with
from histoviewer.services.training import packed_or_refuse
from histoviewer.tiles.store import PackedTiles


@dataclass(frozen=True, kw_only=True, eq=False)
class Arena:
    """What models are compared on: a snapshot, since readers go on meanwhile.

    Args:
        tiles: The packed store.
        labels: (N,) int8 effective labels.
        validation: Indexes of the labelled validation tiles; may be none.
    """

    tiles: PackedTiles
    labels: Int8
    validation: Int64

    @classmethod
    def of(cls, workspace: Workspace) -> "Arena":
        """Return the tiles and labels as they are now. Call it in the session's thread.

        Raises:
            InputError: The tiles are not packed yet.
        """
        session = workspace.session
        labels = session.effective
        usable = trainable(tiles=session.tiles, effective=labels, split=Split.VALIDATION)
        return cls(
            tiles=packed_or_refuse(workspace),
            labels=labels,
            validation=np.flatnonzero(usable),
        )


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """How a model did against the champion, both on the same validation tiles and labels.

    Args:
        model: The challenger.
        champion: Who was champion before; None for the first model.
        champion_auc: Its area under the ROC curve; NaN where there is nothing to compare.
        challenger_auc: That of the challenger; NaN where it cannot be told.
        promoted: Whether the challenger is champion now.
        left_out: Validation tiles that one of both was trained on: on these it proves nothing.
    """

    model: ModelRecord
    champion: ModelRecord | None
    champion_auc: float
    challenger_auc: float
    promoted: bool
    left_out: int = 0

    @property
    def is_compared(self) -> bool:
        """Return whether there were tiles to compare both on."""
        return not math.isnan(self.champion_auc) and not math.isnan(self.challenger_auc)


def challenge(
    *, project: Project, model: ModelRecord, arena: Arena, environment: Mapping[str, str]
) -> Operation[Challenge]:
    """Score every tile with a model, and make it champion if its validation AUC is not worse.

    The first model of a project is champion at once: whoever cancels the scoring has a model all
    the same. Figures of a model that was not trained here are noted with it.
    """
    champion = _champion(project)
    if champion is None:
        project.set_champion(model.id, reason="first model")
    tta = champion is not None and read_score_note(project, champion).tta
    yield from score_with(project, model, arena.tiles, environment, tta=tta)
    both = [model] if champion is None else [model, champion]
    rows = unlearned(project, arena.validation, both)
    ours = yield from _judge(project, model, arena, rows, environment)
    if model.kind is not ModelKind.TRAINED:
        model = project.note_metrics(model.id, _figures(ours))
    if champion is None:
        theirs, promoted = None, True
    else:
        yield from _score_if_needed(project, champion, arena, environment, tta=tta)
        theirs = yield from _judge(project, champion, arena, rows, environment)
        promoted = _promote(project, model, ours, theirs)
    return Challenge(
        model=model,
        champion=champion,
        champion_auc=_auc(theirs),
        challenger_auc=_auc(ours),
        promoted=promoted,
        left_out=len(arena.validation) - len(rows),
    )


def _champion(project: Project) -> ModelRecord | None:
    champion = project.champion()
    return None if champion is None else find_model(project, champion)


def _promote(
    project: Project, model: ModelRecord, ours: Evaluation | None, theirs: Evaluation | None
) -> bool:
    """Make the challenger champion if it is not worse; return whether it is."""
    if ours is None or theirs is None or ours.auc < theirs.auc:
        return False
    reason = f"validation AUC {ours.auc:.4f}, before {theirs.auc:.4f}"
    project.set_champion(model.id, reason=reason)
    return True


def _judge(
    project: Project,
    model: ModelRecord,
    arena: Arena,
    rows: Int64,
    environment: Mapping[str, str],
) -> Operation[Evaluation | None]:
    """Return the figures of a model on some tiles; None where these lack one of the classes."""
    if len(np.unique(arena.labels[rows])) < 2:  # noqa: PLR2004 - two classes
        return None
    scores = read_scores(project, model)
    return (
        yield from measure(arena.labels, scores, rows, threshold=THRESHOLD, environment=environment)
    )


def _score_if_needed(
    project: Project,
    model: ModelRecord,
    arena: Arena,
    environment: Mapping[str, str],
    *,
    tta: bool,
) -> Operation[None]:
    """Score a model that has not seen the validation tiles: both are judged on the same ones."""
    if np.isnan(read_scores(project, model)[arena.validation]).any():
        yield from score_with(project, model, arena.tiles, environment, tta=tta)


def _auc(evaluation: Evaluation | None) -> float:
    return math.nan if evaluation is None else evaluation.auc


def _figures(evaluation: Evaluation | None) -> dict[str, float]:
    """Return the figures under the names that a training run gives them."""
    if evaluation is None:
        return {"val_auc": math.nan}
    names = {"log_loss": "val_loss", "n": "validation_tiles"}
    values = asdict(evaluation)
    return {
        names.get(field.name, f"val_{field.name}"): float(values[field.name])
        for field in fields(evaluation)
    }
