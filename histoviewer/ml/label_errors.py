"""Which labels are probably wrong, and which tiles want another opinion: cleanlab's two methods.

Confident learning (Northcutt, Jiang & Chuang 2021, doi 10.1613/jair.1.12125) estimates from
out-of-sample probabilities how many labels of each class are wrong, and which. ActiveLab (Goh &
Mueller 2023, arXiv 2301.11856) says of which tile one more label would teach most, be it labelled
by nobody, by one or by several.
"""

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.multiannotator import get_active_learning_scores
from cleanlab.rank import get_label_quality_scores

from histoviewer.domain.arrays import Bool, Float32, Float64, Int8, Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED

# Of tiles of a class that only the data set labelled, cleanlab looks at so many, which takes 0.4 ms
# each; the scores of the rest are read off theirs.
_SAMPLE: Final = 5_000
_NO_AGREEMENT: Final = "Annotators do not agree on any example"


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelErrors:
    """What confident learning says of n labelled tiles.

    Args:
        quality: (n,) float32 out-of-sample probability of the label a tile has, 0-1: its
            self-confidence. The lowest are the most suspicious.
        suspect: (n,) bool: counted among the wrong ones.
    """

    quality: Float32
    suspect: Bool


def find_label_errors(labels: Int8, probability: Float32) -> LabelErrors:
    """Find labels that are probably wrong by confident learning.

    Args:
        labels: (n,) int8, 0 or 1; both occur.
        probability: (n,) float32 out-of-sample probability of the positive class; see
            `out_of_sample`.
    """
    given, classes = labels.astype(np.int64), _by_class(probability)
    quality = get_label_quality_scores(given, classes, method="self_confidence")
    suspect = find_label_issues(given, classes, n_jobs=1)  # forking would copy a loaded Keras
    return LabelErrors(quality=np.asarray(quality, np.float32), suspect=np.asarray(suspect, bool))


def active_lab(opinions: Int8, probability: Float32) -> Float32:
    """Return how little is known of each tile; the lowest want another label most.

    Args:
        opinions: (A, n) int8 labels of A annotators, `UNLABELLED` where one has none. The first
            row is what the data set gives, which all others are weighed against.
        probability: (n,) float32 out-of-sample probability of the positive class.

    Returns:
        (n,) float32 ActiveLab scores, 0-1. They can be compared between labelled and unlabelled.
    """
    labelled = opinions != UNLABELLED
    read = labelled[1:].any(axis=0)
    unlabelled = np.flatnonzero(~labelled.any(axis=0))
    given_only = [np.flatnonzero(~read & (opinions[0] == label)) for label in (NEGATIVE, POSITIVE)]
    samples = [_sample_of(tiles, probability) for tiles in given_only]
    joint = np.concatenate([np.flatnonzero(read), *samples])
    found = np.empty(len(probability), np.float32)
    found[joint], found[unlabelled] = _scored(opinions, probability, joint, unlabelled)
    for tiles, sample in zip(given_only, samples, strict=True):
        if len(sample) < len(tiles):
            # With one label of one source a score depends on the probability alone, and steadily.
            found[tiles] = np.interp(probability[tiles], probability[sample], found[sample])
    return found


def _sample_of(tiles: Int64, probability: Float32) -> Int64:
    """Return some of the tiles, evenly over their probabilities and with both ends of them."""
    if len(tiles) <= _SAMPLE:
        return tiles
    ascending = tiles[np.argsort(probability[tiles], kind="stable")]
    return ascending[np.linspace(0, len(tiles) - 1, _SAMPLE).astype(np.int64)]


def _scored(
    opinions: Int8, probability: Float32, labelled: Int64, unlabelled: Int64
) -> tuple[Float64, Float64]:
    """Return cleanlab's scores of some labelled and some unlabelled tiles."""
    without = _by_class(probability[unlabelled]) if len(unlabelled) else None
    columns = within = None
    if len(labelled):
        columns, within = (
            opinions[:, labelled].T.astype(np.float64),
            _by_class(probability[labelled]),
        )
        columns[columns == UNLABELLED] = np.nan
        columns = columns[:, ~np.isnan(columns).all(axis=0)]  # those who said something of these
    with warnings.catch_warnings():
        # Readers who only ever looked at wrong labels agree with none: that is no fault here.
        warnings.filterwarnings("ignore", message=_NO_AGREEMENT)
        scores: tuple[Float64, Float64] = get_active_learning_scores(columns, within, without)
    return scores


def _by_class(probability: Float32) -> Float64:
    """Return (n, 2) float64 probabilities of both classes."""
    positive = probability.astype(np.float64)
    return np.stack([1 - positive, positive], axis=1)
