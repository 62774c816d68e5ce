"""Figures with a bound of their own: p50, p99 and worst of what was measured, as Markdown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import numpy as np

Statistic = Literal["p50", "p99", "worst"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was measured, many times or once.

    Args:
        name: What.
        unit: Of the values.
        count: How often it was measured.
        p50: Median.
        p99: 99th percentile.
        worst: The greatest.
        bounds: What statistics are held to, at most; none where it is only shown.
        reference: Median and 99th percentile of the yardstick in the same minutes; what that is
            stands in the name of the table.
    """

    name: str
    unit: str
    count: int
    p50: float
    p99: float
    worst: float
    bounds: dict[Statistic, float]
    reference: tuple[float, float] | None = None

    @classmethod
    def of(
        cls,
        name: str,
        values: Sequence[float],
        *,
        unit: str = "ms",
        bounds: dict[Statistic, float] | None = None,
        reference: Sequence[float] = (),
    ) -> Self:
        """Return the figure of some values."""
        return cls(
            name=name,
            unit=unit,
            count=len(values),
            p50=float(np.percentile(values, 50)),
            p99=float(np.percentile(values, 99)),
            worst=float(np.max(values)),
            bounds=bounds or {},
            reference=_middle_and_tail(reference) if len(reference) else None,
        )

    @property
    def holds(self) -> bool:
        """Return whether every bound is kept."""
        return all(getattr(self, key) <= bound for key, bound in self.bounds.items())

    def as_json(self) -> dict[str, Any]:
        """Return the figure with whether it holds."""
        return {**asdict(self), "holds": self.holds}


def markdown(figures: Sequence[Figure]) -> str:
    """Return figures as a Markdown table."""
    lines = [
        "| what | n | p50 | p99 | max | bound | holds | yardstick p50 / p99 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join(lines + [_line(figure) for figure in figures])


def _line(figure: Figure) -> str:
    p50, p99, worst = (
        f"{_digits(value)} {figure.unit}" for value in (figure.p50, figure.p99, figure.worst)
    )
    names = {"p50": "p50", "p99": "p99", "worst": "max"}
    bound = ", ".join(f"{names[key]} ≤ {bound:g}" for key, bound in figure.bounds.items())
    holds = ("yes" if figure.holds else "**no**") if figure.bounds else ""
    yardstick = " / ".join(map(_digits, figure.reference)) if figure.reference else ""
    if figure.count == 1:
        p50 = p99 = ""
    return (
        f"| {figure.name} | {figure.count:,} | {p50} | {p99} | {worst} | {bound} | {holds} "
        f"| {yardstick} |"
    )


def _digits(value: float) -> str:
    """Return a number with three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _middle_and_tail(values: Sequence[float]) -> tuple[float, float]:
    return float(np.percentile(values, 50)), float(np.percentile(values, 99))
