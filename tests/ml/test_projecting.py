"""Laying embeddings out on a plane."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from histoviewer.errors import JobCancelled
from histoviewer.jobs.messages import Progress
from histoviewer.ml.projecting import principal_components, run_umap
from histoviewer.ml.projecting_requests import UmapRequest
from histoviewer.ml.projecting_work import umap

_CLUSTERS, _EACH = 3, 30


@pytest.fixture(scope="module")
def clusters() -> np.ndarray:
    """Three clusters far from each other, (90, 8) float16."""
    rng = np.random.default_rng(1)
    middles = rng.normal(size=(_CLUSTERS, 8)) * 8
    return (middles.repeat(_EACH, 0) + rng.normal(size=(_CLUSTERS * _EACH, 8))).astype(np.float16)


@pytest.fixture
def request_of(clusters: np.ndarray) -> UmapRequest:
    """A request with the exact neighbours."""
    values = clusters.astype(np.float64)
    distances = np.linalg.norm(values[:, None] - values[None], axis=2)
    nearest = np.argsort(distances, axis=1, kind="stable")[:, 1:9].astype(np.int32)
    return UmapRequest(
        neighbours=nearest,
        distances=np.take_along_axis(distances, nearest, 1).astype(np.float32),
        start=principal_components(clusters),
    )


def test_pca_is_that_of_the_singular_value_decomposition(clusters) -> None:
    values = clusters.astype(np.float64)
    centred = values - values.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)

    places = principal_components(clusters)

    assert np.abs(places) == pytest.approx(np.abs(centred @ directions[:2].T), abs=1e-3)


@given(
    values=arrays(
        np.float16,
        st.tuples(st.integers(0, 6), st.integers(1, 4)),
        elements=st.integers(-9, 9).map(float),
    )
)
def test_pca_places_whatever_there_is(values) -> None:
    places = principal_components(values)

    assert places.shape == (len(values), 2)
    assert np.isfinite(places).all()


def test_umap_keeps_clusters_together_and_gives_the_same_map_again(request_of) -> None:
    said: list[Progress] = []

    places, again = (run_umap(request_of, said.append, lambda: False) for _ in range(2))

    grouped = places.reshape(_CLUSTERS, _EACH, 2)
    middles = grouped.mean(axis=1)
    within = np.linalg.norm(grouped - middles[:, None], axis=2).max()
    between = min(np.linalg.norm(middles[i] - middles[i - 1]) for i in range(_CLUSTERS))
    assert between > within
    assert np.array_equal(places, again)
    assert said[-1].done == said[-1].total > 0


def test_umap_ends_soon_when_asked_to(request_of) -> None:
    with pytest.raises(JobCancelled):
        for _ in umap(request_of, lambda: True):
            pass
    for left_behind in [thread for thread in threading.enumerate() if thread.name == "umap"]:
        left_behind.join()


def test_points_without_neighbours_stay_where_they_start() -> None:
    start = np.array([[0, 0], [1, 2], [3, 4]], np.float32)
    nobody = UmapRequest(
        neighbours=np.zeros((3, 1), np.int32), distances=np.zeros((3, 1), np.float32), start=start
    )

    assert np.array_equal(run_umap(nobody, lambda _: None, lambda: False), start)
