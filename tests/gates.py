"""What the promotion gate found, made up."""

from typing import Any

from histoviewer.domain.assessment import Comparison, Interval
from histoviewer.domain.gate import GateResult


def gate_result(*, margin: float = 0.002, **changes: Any) -> GateResult:
    """A challenger with an AUC of 0.94 against a champion with 0.95."""
    facts = {
        "first": "002-test",
        "second": "001-test",
        "n": 900,
        "first_auc": 0.94,
        "second_auc": 0.95,
        "difference": Interval(value=-0.01, low=-0.022, high=0.002),
        "at_least": -0.02,
        "p": 0.1,
        "resampled": "tile",
        "units": 900,
    }
    return GateResult(comparison=Comparison(**{**facts, **changes}), margin=margin)
