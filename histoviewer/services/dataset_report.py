"""What a data set holds and what is wrong with it, as counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median_low
from typing import Any

import numpy as np

from histoviewer.domain.arrays import Int8
from histoviewer.domain.distinct import distinct_pairs
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames
from histoviewer.domain.tiles import Catalogue, Problem, Split
from histoviewer.tiles.reporting import PackReport

# A damaged set can have hundreds of thousands of problems: people read counts and the first few.
_LISTED = 20
_SIZES = 8


@dataclass(frozen=True, kw_only=True)
class DatasetReport:
    """Counts of a data set.

    Args:
        root: The data set folder or file.
        layout: Name of the layout it was read by.
        classes: What its classes are called.
        tiles: Number of tiles.
        by_split: Tiles by split name, then by class name.
        by_size: Tiles by original size, 'height x width', commonest first.
        by_group: Tiles by group name; empty where groups are not known.
        problems: Everything found wrong.
        tiles_per_second: How fast the tiles were read.
    """

    root: Path
    layout: str
    classes: ClassNames
    tiles: int
    by_split: dict[str, dict[str, int]]
    by_size: dict[str, int]
    by_group: dict[str, int]
    problems: Sequence[Problem]
    tiles_per_second: float

    @property
    def problem_counts(self) -> dict[str, int]:
        """Return the number of problems by kind."""
        return dict(Counter(str(problem.kind) for problem in self.problems).most_common())

    def as_json(self) -> dict[str, Any]:
        """Return the report as documented in docs/cli.md."""
        return {
            "dataset": str(self.root),
            "layout": self.layout,
            "tiles": self.tiles,
            "classes": {"negative": self.classes.negative, "positive": self.classes.positive},
            "by_split": self.by_split,
            "by_size": self.by_size,
            "by_group": self.by_group,
            "problem_counts": self.problem_counts,
            "problems": [
                {"kind": str(problem.kind), "subject": problem.subject, "detail": problem.detail}
                for problem in self.problems
            ],
            "tiles_per_second": round(self.tiles_per_second, 1),
        }

    def as_text(self) -> str:
        """Return the report as lines for people."""
        lines = [f"{self.root}: {self.tiles:,} tiles, layout '{self.layout}'"]
        for split, classes in self.by_split.items():
            counts = ", ".join(f"{name} {count:,}" for name, count in classes.items())
            lines.append(f"  {split:<12}{sum(classes.values()):>9,}  ({counts})")
        shown = list(self.by_size.items())[:_SIZES]
        sizes = ", ".join(f"{size}: {count:,}" for size, count in shown)
        rest = len(self.by_size) - len(shown)
        more = f" and {rest} more sizes" if rest else ""
        lines.append(f"  sizes       {sizes}{more}")
        lines.append(f"  groups      {self._groups_text()}")
        if not self.problems:
            return "\n".join([*lines, "  problems    none"])
        lines.append("  problems")
        lines += [f"    {count:>7,}  {kind}" for kind, count in self.problem_counts.items()]
        lines += [
            f"      {problem.kind}: {problem.subject} {problem.detail}".rstrip()
            for problem in self.problems[:_LISTED]
        ]
        if len(self.problems) > _LISTED:
            lines.append(f"      … and {len(self.problems) - _LISTED:,} more (all with --json)")
        return "\n".join(lines)

    def _groups_text(self) -> str:
        if not self.by_group:
            return "not known"
        counts = sorted(self.by_group.values())
        spread = f"{counts[0]:,} to {counts[-1]:,} tiles each, median {median_low(counts):,}"
        return f"{len(counts):,}, {spread}"


def describe(
    *, catalogue: Catalogue, splits: Int8, packed: PackReport, problems: Sequence[Problem]
) -> DatasetReport:
    """Count what a data set holds.

    Args:
        catalogue: The tiles found.
        splits: (N,) int8 of `Split` as assigned.
        packed: What reading every tile found.
        problems: All problems, those of the tiles included.
    """
    return DatasetReport(
        root=catalogue.root,
        layout=catalogue.layout,
        classes=catalogue.classes,
        tiles=len(catalogue),
        by_split=_count_by_split(catalogue.classes, catalogue.given, splits),
        by_size=_count_by_size(packed),
        by_group={name: n for name, n in Counter(catalogue.groups).most_common() if name},
        problems=tuple(problems),
        tiles_per_second=packed.tiles_per_second,
    )


def _count_by_split(classes: ClassNames, labels: Int8, splits: Int8) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for split in Split:
        inside = labels[splits == split]
        if len(inside):
            counts[split.word] = {
                classes.of(label): int(np.count_nonzero(inside == label))
                for label in (NEGATIVE, POSITIVE, UNLABELLED)
                if (inside == label).any()
            }
    return counts


def _count_by_size(packed: PackReport) -> dict[str, int]:
    known = (packed.heights > 0) & (packed.widths > 0)
    sizes, numbers = distinct_pairs(packed.heights[known], packed.widths[known])
    counts = np.bincount(numbers, minlength=len(sizes)).tolist()
    found = sorted(zip(sizes, counts, strict=True), key=lambda row: -row[1])
    return {f"{height}x{width}": count for (height, width), count in found}
