"""The report as plain values for programs, as documented in docs/cli.md, and in a few lines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from histoviewer.domain.data_report import (
    Baseline,
    ColourFigures,
    CountRow,
    DataReport,
    MemoryCurve,
    Spread,
    StainVariation,
)
from histoviewer.domain.distributions import Distribution
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED

_NOT_KNOWN = "not known"
_KEYS = {NEGATIVE: "negative", POSITIVE: "positive", UNLABELLED: "unlabelled"}


def as_json(report: DataReport) -> dict[str, Any]:
    """Return every figure; what was not measured or cannot be is None."""
    colours, stains, baseline, memory = (
        report.colours,
        report.stains,
        report.baseline,
        report.memory,
    )
    return {
        "tiles": report.tiles,
        "classes": {"negative": report.classes.negative, "positive": report.classes.positive},
        "by_split": _counts(report.by_split),
        "by_size": _counts(report.by_size),
        "by_group": _counts(report.by_group),
        "problems": {row.kind.value: row.count for row in report.problems},
        "near_duplicates": _leaks(report),
        **(_colours(colours) if colours else {"brightness": None, "colours": None}),
        "grey": report.is_grey,
        "stains": _stains(stains) if stains else None,
        "baseline": _baseline(baseline) if baseline else None,
        "memory": _memory(memory) if memory else None,
    }


def as_lines(report: DataReport) -> Iterator[str]:
    """Yield the figures that a person looks at first."""
    for row in report.by_split:
        counts = f"negative {row.negative:,}, positive {row.positive:,}"
        yield f"{row.name:<12}{row.total:>9,}  ({counts}, unlabelled {row.unlabelled:,})"
    yield f"groups      {len(report.by_group):>9,}"
    for problem in report.problems:
        yield f"problem     {problem.count:>9,}  {problem.kind}"
    if report.colours is not None:
        for label, found in report.colours.brightness.items():
            name = report.classes.of(label)
            yield f"brightness  {found.mean:>9.3f}  mean of {name}, variance {found.variance:.4f}"
    if report.baseline is not None:
        for fit in report.baseline.rows:
            yield f"baseline    {fit.auc.value:>9.4f}  AUC of logistic regression on {fit.features}"


def _leaks(report: DataReport) -> dict[str, Any] | None:
    if report.near_duplicates is None:
        return None
    leaks = [
        {"splits": list(row.sides), "pairs": row.pairs, "tiles": row.tiles} for row in report.leaks
    ]
    return {"pairs": report.near_duplicates, "leaks": leaks}


def _counts(rows: Sequence[CountRow]) -> dict[str, dict[str, int]]:
    return {
        row.name or _NOT_KNOWN: {
            "negative": row.negative,
            "positive": row.positive,
            "unlabelled": row.unlabelled,
        }
        for row in rows
    }


def _colours(colours: ColourFigures) -> dict[str, Any]:
    return {
        "brightness": _by_label(colours.brightness),
        "colours": {
            channel.value: _by_label(by_label) for channel, by_label in colours.channels.items()
        },
    }


def _by_label(by_label: Mapping[int, Distribution]) -> dict[str, Any]:
    return {
        _KEYS[label]: {
            "n": found.n,
            "mean": found.mean,
            "variance": found.variance,
            "minimum": found.minimum,
            "maximum": found.maximum,
            "counts": found.counts.tolist(),
        }
        for label, found in by_label.items()
    }


def _stains(stains: StainVariation) -> dict[str, Any]:
    def spread(found: Spread) -> dict[str, float]:
        return {"mean": found.mean, "deviation": found.deviation}

    return {
        "haematoxylin_between": stains.haematoxylin_between,
        "eosin_between": stains.eosin_between,
        "groups": {
            row.group: {
                "tiles": row.n,
                "haematoxylin": spread(row.haematoxylin),
                "eosin": spread(row.eosin),
            }
            for row in stains.rows
        },
    }


def _baseline(baseline: Baseline) -> dict[str, Any]:
    return {
        "train": baseline.train,
        "validation": baseline.validation,
        "resampled": baseline.resampled,
        "units": baseline.units,
        **{
            row.features: {
                "auc": row.auc.value,
                "auc_low": row.auc.low,
                "auc_high": row.auc.high,
                "accuracy": row.accuracy,
            }
            for row in baseline.rows
        },
    }


def _memory(memory: MemoryCurve) -> dict[str, Any]:
    return {
        "tiles": memory.tiles.tolist(),
        "bytes": memory.taken.tolist(),
        "added": memory.added,
        "packed": memory.packed,
        "as_floats": memory.as_floats,
    }
