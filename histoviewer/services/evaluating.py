"""Models on the labelled validation tiles: assessed, compared in pairs, or just measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int32, Int64
from histoviewer.domain.assessment import Assessment, Comparison
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.queue import trainable
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.requests import AssessRequest, CompareRequest, EvaluateRequest, Evaluation
from histoviewer.project.project import Project
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model, read_scores, unlearned


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """The labelled validation tiles as they are now: a snapshot, since readers go on.

    Args:
        rows: (n,) int64 indexes.
        labels: (n,) int8 effective labels.
        groups: (n,) int32 group numbers, -1 where unknown.
    """

    rows: Int64
    labels: Int8
    groups: Int32

    @classmethod
    def of(cls, workspace: Workspace) -> "Sample":
        """Return the sample of now. Call it in the session's thread.

        Raises:
            InputError: There is no labelled validation tile.
        """
        session = workspace.session
        labels = session.effective
        usable = trainable(tiles=session.tiles, effective=labels, split=Split.VALIDATION)
        rows = np.flatnonzero(usable)
        if len(rows) == 0:
            raise InputError(
                "There is no labelled validation tile to evaluate on.",
                "Import the data set with labels, or label validation tiles.",
            )
        return cls(rows=rows, labels=labels[rows], groups=session.tiles.groups[rows])

    def only(self, tiles: Int64) -> "Sample":
        """Return the sample of some of its tiles."""
        kept = np.isin(self.rows, tiles)
        return Sample(rows=self.rows[kept], labels=self.labels[kept], groups=self.groups[kept])


def assess(
    *, workspace: Workspace, models: Sequence[str] | None = None
) -> Operation[tuple[Assessment, ...]]:
    """Assess models, the champion by default, each on the validation tiles as labelled now.

    Several are assessed on the same tiles: those that none of them was trained on.

    Raises:
        InputError: There is no such model, no labelled validation tile, or a model has not scored
            them.
    """
    return _assess(workspace.project, Sample.of(workspace), models)


def _assess(
    project: Project, sample: Sample, names: Sequence[str] | None
) -> Operation[tuple[Assessment, ...]]:
    wanted: Sequence[str | None] = names or [None]
    models = [find_model(project, name) for name in wanted]
    sample = _unlearned(project, sample, models)
    requests = tuple(
        AssessRequest(
            model=model.id,
            rows=sample.rows,
            labels=sample.labels,
            scores=_scores(project, model, sample),
            groups=sample.groups,
        )
        for model in models
    )
    found: tuple[Assessment, ...] = yield Job(
        title="Evaluating", target="histoviewer.ml.work:assess", request=requests, lane=Lane.LOOKS
    )
    return found


def compare_models(*, workspace: Workspace, first: str, second: str) -> Operation[Comparison]:
    """Test whether two models differ in AUC on the validation tiles, by a paired bootstrap.

    Raises:
        InputError: As for `assess`; or both are the same model.
    """
    return _compare(workspace.project, Sample.of(workspace), first, second)


def _compare(project: Project, sample: Sample, first: str, second: str) -> Operation[Comparison]:
    one, other = find_model(project, first), find_model(project, second)
    if one.id == other.id:
        raise InputError(f"{one.id} is compared with itself.", "Name two different models.")
    sample = _unlearned(project, sample, [one, other])
    found: Comparison = yield Job(
        title="Comparing model {first} with model {second}",
        facts={"first": one.number, "second": other.number},
        target="histoviewer.ml.work:compare",
        request=CompareRequest(
            first_model=one.id,
            second_model=other.id,
            labels=sample.labels,
            first=_scores(project, one, sample),
            second=_scores(project, other, sample),
            groups=sample.groups,
        ),
        lane=Lane.LOOKS,
    )
    return found


def _scores(project: Project, model: ModelRecord, sample: Sample) -> Float32:
    scores = read_scores(project, model)[sample.rows]
    if np.isnan(scores).any():
        raise InputError(
            f"Model {model.number} has not scored the validation tiles.",
            f"Run: histoviewer score {project.path} --model {model.id}",
        )
    return scores


def _unlearned(project: Project, sample: Sample, models: Sequence[ModelRecord]) -> Sample:
    """Leave out tiles that one of the models was trained on."""
    return sample.only(unlearned(project, sample.rows, models))


def measure(
    labels: Int8,
    scores: Float32,
    rows: Int64,
    *,
    threshold: float,
    environment: Mapping[str, str],
) -> Operation[Evaluation]:
    """Measure scores against labels in the compute process, where scikit-learn lives.

    The environment is that of the jobs before, so that the same process can serve.
    """
    evaluation: Evaluation = yield Job(
        title="Evaluating",
        target="histoviewer.ml.work:evaluate",
        request=EvaluateRequest(labels=labels[rows], scores=scores[rows], threshold=threshold),
        environment=environment,
    )
    return evaluation
