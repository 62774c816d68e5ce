"""Train every recipe under one budget: `python -m benchmarks.recipes --data DIR [NAME ...]`.

DIR holds the data sets `pcam` (Kaggle's layout, with `validation_ids.csv`), `idc` (a folder a
patient) and `chest_xray` (class folders). What was run before is not run again: its figures are
kept in docs/results, one JSON file a run, and beside it an .npz of the same name with the scores of
the validation tiles, which runs are compared by. Both belong to the repository, so that another
machine goes on where this one ended; remove the figures to run them anew. At the end
docs/results.md is written from all that is there.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.recipe_report import write_report
from benchmarks.recipe_runs import DataSet, Plan, finish
from histoviewer.domain.recipe import load_recipes
from histoviewer.services.importing import ImportOptions

BUDGET_S = 180.0
# What is shown on tiles by patient besides our own.
_BY_PATIENT = ("cnn-gap-colour", "cnn-triple-conv", "cnn-gap-gray")
# Our own at their full length: the default within its bound and with three seeds, the large one
# however long it takes.
_FULL: Final = {"histo-fast": (600.0, (0, 1, 2)), "histo-best": (14_400.0, (0, 1, 2))}


def main() -> int:
    options = _read_options()
    plans = list(_plans(options.data, options.budget))
    for plan in plans:
        if _wanted(plan, options.names):
            finish(plan, data=options.data, build=options.build, runs=options.runs)
    write_report(options.runs, options.out, planned=[plan.name for plan in plans])
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.recipes")
    parser.add_argument("names", nargs="*", metavar="NAME", help="of recipes, or of data sets")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--build", type=Path, default=Path("build/recipes"))
    parser.add_argument("--runs", type=Path, default=Path("docs/results"))
    parser.add_argument("--out", type=Path, default=Path("docs/results.md"))
    parser.add_argument("--budget", type=float, default=BUDGET_S, help="seconds a recipe")
    return parser.parse_args()


def _wanted(plan: Plan, names: list[str]) -> bool:
    return not names or plan.recipe in names or plan.data.name in names


def _plans(data: Path, budget: float) -> Iterator[Plan]:
    """Yield all runs, those on Kaggle's tiles first."""
    recipes = load_recipes()
    ours = [recipe.name for recipe in recipes if recipe.group == "histoviewer"]
    listed = ImportOptions(validation_ids=data / "pcam" / "validation_ids.csv")
    pcam = DataSet(name="pcam", options=listed)
    for recipe in recipes:
        if recipe.group in ("histoviewer", "histology"):
            yield Plan(data=pcam, recipe=recipe.name, seed=0, budget=budget, table="pcam")
    for name, (seconds, seeds) in _FULL.items():
        for seed in seeds:
            yield Plan(data=pcam, recipe=name, seed=seed, budget=seconds, table="seeds")
    idc = DataSet(name="idc", options=ImportOptions())
    for name in (*ours, *_BY_PATIENT):
        yield Plan(data=idc, recipe=name, seed=0, budget=budget, table="idc")
    xray = DataSet(name="chest_xray", options=ImportOptions())
    for recipe in recipes:
        if recipe.group == "x-ray":
            yield Plan(data=xray, recipe=recipe.name, seed=0, budget=budget, table="chest_xray")


if __name__ == "__main__":
    sys.exit(main())
