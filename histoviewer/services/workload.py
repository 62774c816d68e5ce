"""How much reading there is: what can be left to a model, and what is worth looking at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Float64, Int8, Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.pace import tiles_a_minute
from histoviewer.domain.review_plan import (
    NoiseRates,
    ReviewPlan,
    calibrate,
    smallest_for,
    wrong_odds,
)
from histoviewer.domain.suspects import Suspects
from histoviewer.domain.tiles import Split
from histoviewer.domain.workload import Clearing, ClearingCurve, usual_sensitivities
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.data_requests import ClearingRequest, NoiseRequest
from histoviewer.project.project import Project
from histoviewer.services.csv_tables import Table
from histoviewer.services.evaluating import Sample, scores_of
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model, unlearned
from histoviewer.services.suspects import find_suspects, read_suspects
from histoviewer.services.training import packed_or_refuse
from histoviewer.tiles.store import PackedTiles


@dataclass(frozen=True, kw_only=True, eq=False)
class Workload:
    """What a model can clear.

    Args:
        curve: On the validation tiles.
        waiting: (m,) float32 scores, ascending, of the tiles that nobody has decided and that the
            model was not trained on.
    """

    curve: ClearingCurve
    waiting: Float32

    def waiting_below(self, point: Clearing) -> int:
        """Return how many of the tiles that wait are cleared at a point."""
        return int(np.searchsorted(self.waiting, np.float32(point.threshold), side="left"))


def clear(
    *,
    workspace: Workspace,
    sensitivities: Float64 | None = None,
    model_id: str | None = None,
) -> Operation[Workload]:
    """Say what share of the tiles a model clears at chosen sensitivities, with intervals.

    A tile is cleared when its score is below the threshold that finds the wanted share of the
    positives among the labelled validation tiles, readers' verdicts applied.

    Args:
        workspace: The open project.
        sensitivities: (k,) float64 shares of the positives to be found, 0-1; those of the usual
            curve for None.
        model_id: Id or number of the model; the champion for None.

    Raises:
        InputError: There is no such model, no labelled validation tile, or one class only among
            them, or the model has not scored them.
    """
    asked = usual_sensitivities() if sensitivities is None else sensitivities
    session = workspace.session
    undecided = np.flatnonzero((session.states.decided == UNLABELLED) & session.tiles.usable)
    return _clear(workspace.project, Sample.of(workspace), model_id, undecided, asked)


def _clear(
    project: Project,
    sample: Sample,
    model_id: str | None,
    undecided: Int64,
    sensitivities: Float64,
) -> Operation[Workload]:
    model = find_model(project, model_id)
    sample = sample.without_learned(project, [model])
    scores = scores_of(project, model, sample)
    curve: ClearingCurve = yield Job(
        title="Measuring the workload",
        target="histoviewer.ml.data_work:clear",
        request=ClearingRequest(
            model=model.id,
            labels=sample.labels,
            scores=scores[sample.rows],
            groups=sample.groups,
            sensitivities=sensitivities,
        ),
        lane=Lane.LOOKS,
    )
    waiting = scores[unlearned(project, undecided, [model])]
    return Workload(curve=curve, waiting=np.sort(waiting[np.isfinite(waiting)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWish:
    """How much a reader wants to look at.

    Args:
        size: So many tiles; None to go by the share.
        share: As few tiles as hold this share of the wrong labels expected in all, 0-1.
        split: Only of this side; None for all.
    """

    size: int | None = None
    share: float = 0.9
    split: Split | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class PlannedReview:
    """A plan, and how long it takes.

    Args:
        plan: The tiles.
        per_minute: Tiles judged a minute of late; None where too few were, one by one.
    """

    plan: ReviewPlan
    per_minute: float | None

    @property
    def minutes(self) -> float | None:
        """Return how long reading takes at the pace of late."""
        return None if self.per_minute is None else len(self.plan.tiles) / self.per_minute


def plan_review(*, workspace: Workspace, wish: PlanWish) -> Operation[PlannedReview]:
    """Say which tiles to look at, in which order, and how many wrong labels to expect.

    Odds come from out-of-sample probabilities: label errors are looked for first where that has not
    been done. What readers found so far calibrates them (see `domain.review_plan`).

    Raises:
        InputError: There is no labelled tile left to look at, or as `suspects.find_suspects` says.
    """
    return _plan(
        workspace.project,
        packed_or_refuse(workspace),
        _Reading.of(workspace, wish.split),
        wish,
        find_suspects(workspace=workspace),
    )


class _Reading(NamedTuple):
    """What readers have and have not looked at: a snapshot.

    Args:
        given: (N,) int8 given labels.
        decided: (N,) int8 labels of readers.
        judged: (N,) bool: the data set gave it a label, and a reader too.
        left: (N,) bool: the data set gave it a label, and nobody has looked at it.
        per_minute: Tiles judged a minute of late; None where too few were, one by one.
    """

    given: Int8
    decided: Int8
    judged: Bool
    left: Bool
    per_minute: float | None

    @classmethod
    def of(cls, workspace: Workspace, split: Split | None) -> "_Reading":
        session = workspace.session
        tiles, decided = session.tiles, session.states.decided.copy()
        known = tiles.usable & (tiles.given != UNLABELLED)
        left = known & (decided == UNLABELLED) & ~session.states.skipped
        if split is not None:
            left &= tiles.splits == split
        return cls(
            given=tiles.given,
            decided=decided,
            judged=known & (decided != UNLABELLED),
            left=left,
            per_minute=tiles_a_minute(session.log),
        )


def _plan(
    project: Project,
    packed: PackedTiles,
    reading: _Reading,
    wish: PlanWish,
    search: Operation[Suspects],
) -> Operation[PlannedReview]:
    if not reading.left.any():
        raise InputError(
            "No labelled tile is left that nobody has looked at.",
            "Add tiles with labels to the data set, or choose another split.",
        )
    suspects = read_suspects(project, packed)
    if suspects is None:
        suspects = yield from search
    known = (reading.judged | reading.left) & np.isfinite(suspects.probability)
    rates: NoiseRates = yield Job(
        title="Estimating how often labels are wrong",
        target="histoviewer.ml.data_work:noise",
        request=NoiseRequest(labels=reading.given[known], probability=suspects.probability[known]),
        lane=Lane.LOOKS,
    )
    odds = np.full(len(known), -np.inf)
    odds[known] = wrong_odds(reading.given[known], suspects.probability[known], rates)
    plan = _planned(reading, known, odds, wish)
    return PlannedReview(plan=plan, per_minute=reading.per_minute)


def _planned(reading: _Reading, known: Bool, odds: Float64, wish: PlanWish) -> ReviewPlan:
    read, left = np.flatnonzero(reading.judged & known), np.flatnonzero(reading.left & known)
    wrong = reading.decided[read] != reading.given[read]
    calibration = calibrate(odds[read], wrong)
    order = left[np.argsort(-odds[left], kind="stable")]
    chances = calibration.chances(odds[order])
    size = smallest_for(chances, wish.share) if wish.size is None else wish.size
    return ReviewPlan(
        tiles=order[:size],
        odds=odds[order[:size]],
        calibration=calibration,
        candidates=len(left),
        expected_in_all=float(chances.sum()),
        read=len(read),
        found=int(wrong.sum()),
    )


def write_plan(path: Path, plan: ReviewPlan, ids: Sequence[str]) -> None:
    """Write the tiles of a plan as CSV: id, chance that the label is wrong, errors expected so far.

    Args:
        path: The file.
        plan: The plan.
        ids: Of all tiles.

    Raises:
        StorageError: The disk does not take the file; nothing is left.
    """
    columns = (plan.tiles.tolist(), plan.chances.tolist(), np.cumsum(plan.chances).tolist())
    rows = [(ids[tile], chance, running) for tile, chance, running in zip(*columns, strict=True)]
    try:
        with whole_file(path) as stream:
            stream.write(Table(header=("id", "chance", "expected"), rows=rows).as_csv().encode())
    except OSError as error:
        raise storage_error(error, f"the review plan {path}") from error
