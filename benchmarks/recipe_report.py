"""docs/results.md from the figures of the runs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.folds import folds_section
from benchmarks.recipe_runs import digest_of
from histoviewer.domain.assessment import Comparison
from histoviewer.domain.recipe import load_recipe
from histoviewer.ml.assessing import compare
from histoviewer.ml.requests import CompareRequest

_LARGE = 3_000_000  # parameters
_TEMPLATE = Path(__file__).with_name("results_template.md")
_PLACE = "<!-- tables -->"


def write_report(runs: Path, out: Path, *, planned: Sequence[str]) -> None:
    """Write the page from the runs that there are, and say which are still to come.

    Args:
        runs: Folder of their figures; what stands behind the name of a run is another one like it.
        out: The page.
        planned: Names of all runs.
    """
    kept = {name: runs / f"{name}.json" for name in planned}
    again = [path for name in planned for path in sorted(runs.glob(f"{name}-*.json"))]
    found = [Kept.read(path) for path in (*kept.values(), *again) if path.exists()]
    lines = [*_tables([run.figures for run in found]), *_differences(found), *folds_section(runs)]
    if commits := sorted({str(run.figures["commit"]) for run in found}):
        lines += ["\n## Made by\n", f"The code of {', '.join(f'`{one}`' for one in commits)}."]
    if missing := [f"`{name}`" for name, path in kept.items() if not path.exists()]:
        lines += [
            "\n## Not run yet\n",
            f"{', '.join(missing)}. The same command goes on with them.",
        ]
    template = _TEMPLATE.read_text(encoding="utf-8")
    out.write_text(template.replace(_PLACE, "\n".join((*lines, ""))), encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a run has left.

    Args:
        figures: What the tables show.
        validation: Arrays of labels, scores and groups of its validation tiles.
    """

    figures: dict[str, Any]
    validation: Path

    @classmethod
    def read(cls, path: Path) -> "Kept":
        """Read what lies at the path of the figures."""
        return cls(
            figures=json.loads(path.read_text(encoding="utf-8")),
            validation=path.with_suffix(".npz"),
        )


def _differences(runs: Sequence[Kept]) -> Iterator[str]:
    """Yield how the recipes that were run at their own length differ, over all runs of both."""
    full = [run for run in runs if run.figures["table"] == "seeds"]
    with_scores = [run for run in full if run.validation.exists()]
    names = dict.fromkeys(run.figures["recipe"] for run in with_scores)
    found = [
        _difference(*(_of(with_scores, name) for name in pair)) for pair in combinations(names, 2)
    ]
    without = [f"`{run.validation.stem}`" for run in full if not run.validation.exists()]
    if found or without:
        yield "\n## Differences between them\n"
    if found:
        yield from _table(found)
    if without:
        yield (
            "\nNot compared, since the scores of their validation tiles are not beside their "
            f"figures: {', '.join(without)}."
        )


def _table(differences: Sequence[str]) -> Iterator[str]:
    yield (
        "Of the mean AUC over all runs of both, by a paired bootstrap of the validation tiles.\n"
    )
    yield "| recipes | runs | difference of AUC | 95 % | p |"
    yield "|---|---|---|---|---|"
    yield from differences


def _of(runs: Sequence[Kept], name: str) -> list[Kept]:
    return [run for run in runs if run.figures["recipe"] == name]


def _difference(*sides: Sequence[Kept]) -> str:
    """Return the row of two recipes, the better one first."""
    better, worse = sorted(sides, key=_mean_auc, reverse=True)
    found = _compared(better, worse)
    ends = f"{found.difference.low:+.4f} to {found.difference.high:+.4f}"
    names = f"`{found.first}` less `{found.second}`"
    numbers = f"{len(better)}, {len(worse)}"
    return f"| {names} | {numbers} | {found.difference.value:+.4f} | {ends} | {found.p:.2g} |"


def _mean_auc(runs: Sequence[Kept]) -> float:
    return float(np.mean([run.figures["validation"]["auc"] for run in runs]))


def _compared(better: Sequence[Kept], worse: Sequence[Kept]) -> Comparison:
    first, second = ([np.load(run.validation) for run in runs] for runs in (better, worse))
    return compare(
        CompareRequest(
            first_model=better[0].figures["recipe"],
            second_model=worse[0].figures["recipe"],
            labels=first[0]["labels"],
            first=np.stack([run["scores"] for run in first]),
            second=np.stack([run["scores"] for run in second]),
            groups=first[0]["groups"],
        )
    )


def _tables(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    for table, title, split in (
        ("pcam", "Kaggle's tiles: 4,000 to train on, 1,000 to validate", "validation"),
        ("idc", "IDC tiles, split by patient", "validation"),
        ("chest_xray", "Chest X-rays, the 200 images of the test folder", "test"),
    ):
        rows = [run for run in found if run["table"] == table]
        if rows:
            yield from _section(title, rows, split)
    full = [run for run in found if run["table"] == "seeds"]
    for name in dict.fromkeys(run["recipe"] for run in full):
        yield from _seeds([run for run in full if run["recipe"] == name])


def _section(title: str, runs: Sequence[dict[str, Any]], split: str) -> Iterator[str]:
    trained = [run for run in runs if "refused" not in run]
    trained.sort(key=lambda run: -run[split]["auc"])
    yield f"\n## {title}\n"
    yield (
        "| recipe | AUC | 95 % | accuracy | sensitivity | specificity | parameters | epochs | "
        "seconds | trained, tiles/s | scored, tiles/s | share, pace |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for run in trained:
        yield _row(run, run[split])
    for run in runs:
        if "refused" in run:
            yield f"\n`{run['recipe']}` was not trained: {run['refused']}"


def _row(run: dict[str, Any], figures: dict[str, Any]) -> str:
    metrics = run["metrics"]
    name = f"**`{run['recipe']}`**" if run["own"] else f"`{run['recipe']}`"
    if metrics["parameters"] > _LARGE:
        name += " ▲"
    if run["digest"] != digest_of(load_recipe(run["recipe"])):
        name += " †"
    cells = (
        name,
        f"{figures['auc']:.4f}",
        f"{figures['low']:.3f}-{figures['high']:.3f}",
        f"{figures['accuracy']:.3f}",
        f"{figures['sensitivity']:.2f}",
        f"{figures['specificity']:.2f}",
        f"{metrics['parameters']:,.0f}",
        f"{metrics['epochs']:.0f} of {run['planned_epochs']}",
        f"{metrics['seconds']:.0f}",
        f"{metrics['tiles_per_second']:,.0f}",
        f"{run['scored_per_second']:,.0f}",
        f"{run['share']:.0%}, {run['pace']:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def _seeds(runs: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield f"\n## `{runs[0]['recipe']}` at its own length\n"
    yield (
        "| seed | AUC | 95 % | accuracy | epochs | best | deepest fall | seconds | share, pace | "
        "code |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for run in sorted(runs, key=lambda run: int(run["seed"])):
        figures, metrics = run["validation"], run["metrics"]
        yield (
            f"| {run['seed']} | {figures['auc']:.4f} | {figures['low']:.3f}-{figures['high']:.3f} "
            f"| {figures['accuracy']:.3f} | {metrics['epochs']:.0f} | {metrics['best_epoch']:.0f} "
            f"| {run['deepest_fall']:.4f} | {metrics['seconds']:.0f} "
            f"| {run['share']:.0%}, {run['pace']:.0f} | `{run['commit']}` |"
        )
    aucs = [run["validation"]["auc"] for run in runs]
    yield f"\nMean {sum(aucs) / len(aucs):.4f}, lowest {min(aucs):.4f}."
