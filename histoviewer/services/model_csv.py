"""The table of models and the learning curves of their runs, as tables for CSV files."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

from histoviewer.services.csv_tables import Cell, Table
from histoviewer.services.model_table import ModelRow, RunCurves

_OF_MODEL: Final = ("id", "number", "kind", "recipe")
_GAPS: Final = ("loss_gap", "accuracy_gap", "auc_gap")


def model_tables(rows: Sequence[ModelRow], runs: Sequence[RunCurves]) -> Mapping[str, Table]:
    """Return the tables 'models', a row each, and 'learning', a row an epoch of every run.

    Args:
        rows: Every model.
        runs: The learning curves of those that have some.
    """
    return {"models": _models(rows), "learning": _learning(runs)}


def _models(rows: Sequence[ModelRow]) -> Table:
    figures = [field.name for field in fields(ModelRow) if field.name != "model"]
    return Table(
        header=(*_OF_MODEL, *figures, *_GAPS),
        rows=[
            [
                *(getattr(row.model, name) for name in _OF_MODEL),
                *(_cell(getattr(row, name)) for name in (*figures, *_GAPS)),
            ]
            for row in rows
        ],
    )


def _cell(value: float | None) -> Cell:
    return "" if value is None or math.isnan(value) else value


def _learning(runs: Sequence[RunCurves]) -> Table:
    names = list(dict.fromkeys(name for run in runs for name in run.curves))
    return Table(
        header=("model", "epoch", *names),
        rows=[
            [
                run.model,
                int(epoch),
                *(run.curves[name][at] if name in run.curves else "" for name in names),
            ]
            for run in runs
            for at, epoch in enumerate(run.epochs)
        ],
    )
