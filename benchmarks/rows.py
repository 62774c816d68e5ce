"""One line of a benchmark: our figure, that of the plain way, and the bound for their ratio."""

import operator
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


class NotMeasured(Exception):
    """A benchmark needs what this machine has not; the message says what."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comparison.

    Args:
        name: What is measured.
        ours: Our figure.
        reference: The figure of the plain way, measured in the same run.
        unit: Unit of both.
        bound: What the ratio ours / reference is held to.
        at_least: Whether the ratio shall be at least (True) or at most (False) the bound.
    """

    name: str
    ours: float
    reference: float
    unit: str
    bound: float
    at_least: bool

    @property
    def ratio(self) -> float:
        """Return ours / reference."""
        return self.ours / self.reference

    @property
    def holds(self) -> bool:
        """Return whether the ratio is within its bound."""
        compare = operator.ge if self.at_least else operator.le
        return bool(compare(self.ratio, self.bound))

    def as_json(self) -> dict[str, Any]:
        """Return the row with its ratio."""
        return {**asdict(self), "ratio": self.ratio, "holds": self.holds}


def table(rows: list[Row]) -> str:
    """Return rows as a table for people."""
    head = f"{'':<52}{'ours':>12}{'reference':>12}  {'unit':<10}{'ratio':>7}  bound"
    lines = [head, "-" * len(head)]
    for row in rows:
        bound = f"{'>=' if row.at_least else '<='} {row.bound:g}"
        mark = "" if row.holds else "  MISSED"
        lines.append(
            f"{row.name:<52}{row.ours:>12,.4g}{row.reference:>12,.4g}  {row.unit:<10}"
            f"{row.ratio:>7.2f}  {bound}{mark}"
        )
    return "\n".join(lines)


def say(words: str) -> None:
    """Tell whoever waits what is being done."""
    print(words, file=sys.stderr, flush=True)


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
