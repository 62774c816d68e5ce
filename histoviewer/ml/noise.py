"""How often labels are wrong, estimated by confident learning."""

import numpy as np
from cleanlab.count import compute_confident_joint, estimate_latent

from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.review_plan import NoiseRates
from histoviewer.ml.data_requests import NoiseRequest
from histoviewer.ml.metrics import check_evaluable


def noise_rates(request: NoiseRequest) -> NoiseRates:
    """Return the share of wrong labels by true class (Northcutt, Jiang & Chuang 2021).

    Raises:
        InputError: There are no labelled tiles, or of one class only.
    """
    check_evaluable(request.labels, what="scored")
    labels, positive = request.labels.astype(np.int64), request.probability.astype(np.float64)
    joint = compute_confident_joint(labels, np.stack([1 - positive, positive], axis=1))
    _, noise, _ = estimate_latent(joint, labels)  # [given, true]
    return NoiseRates(
        of_negatives=float(noise[POSITIVE, NEGATIVE]), of_positives=float(noise[NEGATIVE, POSITIVE])
    )
