"""A model against the champion, both judged on the same tiles: the gate that promotion goes by."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int32, Int64
from histoviewer.domain.assessment import Comparison
from histoviewer.domain.gate import GateResult, ScoresUsed, SideChanges
from histoviewer.domain.label_set import LabelSet
from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.requests import CompareRequest, Evaluation
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.evaluating import measure
from histoviewer.services.gate_files import write_gate
from histoviewer.services.opening import Workspace
from histoviewer.services.plain_scores import plain_scores
from histoviewer.services.ranking import find_model, read_score_note, read_scores, unlearned
from histoviewer.services.review_state import THRESHOLD
from histoviewer.services.scoring import score_with
from histoviewer.services.training import Lesson, packed_or_refuse
from histoviewer.settings import load_settings
from histoviewer.tiles.store import PackedTiles


@dataclass(frozen=True, kw_only=True, eq=False)
class Arena:
    """What models are compared on: a snapshot, since readers go on meanwhile.

    Args:
        tiles: The packed store.
        labels: (N,) int8 effective labels.
        validation: Indexes of the labelled validation tiles; may be none.
        groups: (N,) int32 group numbers, -1 where unknown.
        margin: By how much area under the ROC curve a challenger may be worse; None for what the
            settings say.
    """

    tiles: PackedTiles
    labels: Int8
    validation: Int64
    groups: Int32
    margin: float | None = None

    @classmethod
    def of(cls, workspace: Workspace, *, margin: float | None = None) -> "Arena":
        """Return the tiles and labels as they are now. Call it in the session's thread.

        Raises:
            InputError: The tiles are not packed yet.
        """
        session = workspace.session
        return cls(
            tiles=packed_or_refuse(workspace),
            labels=session.effective,
            validation=session.validation_labels().tiles,
            groups=session.tiles.groups,
            margin=margin,
        )

    @classmethod
    def of_lesson(cls, lesson: Lesson, *, margin: float | None = None) -> "Arena":
        """Return the tiles and labels as they were when the lesson was taken."""
        return cls(
            tiles=lesson.tiles,
            labels=lesson.labels,
            validation=lesson.validation,
            groups=lesson.groups,
            margin=margin,
        )


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """How a model did against the champion, both on the same validation tiles and labels.

    Args:
        model: The challenger.
        champion: Who was champion before; None where the model was champion already, as the first.
        challenger_auc: Area under the ROC curve of the challenger; NaN where it cannot be told.
        promoted: Whether the challenger is champion now.
        left_out: Validation tiles that one of both was trained on: on these it proves nothing.
        gate: What the gate found; None where there was nothing to compare.
    """

    model: ModelRecord
    champion: ModelRecord | None
    challenger_auc: float
    promoted: bool
    left_out: int = 0
    gate: GateResult | None = None

    @property
    def is_compared(self) -> bool:
        """Return whether there were tiles to compare both on."""
        return self.gate is not None

    @property
    def champion_auc(self) -> float:
        """Return the area under the curve of the champion before; NaN without a comparison."""
        return math.nan if self.gate is None else self.gate.comparison.second_auc


def challenge(
    *, project: Project, model: ModelRecord, arena: Arena, environment: Mapping[str, str]
) -> Operation[Challenge]:
    """Score every tile with a model, and promote it where the gate lets it pass.

    The first model of a project is champion at once: whoever cancels the scoring has a model all
    the same. Figures of a model that was not trained here are noted with it.
    """
    project.replace_champion(model.id, before=None, reason="first model")
    champion = _rival(project, model)
    tta = champion is not None and read_score_note(project, champion).tta
    yield from score_with(project, model, arena.tiles, environment, tta=tta)
    return (yield from judge(project, model, arena, environment))


def compare_again(
    *,
    workspace: Workspace,
    model_id: str,
    margin: float | None = None,
    backend: str | None = None,
) -> Operation[Challenge]:
    """Compare a model with whoever is champion now, on the labels of now, and keep what is found.

    Nothing is promoted: a model that somebody rolled back would come back by itself.

    Args:
        workspace: The open project.
        model_id: Id or number of the model.
        margin: By how much it may be worse; None for what the settings say.
        backend: Of Keras; None for the usual one.

    Raises:
        InputError: The model is champion itself, or there is nothing to compare both on.
    """
    arena = Arena.of(workspace, margin=margin)
    return _compare_again(workspace.project, model_id, arena, environment_of(backend))


def _compare_again(
    project: Project, model_id: str, arena: Arena, environment: Mapping[str, str]
) -> Operation[Challenge]:
    model = find_model(project, model_id)
    champion = _rival(project, model)
    if champion is None:
        raise InputError(
            f"Model {model.id} is champion itself.", "Name a model to compare with it."
        )
    yield from _score_if_needed(project, model, arena, environment)
    outcome = yield from _stand(project, model, champion, arena, environment)
    if outcome.gate is None:
        raise InputError(
            f"Models {model.id} and {champion.id} cannot be compared: the validation tiles that "
            "neither was trained on are not of both classes.",
            "Label more validation tiles.",
        )
    return replace(outcome, promoted=False)


def judge(
    project: Project,
    model: ModelRecord,
    arena: Arena,
    environment: Mapping[str, str],
) -> Operation[Challenge]:
    """Let a model that has scored every tile stand at the gate.

    It stands against whoever is champion when it is decided: where another lane, or the reader,
    made another model champion while two were compared, it is compared with that one too.

    Args:
        project: The open project; it has a champion.
        model: The challenger; one that is champion already is measured.
        arena: What they are compared on.
        environment: Variables of the compute process.
    """
    while True:
        champion = _rival(project, model)
        outcome = yield from _stand(project, model, champion, arena, environment)
        if _settle(project, outcome):
            return outcome


def _settle(project: Project, outcome: Challenge) -> bool:
    """Let the outcome come true; return False where it was found against a champion of before."""
    model, champion = outcome.model, outcome.champion
    if champion is None or not outcome.promoted:
        return project.champion() == (model if champion is None else champion).id
    assert outcome.gate is not None, "only who was compared is promoted"
    reason = _reason(outcome.gate)
    return project.replace_champion(model.id, before=champion.id, reason=reason)


def _stand(
    project: Project,
    model: ModelRecord,
    champion: ModelRecord | None,
    arena: Arena,
    environment: Mapping[str, str],
) -> Operation[Challenge]:
    """Compare a model with a champion; None where it is champion itself."""
    both = [model] if champion is None else [model, champion]
    fair = replace(arena, validation=unlearned(project, arena.validation, both))
    left_out = len(arena.validation) - len(fair.validation)
    ours = yield from _measure(project, model, fair, environment)
    if model.kind is not ModelKind.TRAINED:
        model = project.note_metrics(model.id, _figures(project, model, ours))
    found = None
    if champion is not None and ours is not None:
        found = yield from _compare(project, model, champion, fair, environment)
        found = replace(found, left_out=left_out)
        write_gate(project, model, found)
    return Challenge(
        model=model,
        champion=champion,
        challenger_auc=math.nan if ours is None else ours.auc,
        promoted=champion is None or (found is not None and found.passed),
        left_out=left_out,
        gate=found,
    )


def _rival(project: Project, model: ModelRecord) -> ModelRecord | None:
    """Return whom a model challenges now; None where it is champion itself."""
    champion = find_model(project, None)
    return None if champion.id == model.id else champion


def _reason(found: GateResult) -> str:
    compared = found.comparison
    return (
        f"validation AUC {compared.first_auc:.4f}, before {compared.second_auc:.4f}; "
        f"difference at least {compared.at_least:+.4f}, margin {found.margin:g}"
    )


def _compare(
    project: Project,
    model: ModelRecord,
    champion: ModelRecord,
    arena: Arena,
    environment: Mapping[str, str],
) -> Operation[GateResult]:
    rows = arena.validation
    newer, ours = _scores_of(project, model, arena)
    older, theirs = yield from _scores_alike(project, champion, ours, arena, environment)
    labels = arena.labels[rows]
    compared: Comparison = yield Job(
        title="Comparing model {first} with model {second}",
        facts={"first": model.number, "second": champion.number},
        target="histoviewer.ml.work:compare",
        request=CompareRequest(
            first_model=model.id,
            second_model=champion.id,
            labels=labels,
            first=newer,
            second=older,
            groups=arena.groups[rows],
        ),
        environment=environment,
    )
    margin = load_settings().settings.promotion_margin if arena.margin is None else arena.margin
    return GateResult(
        comparison=compared,
        margin=margin,
        changes=SideChanges.between(
            newer=newer, older=older, labels=labels, rows=rows, threshold=THRESHOLD
        ),
        labels=LabelSet(tiles=rows, labels=labels),
        scores=(ours, theirs),
    )


def _scores_of(project: Project, model: ModelRecord, arena: Arena) -> tuple[Float32, ScoresUsed]:
    """Return (n,) a model's scores of the validation tiles, and what to keep of them."""
    scores = read_scores(project, model)[arena.validation]
    return scores, ScoresUsed.of(scores, tta=read_score_note(project, model).tta)


def _scores_alike(
    project: Project,
    champion: ModelRecord,
    ours: ScoresUsed,
    arena: Arena,
    environment: Mapping[str, str],
) -> Operation[tuple[Float32, ScoresUsed]]:
    """Return (n,) the champion's scores of the validation tiles, made as the challenger's were.

    A head has seen each tile once. Where the champion's scores are means over eight orientations,
    its plain ones are compared: else the head would lose by that alone. An ensemble is the mean
    that it is made of, and stands as such: what is found then says that it is mixed.
    """
    _, theirs = _scores_of(project, champion, arena)
    if theirs.tta and not ours.tta and champion.blend is None:
        plain = yield from plain_scores(
            project, champion, arena.tiles, arena.validation, environment
        )
        return plain, replace(theirs, tta=False)
    yield from _score_if_needed(project, champion, arena, environment)
    return _scores_of(project, champion, arena)


def _measure(
    project: Project, model: ModelRecord, arena: Arena, environment: Mapping[str, str]
) -> Operation[Evaluation | None]:
    """Return the figures of a model; None where the validation tiles lack one of the classes."""
    rows = arena.validation
    if len(np.unique(arena.labels[rows])) < 2:  # noqa: PLR2004 - two classes
        return None
    scores = read_scores(project, model)
    return (
        yield from measure(arena.labels, scores, rows, threshold=THRESHOLD, environment=environment)
    )


def _score_if_needed(
    project: Project, model: ModelRecord, arena: Arena, environment: Mapping[str, str]
) -> Operation[None]:
    """Score a model that has not seen the validation tiles: both are judged on the same ones."""
    if np.isnan(read_scores(project, model)[arena.validation]).any():
        tta = read_score_note(project, model).tta
        yield from score_with(project, model, arena.tiles, environment, tta=tta)


def _figures(
    project: Project, model: ModelRecord, evaluation: Evaluation | None
) -> dict[str, float]:
    """Return the figures under the names that a training run gives them, and what they rest on."""
    if evaluation is None:
        return {"val_auc": math.nan}
    tta = read_score_note(project, model).tta
    figures = {**evaluation.figures, "val_tta": float(tta)}
    if not model.gives_probabilities:
        del figures["val_loss"]
    return figures
