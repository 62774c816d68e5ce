"""Models on the labelled validation tiles: assessed, compared in pairs, or just measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int32, Int64
from histoviewer.domain.assessment import Assessment, Comparison, Match
from histoviewer.domain.models import ModelRecord
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.requests import AssessRequest, CompareRequest, EvaluateRequest, Evaluation
from histoviewer.project.project import Project
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import (
    Learners,
    find_model,
    how_to_score,
    read_score_note,
    read_scores,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """The labelled validation tiles as they are now: a snapshot, since readers go on.

    Args:
        rows: (n,) int64 indexes.
        labels: (n,) int8 effective labels.
        groups: (n,) int32 group numbers, -1 where unknown.
        left_out: Tiles that are not in it, since a model was trained on them.
        learned_by: Ids of these models.
    """

    rows: Int64
    labels: Int8
    groups: Int32
    left_out: int = 0
    learned_by: tuple[str, ...] = ()

    @classmethod
    def of(cls, workspace: Workspace) -> "Sample":
        """Return the sample of now. Call it in the session's thread.

        Raises:
            InputError: There is no labelled validation tile.
        """
        session = workspace.session
        found = session.validation_labels()
        if len(found.tiles) == 0:
            raise InputError(
                "There is no labelled validation tile to evaluate on.",
                "Import the data set with labels, or label validation tiles.",
            )
        groups = session.tiles.groups[found.tiles]
        return cls(rows=found.tiles, labels=found.labels, groups=groups)

    def without_learned(self, project: Project, models: Sequence[ModelRecord]) -> "Sample":
        """Return the sample of the tiles that none of the models was ever trained on.

        Raises:
            InputError: What is left is not of both classes any more.
        """
        known = Learners(project, self.rows)
        fresh = {model.id: known.are_fresh_to([model]) for model in models}
        learners = [name for name, rows in fresh.items() if not rows.all()]
        kept = np.logical_and.reduce(list(fresh.values()))
        if self._loses_a_class(kept):
            alone = [name for name in learners if self._loses_a_class(fresh[name])]
            raise _too_few_unlearned(list(fresh), alone or learners)
        return Sample(
            rows=self.rows[kept],
            labels=self.labels[kept],
            groups=self.groups[kept],
            left_out=int((~kept).sum()),
            learned_by=tuple(learners),
        )

    def _loses_a_class(self, kept: Bool) -> bool:
        return len(np.unique(self.labels[kept])) < len(np.unique(self.labels))


def _too_few_unlearned(models: Sequence[str], learners: Sequence[str]) -> InputError:
    """Return why models cannot be measured: those among them that learned took too many tiles."""
    if len(models) == 1:
        return InputError(
            f"Model {models[0]} cannot be measured: the validation tiles that it was not trained "
            "on are not of both classes.",
            "Label more validation tiles.",
        )
    named = " and ".join(learners)
    return InputError(
        f"Models {', '.join(models)} cannot be measured beside each other: the validation tiles "
        f"that {named} {'was' if len(learners) == 1 else 'were'} not trained on are not of both "
        "classes.",
        f"Leave {named} out, or label more validation tiles.",
    )


def assess(
    *,
    workspace: Workspace,
    models: Sequence[str] | None = None,
    known: Sequence[Assessment] = (),
) -> Operation[tuple[Assessment, ...]]:
    """Assess models, the champion by default, each on the validation tiles as labelled now.

    Several are assessed on the same tiles: those that none of them was trained on.

    Args:
        workspace: The open project.
        models: Ids or numbers of the models.
        known: What was found before: where tiles, labels and scores are the same, so are figures.

    Raises:
        InputError: There is no such model, no labelled validation tile, or a model has not scored
            them.
    """
    return _assess(workspace.project, Sample.of(workspace), models, known)


def _assess(
    project: Project, sample: Sample, names: Sequence[str] | None, known: Sequence[Assessment]
) -> Operation[tuple[Assessment, ...]]:
    wanted: Sequence[str | None] = names or [None]
    models = [find_model(project, name) for name in wanted]
    sample = sample.without_learned(project, models)
    requests = [
        AssessRequest(
            model=model.id,
            rows=sample.rows,
            labels=sample.labels,
            scores=scores_of(project, model, sample)[sample.rows],
            groups=sample.groups,
            are_probabilities=model.gives_probabilities,
        )
        for model in models
    ]
    found = {each.model: each for each in known if any(_is_of(each, one) for one in requests)}
    new = tuple(request for request in requests if request.model not in found)
    if new:
        made: tuple[Assessment, ...] = yield Job(
            title="Evaluating", target="histoviewer.ml.work:assess", request=new, lane=Lane.LOOKS
        )
        found |= {each.model: each for each in made}
    return tuple(
        replace(
            found[model.id],
            left_out=sample.left_out,
            learned_by=sample.learned_by,
            tta=read_score_note(project, model).tta,
        )
        for model in models
    )


def _is_of(found: Assessment, request: AssessRequest) -> bool:
    """Return whether an assessment is what a request would bring."""
    return found.model == request.model and all(
        np.array_equal(one, other)
        for one, other in (
            (found.rows, request.rows),
            (found.labels, request.labels),
            (found.scores, request.scores),
            (found.groups, request.groups),
        )
    )


def compare_models(*, workspace: Workspace, first: str, second: str) -> Operation[Match]:
    """Test whether two models differ in AUC on the validation tiles, by a paired bootstrap.

    Raises:
        InputError: As for `assess`; or both are the same model.
    """
    return _compare(workspace.project, Sample.of(workspace), first, second)


def _compare(project: Project, sample: Sample, first: str, second: str) -> Operation[Match]:
    one, other = find_model(project, first), find_model(project, second)
    if one.id == other.id:
        raise InputError(f"{one.id} is compared with itself.", "Name two different models.")
    sample = sample.without_learned(project, [one, other])
    found: Comparison = yield Job(
        title="Comparing model {first} with model {second}",
        facts={"first": one.number, "second": other.number},
        target="histoviewer.ml.work:compare",
        request=CompareRequest(
            first_model=one.id,
            second_model=other.id,
            labels=sample.labels,
            first=scores_of(project, one, sample)[sample.rows],
            second=scores_of(project, other, sample)[sample.rows],
            groups=sample.groups,
        ),
        lane=Lane.LOOKS,
    )
    return Match(
        comparison=found,
        left_out=sample.left_out,
        learned_by=sample.learned_by,
        first_tta=read_score_note(project, one).tta,
        second_tta=read_score_note(project, other).tta,
    )


def scores_of(project: Project, model: ModelRecord, sample: Sample) -> Float32:
    """Return (N,) float32 scores of a model, which has scored at least all of the sample.

    Raises:
        InputError: It has not.
    """
    scores = read_scores(project, model)
    if np.isnan(scores[sample.rows]).any():
        raise InputError(
            f"Model {model.number} has not scored the validation tiles.",
            how_to_score(project, model),
        )
    return scores


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
