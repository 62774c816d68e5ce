"""The nearest embeddings: against direct computation, by lists, and in odd cases."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histoviewer.errors import JobCancelled
from histoviewer.ml import embedding_work, nearest, neighbours
from histoviewer.ml.embedding_requests import EmbeddingFile, NeighboursRequest, SimilarRequest
from histoviewer.ml.nearest import NearestIndex
from histoviewer.ml.whitening import Whitening
from tests.ml.helpers import finish


def make_values(count: int, size: int = 8, seed: int = 0) -> np.ndarray:
    """Return embeddings in some clusters, as those of a network are."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 1, (12, size))
    values = centres[rng.integers(0, 12, count)] + rng.normal(0, 0.2, (count, size))
    return values.astype(np.float16)


def distances_between(values: np.ndarray) -> np.ndarray:
    """Return cosine distances, whitened and worked out one by one in double precision."""
    whitening = Whitening.fit(values)

    def white(some: np.ndarray) -> np.ndarray:
        moved = (some.astype(np.float64) - whitening.mean) @ whitening.components
        return moved / np.linalg.norm(moved, axis=1, keepdims=True)

    return 1 - white(values) @ white(values).T


def test_whitening_evens_out_the_variances_three_quarters_of_the_way() -> None:
    rng = np.random.default_rng(0)
    spread = np.array([8.0, 2.0, 1.0, 0.5])
    turn, _ = np.linalg.qr(rng.normal(0, 1, (4, 4)))
    values = (rng.normal(0, 1, (4000, 4)) * spread) @ turn + 3
    whitening = Whitening.fit(values.astype(np.float16))
    white = (values - whitening.mean) @ whitening.components
    np.testing.assert_allclose(np.cov(white, rowvar=False).diagonal(), np.sqrt(spread), rtol=0.3)
    np.testing.assert_allclose(np.corrcoef(white, rowvar=False), np.eye(4), atol=0.05)


def test_wide_embeddings_keep_the_256_directions_that_matter() -> None:
    assert Whitening.fit(make_values(400, size=300)).components.shape == (300, 256)


@pytest.mark.parametrize("exact", [True, False])
@given(count=st.integers(2, 90), wanted=st.integers(1, 20), seed=st.integers(0, 99))
@settings(max_examples=8, deadline=None)
def test_the_nearest_are_those_of_direct_computation(
    exact: bool, count: int, wanted: int, seed: int
) -> None:
    """By lists too: as few as these have no more lists than a search looks through, nearly."""
    values = make_values(count, seed=seed)
    found, told = NearestIndex(values, exact=exact).search(np.arange(count), wanted)
    between = distances_between(values)
    np.fill_diagonal(between, np.inf)
    width = min(wanted, count - 1)
    assert found.shape == told.shape == (count, width)
    assert (found != np.arange(count)[:, None]).all()
    assert (np.diff(told, axis=1) >= 0).all()
    np.testing.assert_allclose(told, np.take_along_axis(between, found, 1), atol=1e-5)
    if exact:
        np.testing.assert_allclose(told, np.sort(between, axis=1)[:, :width], atol=1e-5)


def test_lists_find_nearly_all_of_the_nearest() -> None:
    values = make_values(5000, size=32)
    rows = np.arange(0, 5000, 25)
    exact, _ = NearestIndex(values, exact=True).search(rows, 15)
    lists, _ = NearestIndex(values, exact=False).search(rows, 15)
    recall = np.mean([len(set(a) & set(b)) / 15 for a, b in zip(exact, lists, strict=True)])
    assert recall > 0.95


@pytest.mark.parametrize("exact", [True, False])
def test_tiles_that_are_all_alike_find_one_another(exact: bool) -> None:
    found, told = NearestIndex(np.ones((60, 4), np.float16), exact=exact).search(np.arange(60), 15)
    assert (found != np.arange(60)[:, None]).all()
    assert all(len(set(row)) == 15 for row in found.tolist())
    assert np.isfinite(told).all()


def test_tiles_with_one_embedding_are_at_no_distance() -> None:
    values = make_values(60)
    values[20:45] = values[3]
    found, told = NearestIndex(values).search(np.array([3]), 25)
    assert set(found[0].tolist()) == set(range(20, 45))
    np.testing.assert_allclose(told, 0, atol=1e-6)


def test_a_tile_alone_has_no_neighbours() -> None:
    found, told = NearestIndex(make_values(1)).search(np.array([0]), 15)
    assert found.shape == told.shape == (1, 0)


@pytest.mark.parametrize("exact", [True, False])
@given(rows=st.sets(st.integers(0, 79), min_size=1, max_size=78), wanted=st.integers(1, 100))
@settings(max_examples=8, deadline=None)
def test_what_is_similar_to_any_of_several_is_none_of_them(
    exact: bool, rows: set[int], wanted: int
) -> None:
    values, asked = make_values(80), np.array(sorted(rows))
    found, told = NearestIndex(values, exact=exact).search_outside(asked, wanted, asked=256)
    between = distances_between(values)[:, asked].min(axis=1)
    between[asked] = np.inf
    assert len(found) == len(set(found.tolist())) == min(wanted, 80 - len(asked))
    assert not rows & set(found.tolist())
    assert (np.diff(told) >= 0).all()
    if exact:
        np.testing.assert_allclose(told, np.sort(between)[: len(found)], atol=1e-5)


@pytest.fixture
def file(tmp_path) -> EmbeddingFile:
    path = tmp_path / "embeddings.npy"
    np.save(path, make_values(300))
    return EmbeddingFile(path=path, fingerprint="abc")


def test_the_job_finds_the_neighbours_of_every_tile(file: EmbeddingFile) -> None:
    request = NeighboursRequest(embeddings=file, count=15)
    result, updates = finish(embedding_work.find_neighbours(request, lambda: False))
    np.testing.assert_array_equal(
        result.indices, NearestIndex(make_values(300)).search(np.arange(300), 15)[0]
    )
    assert (result.indices.dtype, result.distances.dtype) == (np.int32, np.float32)
    assert updates[-1].done == updates[-1].total == 300


@pytest.mark.parametrize("count", [0, 1])
def test_tiles_without_others_have_no_neighbours(tmp_path: Path, count: int) -> None:
    path = tmp_path / "embeddings.npy"
    np.save(path, make_values(2)[:count])
    request = NeighboursRequest(embeddings=EmbeddingFile(path=path, fingerprint="-"), count=15)
    result, _ = finish(embedding_work.find_neighbours(request, lambda: False))
    assert result.indices.shape == result.distances.shape == (count, 0)


def test_embeddings_of_one_number_can_be_searched() -> None:
    """As those of a logistic regression on brightness are."""
    found, told = NearestIndex(make_values(30, size=1)).search(np.arange(30), 5)
    assert found.shape == (30, 5)
    assert np.isfinite(told).all()


def test_the_job_can_be_cancelled(file: EmbeddingFile) -> None:
    with pytest.raises(JobCancelled):
        finish(
            embedding_work.find_neighbours(
                NeighboursRequest(embeddings=file, count=15), lambda: True
            )
        )


def test_an_index_is_kept_for_the_next_question(file: EmbeddingFile, monkeypatch) -> None:
    request = SimilarRequest(embeddings=file, tiles=np.array([7]), count=5)
    first, _ = finish(embedding_work.find_similar(request, lambda: False))
    monkeypatch.setattr(nearest, "Whitening", pytest.fail)
    again, _ = finish(embedding_work.find_similar(request, lambda: False))
    np.testing.assert_array_equal(first.tiles, again.tiles)
    neighbours._kept.clear()
