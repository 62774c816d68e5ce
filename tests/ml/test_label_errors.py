"""Out-of-sample probabilities, confident learning and ActiveLab, on plain arrays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histoviewer.domain.arrays import Float32, Int8, Int64
from histoviewer.domain.folds import assign_folds
from histoviewer.errors import InputError
from histoviewer.ml import out_of_sample as module
from histoviewer.ml.label_errors import active_lab, find_label_errors
from histoviewer.ml.out_of_sample import learn_head, out_of_sample


def make(count: int = 400, *, apart: float = 1.0, seed: int = 0) -> tuple[Float32, Int8]:
    """Return embeddings of two overlapping classes, and their labels."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 2).astype(np.int8)
    features = rng.normal(size=(count, 8)) + apart * (2 * labels[:, None] - 1)
    return features.astype(np.float32), labels


def judged(features: Float32, labels: Int8, clusters: Int64 | None = None) -> Float32:
    numbers = np.arange(len(labels)) if clusters is None else clusters
    return next(out_of_sample(features, labels, numbers))


@given(
    sizes=st.lists(st.integers(1, 9), min_size=5, max_size=30),
    folds=st.integers(2, 5),
    seed=st.integers(0, 9),
)
@settings(max_examples=50)
def test_no_cluster_is_in_two_folds_and_none_is_empty(
    sizes: list[int], folds: int, seed: int
) -> None:
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    labels = (np.arange(len(clusters)) % 2).astype(np.int8)

    fold = assign_folds(labels, clusters, folds=folds, seed=seed)

    assert all(len(set(fold[clusters == number])) == 1 for number in range(len(sizes)))
    counts = np.bincount(fold, minlength=folds)
    assert counts.min() > 0
    assert counts.max() - counts.min() <= max(sizes)


def test_a_tile_is_judged_without_its_own_label() -> None:
    features, labels = make(60)
    before, tile = judged(features, labels), 7
    weights = np.ones(60, np.float32)
    weights[tile] = 1e6
    after = next(out_of_sample(features, labels, np.arange(60), weights=weights))

    assert after[tile] == before[tile]
    assert not np.allclose(after, before)


def test_a_duplicate_with_another_label_does_not_judge_its_twin() -> None:
    features, labels = make(200, apart=0.5)
    features[1] = features[0]  # labelled 1 and 0
    clusters = np.arange(200)
    clusters[1] = 0

    together, apart = judged(features, labels, clusters), judged(features, labels)

    assert together[0] == pytest.approx(together[1])
    assert apart[0] != pytest.approx(apart[1])


def test_tiles_that_nothing_may_be_learned_from_are_judged_by_all_heads() -> None:
    features, labels = make(200)
    learnable = np.arange(200) < 150
    wrong = labels.copy()
    wrong[150:] = 1 - wrong[150:]

    found = next(out_of_sample(features, wrong, np.arange(200), learnable=learnable))

    assert (((found > 0.5) == labels)[150:]).mean() > 0.9


def test_planted_errors_come_first_and_are_suspect() -> None:
    features, labels = make(1000, apart=0.8)
    flipped = np.random.default_rng(1).choice(1000, 50, replace=False)
    labels[flipped] = 1 - labels[flipped]

    errors = find_label_errors(labels, judged(features, labels))

    first = np.argsort(errors.quality)[:100]
    assert np.isin(flipped, first).mean() > 0.9
    assert errors.suspect[flipped].mean() > 0.8
    assert errors.suspect.sum() < 100


def test_half_precision_and_many_tiles_change_nothing_that_matters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    features, labels = make(600)
    whole = judged(features, labels)

    monkeypatch.setattr(module, "_ROWS", 64)
    monkeypatch.setattr(module, "MOST_LEARNED", 300)
    sampled = judged(features.astype(np.float16), labels)

    assert ((whole > 0.5) == (sampled > 0.5)).mean() > 0.98


@pytest.mark.parametrize(
    ("labels", "words"), [([0] * 20, "one class"), ([0] * 20 + [1] * 3, "5 folds")]
)
def test_too_few_labels_are_refused(labels: list[int], words: str) -> None:
    features, _ = make(len(labels))

    with pytest.raises(InputError, match=words):
        judged(features, np.array(labels, np.int8))


def test_a_class_that_is_in_one_group_only_is_refused() -> None:
    features, labels = make(60)

    with pytest.raises(InputError, match="same group"):
        judged(features, labels, np.where(labels == 1, 0, np.arange(60)))


def test_a_feature_that_never_varies_does_no_harm() -> None:
    features, labels = make(60)
    features[:, 3] = 7

    assert np.isfinite(learn_head(features, labels).logits(features)).all()


# -- ActiveLab


def test_a_tile_that_readers_confirmed_wants_another_label_less() -> None:
    features, labels = make(400, apart=0.7)
    probability = judged(features, labels)
    opinions = np.full((3, 400), -1, np.int8)
    opinions[0] = labels
    alone = active_lab(opinions[:1], probability)
    read = np.argsort(alone)[:40]
    opinions[1:, read] = labels[read]

    together = active_lab(opinions, probability)

    assert np.median(np.argsort(np.argsort(together))[read]) > 200
    assert np.argsort(alone)[0] in read


def test_a_tile_of_no_label_can_be_compared_with_labelled_ones() -> None:
    features, labels = make(400)
    probability = judged(features, labels)
    opinions = labels[None].copy()
    opinions[0, :50] = -1

    scores = active_lab(opinions, probability)

    assert np.isfinite(scores).all()
    assert scores[:50].mean() < scores[50:].mean()


def test_readers_who_only_looked_at_wrong_labels_are_no_fault() -> None:
    features, labels = make(100)
    opinions = np.full((2, 100), -1, np.int8)
    opinions[0] = labels
    opinions[1, :3] = 1 - labels[:3]

    assert np.isfinite(active_lab(opinions, judged(features, labels))).all()


def test_scores_read_off_a_sample_are_those_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    from histoviewer.ml import label_errors

    features, labels = make(1200, apart=0.5)
    probability = judged(features, labels)
    opinions = labels[None]
    all_of_them = active_lab(opinions, probability)

    monkeypatch.setattr(label_errors, "_SAMPLE", 300)

    assert np.allclose(active_lab(opinions, probability), all_of_them, atol=0.01)
