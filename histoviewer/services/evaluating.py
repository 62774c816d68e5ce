"""How good a model is on the fixed validation tiles."""

from collections.abc import Mapping

import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int64
from histoviewer.domain.queue import trainable
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.requests import EvaluateRequest, Evaluation
from histoviewer.services.backends import environment_of
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model, read_scores


def evaluate(*, workspace: Workspace, model_id: str | None = None) -> Operation[Evaluation]:
    """Measure a model, the champion by default, on the validation tiles as labelled now.

    Raises:
        InputError: There is no such model, no validation tile, or the model has not scored them.
    """
    session = workspace.session
    model = find_model(workspace.project, model_id)
    labels = session.effective
    rows = np.flatnonzero(trainable(tiles=session.tiles, effective=labels, split=Split.VALIDATION))
    if len(rows) == 0:
        raise InputError(
            "There is no labelled validation tile to evaluate on.",
            "Import the data set with labels, or label validation tiles.",
        )
    scores = read_scores(workspace.project, model)
    if np.isnan(scores[rows]).any():
        raise InputError(
            f"Model {model.number} has not scored the validation tiles.",
            f"Run: histoviewer score {workspace.project.path} --model {model.id}",
        )
    return measure(
        labels, scores, rows, threshold=session.threshold, environment=environment_of(None)
    )


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
