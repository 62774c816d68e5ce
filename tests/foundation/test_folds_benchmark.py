"""Folds of the training tiles: what is said of how two recipes differ."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.folds import RECIPES, folds_section, mean_difference


def some_scores(seed: int, count: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels, scores of a fair model and those of a better one."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count).astype(np.int8)
    fair, better = (labels + rng.normal(0, spread, count) for spread in (1.0, 0.4))
    return labels, fair, better


def area(labels: np.ndarray, scores: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(labels, scores))


def keep(runs: Path, name: str, fold: int, labels: np.ndarray, scores: np.ndarray) -> None:
    path = runs / f"fold-{name}-{fold}.json"
    figures = {
        "auc": area(labels, scores),
        "log_loss": 0.25,
        "processor_seconds": 90.0,
    }
    path.write_text(json.dumps(figures))
    np.savez(path.with_suffix(".npz"), labels=labels, scores=scores)


def test_the_difference_is_the_mean_over_the_folds() -> None:
    folds = [some_scores(seed) for seed in range(2)]
    found, low, high = mean_difference(folds, resamples=100)
    by_hand = [area(y, better) - area(y, fair) for y, fair, better in folds]
    assert found == pytest.approx(np.mean(by_hand))
    assert 0 < low < found < high


def test_a_recipe_does_not_differ_from_itself() -> None:
    labels, fair, _ = some_scores(0)
    assert mean_difference([(labels, fair, fair)], resamples=20) == (0.0, 0.0, 0.0)


def test_the_page_has_the_folds_that_were_run_with_both(tmp_path: Path) -> None:
    for fold in (0, 2):
        labels, fair, better = some_scores(fold)
        for name, scores in zip(RECIPES, (fair, better), strict=True):
            keep(tmp_path, name, fold, labels, scores)
    keep(tmp_path, RECIPES[0], 1, labels, fair)
    lines = list(folds_section(tmp_path))
    assert [line[:4] for line in lines if line[:3] in ("| 0", "| 1", "| 2")] == ["| 0 ", "| 2 "]
    assert "the mean over 2 folds: +0." in lines[-1]


def test_without_a_fold_there_is_no_section(tmp_path: Path) -> None:
    assert list(folds_section(tmp_path)) == []
