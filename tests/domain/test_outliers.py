"""Outliers among measures: what stands out, in what way, whatever is usual in the data set."""

from dataclasses import replace

import numpy as np
import pytest

from histoviewer.domain.appearance import Appearance
from histoviewer.domain.outliers import LIMIT, OutlierKind, Outliers, score_outliers

COUNT = 400


@pytest.fixture
def usual() -> Appearance:
    """Tiles of a usual data set: covered, sharp, no ink, some dense spots."""
    rng = np.random.default_rng(0)
    return Appearance(
        hashes=np.zeros((COUNT, 32), np.uint8),
        structured=np.ones(COUNT, bool),
        covered=rng.uniform(0.6, 1, COUNT).astype(np.float32),
        sharpness=rng.uniform(0.7, 1.2, COUNT).astype(np.float32),
        ink=np.zeros(COUNT, np.float32),
        dense=rng.uniform(0, 0.2, COUNT).astype(np.float32),
    )


def found(appearance: Appearance, **changes) -> tuple[float, OutlierKind]:
    """Return score and kind of tile 7 with other measures."""
    columns = {name: getattr(appearance, name).copy() for name in changes if name != "distance"}
    for name, column in columns.items():
        column[7] = changes[name]
    distances = None
    if "distance" in changes:
        distances = np.random.default_rng(1).uniform(0.01, 0.02, COUNT).astype(np.float32)
        distances[7] = changes["distance"]
    score, kind = score_outliers(
        replace(appearance, **columns), usable=np.ones(COUNT, bool), distances=distances
    )
    assert kind.astype(bool).sum() <= 1
    return float(score[7]), OutlierKind(int(kind[7]))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"covered": 0.001}, OutlierKind.BLANK),
        ({"sharpness": 0.25}, OutlierKind.BLURRED),
        ({"ink": 0.2}, OutlierKind.PEN),
        ({"dense": 0.9}, OutlierKind.FOLD),
        ({"distance": 0.5}, OutlierKind.DISTANT),
    ],
)
def test_a_planted_outlier_is_found_and_named(usual, changes, kind) -> None:
    score, named = found(usual, **changes)

    assert named is kind
    assert score >= LIMIT


def test_a_usual_tile_is_no_outlier(usual) -> None:
    score, kind = found(usual)

    assert kind is OutlierKind.NONE
    assert score < LIMIT


def test_a_blank_tile_is_nothing_else(usual) -> None:
    assert found(usual, covered=0.0, sharpness=0.01, ink=1.0)[1] is OutlierKind.BLANK


def test_what_is_usual_in_a_data_set_is_no_outlier_there(usual) -> None:
    inked = replace(usual, ink=np.random.default_rng(2).uniform(0, 0.4, COUNT).astype(np.float32))

    assert found(inked, ink=0.4)[1] is OutlierKind.NONE


def test_tiles_without_pixels_count_for_nothing(usual) -> None:
    usable = np.ones(COUNT, bool)
    usable[7] = False
    blank = replace(usual, covered=np.where(usable, usual.covered, 0).astype(np.float32))

    score, kind = score_outliers(blank, usable=usable)

    assert (score[7], kind[7]) == (0, OutlierKind.NONE)
    assert not score_outliers(blank, usable=np.zeros(COUNT, bool))[0].any()


def test_outliers_are_counted_by_kind() -> None:
    kinds = np.array([0, 1, 1, 4], np.uint8)
    counts = Outliers(score=np.zeros(4), kind=kinds, model="", fingerprint="").counts()

    assert counts[OutlierKind.BLANK] == 2
    assert (counts[OutlierKind.FOLD], counts[OutlierKind.PEN]) == (1, 0)
