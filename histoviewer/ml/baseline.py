"""Logistic regression on a few numbers a tile: what colour alone tells of the label."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from histoviewer.domain.arrays import Float32, Int64
from histoviewer.domain.assessment import Assessment
from histoviewer.domain.data_report import Baseline, BaselineRow
from histoviewer.ml.assessing import assess
from histoviewer.ml.data_requests import BaselineRequest
from histoviewer.ml.metrics import check_evaluable
from histoviewer.ml.requests import AssessRequest
from histoviewer.ml.sampling import choose

_HALF = 0.5


def fit_baseline(request: BaselineRequest) -> Baseline:
    """Return how well each set of features does on the validation tiles.

    Raises:
        InputError: There are no training or validation tiles, or of one class only.
    """
    labels = request.labels
    check_evaluable(labels[request.train], what="training")
    check_evaluable(labels[request.validation])
    used = choose(request.sampling, request.train, labels, seed=request.seed)
    found = {name: _judge(name, one, used, request) for name, one in request.features.items()}
    first = next(iter(found.values()))
    return Baseline(
        rows=tuple(
            BaselineRow(
                features=name, auc=each.auc, accuracy=each.points.at_threshold(_HALF).accuracy
            )
            for name, each in found.items()
        ),
        train=len(used),
        validation=len(request.validation),
        resampled=first.resampled,
        units=first.units,
    )


def _judge(name: str, features: Float32, used: Int64, request: BaselineRequest) -> Assessment:
    solver = make_pipeline(StandardScaler(), LogisticRegression())
    solver.fit(features[used], request.labels[used])
    rows = request.validation
    return assess(
        AssessRequest(
            model=name,
            rows=rows,
            labels=request.labels[rows],
            scores=solver.predict_proba(features[rows])[:, 1].astype(np.float32),
            groups=request.groups[rows],
        )
    )
