"""The page of results: what it keeps, what it runs anew, and what it says of differences."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import recipe_runs
from benchmarks.recipe_report import write_report
from benchmarks.recipe_runs import DataSet, Plan, finish
from histoviewer.services.importing import ImportOptions


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A run whose training is replaced by its number."""
    runs: list[int] = []

    def run(plan: Plan, _project: Path, _validation: Path) -> dict[str, Any]:
        runs.append(len(runs))
        return {"digest": plan.digest, "number": len(runs)}

    monkeypatch.setattr(recipe_runs, "_run", run)
    monkeypatch.setattr(recipe_runs, "_project", lambda *_: Path("unused"))
    data = DataSet(name="pcam", options=ImportOptions())
    return Plan(data=data, recipe="histo-fast", seed=0, budget=180, table="pcam")


def test_a_run_is_kept_until_its_recipe_changes(plan: Plan, tmp_path: Path) -> None:
    def number() -> int:
        return int(finish(plan, data=tmp_path, build=tmp_path, runs=tmp_path)["number"])

    assert [number(), number()] == [1, 1]
    kept = tmp_path / f"{plan.name}.json"
    kept.write_text(kept.read_text().replace(plan.digest, "of an older recipe"))
    assert [number(), number()] == [2, 2]


def test_the_figures_of_an_older_recipe_stay_until_the_run_is_done(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    older = '{"digest": "of an older recipe"}'
    kept = tmp_path / f"{plan.name}.json"
    kept.write_text(older)
    monkeypatch.setattr(recipe_runs, "_run", fail)

    with pytest.raises(KeyboardInterrupt):
        finish(plan, data=tmp_path, build=tmp_path, runs=tmp_path)

    assert [path.read_text() for path in tmp_path.iterdir()] == [older]


def test_remarks_do_not_make_another_recipe(tmp_path: Path) -> None:
    def digest(text: str) -> str:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        data = DataSet(name="pcam", options=ImportOptions())
        return Plan(data=data, recipe=str(path), seed=0, budget=180, table="pcam").digest

    text = "title = 'Mine'\n[[blocks]]\nkind = 'conv'\nfilters = 8\n"
    assert digest(text) == digest(f"# Why it is so.\n{text}")
    assert digest(text) != digest(text.replace("8", "9"))


def _leave_run(
    runs: Path, recipe: str, scores: np.ndarray, labels: np.ndarray, *, seed: int = 0
) -> str:
    name = f"pcam-{recipe}-{seed}-600s"
    positive, negative = scores[labels == 1], scores[labels == 0]
    auc = float((positive[:, None] > negative).mean())
    figures = {"auc": auc, "low": 0.8, "high": 1.0, "accuracy": 0.8}
    metrics = {"epochs": 3, "best_epoch": 2, "seconds": 5}
    facts = {"table": "seeds", "recipe": recipe, "seed": seed, "commit": "abc1234"}
    facts |= {"deepest_fall": 0.0, "share": 1.0, "pace": 100.0}
    content = facts | {"metrics": metrics, "validation": figures}
    (runs / f"{name}.json").write_text(json.dumps(content))
    groups = np.full(len(labels), -1, np.int32)
    np.savez(runs / f"{name}.npz", labels=labels, scores=scores, groups=groups)
    return name


def test_recipes_are_compared_on_the_tiles_that_both_judged(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = np.tile(np.array([0, 1], np.int8), 200)
    good = (labels + rng.normal(0, 0.5, 400)).astype(np.float32)
    bad = rng.random(400, np.float32)
    names = [
        _leave_run(tmp_path, "good", good, labels),
        _leave_run(tmp_path, "bad", bad, labels),
    ]
    page = tmp_path / "results.md"
    write_report(tmp_path, page, planned=[*names, "pcam-late-0-600s"])
    text = page.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("| `good` less `bad`"))
    cells = [cell.strip() for cell in row.split("|")]
    assert cells[2] == "1, 1"
    low = float(cells[4].split(" to ")[0])
    assert low > 0.2
    assert float(cells[5]) < 0.01
    assert "`abc1234`" in text
    assert "`pcam-late-0-600s`" in text


def test_recipes_are_compared_by_the_mean_over_all_runs_of_both(tmp_path: Path) -> None:
    labels = np.tile(np.array([0, 1], np.int8), 150)
    rng = np.random.default_rng(3)
    names = [
        _leave_run(
            tmp_path,
            recipe,
            (labels + rng.normal(0, noise, 300)).astype(np.float32),
            labels,
            seed=seed,
        )
        for recipe, noise in (("good", 0.7), ("bad", 0.85))
        for seed in range(4)
    ]
    page = tmp_path / "results.md"
    write_report(tmp_path, page, planned=names)
    rows = [
        line
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `") and " less " in line
    ]
    (cells,) = ([cell.strip() for cell in row.split("|")] for row in rows)
    assert cells[1:3] == ["`good` less `bad`", "4, 4"]
    assert float(cells[5]) < 0.01


def test_a_run_that_was_made_again_counts_beside_the_first(tmp_path: Path) -> None:
    labels = np.tile(np.array([0, 1], np.int8), 150)
    rng = np.random.default_rng(3)
    first, other = (
        _leave_run(tmp_path, name, rng.random(300, np.float32), labels) for name in ("one", "two")
    )
    for kind in ("json", "npz"):
        (tmp_path / f"{first}-abc1234.{kind}").write_bytes(
            (tmp_path / f"{first}.{kind}").read_bytes()
        )
    page = tmp_path / "results.md"

    write_report(tmp_path, page, planned=[first, other])

    lines = page.read_text(encoding="utf-8").splitlines()
    (row,) = (line for line in lines if line.startswith("| `") and " less " in line)
    assert sorted(row.split("|")[2].strip().split(", ")) == ["1", "2"]
    assert len([line for line in lines if line.startswith("| 0 |")]) == 3


def test_runs_without_their_scores_are_named(tmp_path: Path) -> None:
    labels = np.tile(np.array([0, 1], np.int8), 20)
    scores = np.linspace(0, 1, 40, dtype=np.float32)
    kept, lost = (_leave_run(tmp_path, name, scores, labels) for name in ("kept", "lost"))
    (tmp_path / f"{lost}.npz").unlink()
    page = tmp_path / "results.md"

    write_report(tmp_path, page, planned=[kept, lost])

    lines = page.read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith("Not compared"))
    assert f"`{lost}`" in line
    assert f"`{kept}`" not in line
