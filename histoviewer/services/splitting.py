"""Which side of the split each tile is on, and what would leak from one side to the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.domain.splits import assign_splits, follow_clusters, merge_clusters
from histoviewer.domain.tiles import UNUSABLE, Problem, ProblemKind, Split
from histoviewer.tiles.duplicates import across_splits
from histoviewer.tiles.reporting import PackReport


@dataclass(frozen=True, kw_only=True, eq=False)
class Sides:
    """The split of a data set.

    Args:
        splits: (N,) int8 of `Split`, none open.
        problems: Tiles and groups that the data set has on two sides.
    """

    splits: Int8
    problems: tuple[Problem, ...]


def settle_sides(
    *, stated: Int8, labels: Int8, groups: Sequence[str], ids: Sequence[str], packed: PackReport
) -> Sides:
    """Give every tile a side, keeping groups and exact duplicates together.

    A tile that has a side keeps it. New tiles follow their group first, then their twins. What the
    data set itself has on two sides is moved together where that is still open, and named.

    Args:
        stated: (N,) int8 of `Split`, `UNASSIGNED` where open.
        labels: (N,) int8 given labels.
        groups: Group name of each tile, '' where unknown.
        ids: Tile ids.
        packed: What reading every tile found.
    """
    numbers = _numbers(groups)
    splits = assign_splits(
        stated=follow_clusters(stated, numbers),
        labels=labels,
        clusters=merge_clusters(numbers, packed.clusters),
        usable=np.asarray((packed.flags & np.uint16(UNUSABLE)) == 0),
    )
    before = _as_meant(stated, splits)
    twins = [
        _moved(problem) if before[index] != splits[index] else problem
        for problem, index in _with_index(across_splits(packed.clusters, before, ids), ids)
    ]
    return Sides(splits=splits, problems=(*twins, *_cut_groups(groups, before, splits)))


def _as_meant(stated: Int8, splits: Int8) -> Int8:
    """Return the sides as the data set has them: beside stated validation, open tiles train."""
    if not (stated == Split.VALIDATION).any():
        return splits
    return np.where(stated == Split.UNASSIGNED, np.int8(Split.TRAIN), stated)


def _moved(problem: Problem) -> Problem:
    return replace(problem, detail=f"{problem.detail}; moved to validation with it")


def _with_index(problems: Sequence[Problem], ids: Sequence[str]) -> list[tuple[Problem, int]]:
    if not problems:
        return []
    index_of = {name: index for index, name in enumerate(ids)}
    return [(problem, index_of[problem.subject]) for problem in problems]


def _cut_groups(groups: Sequence[str], before: Int8, splits: Int8) -> list[Problem]:
    """Return a problem for each group that both trains and validates in the data set."""
    sides: dict[str, set[int]] = {}
    moved: dict[str, int] = {}
    for group, side, now in zip(groups, before.tolist(), splits.tolist(), strict=True):
        if group and side != Split.TEST:
            sides.setdefault(group, set()).add(side)
            moved[group] = moved.get(group, 0) + (side != now)
    return [
        Problem(
            ProblemKind.GROUP_ON_BOTH_SIDES,
            group,
            f"{moved[group]:,} tiles moved to validation" if moved[group] else "it stays on both",
        )
        for group, found in sides.items()
        if len(found) > 1
    ]


def _numbers(groups: Sequence[str]) -> Int64:
    """Return (N,) numbers that are the same for the same group name, -1 for no name."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(groups)) if name}
    return np.array([numbers.get(name, -1) for name in groups], np.int64)
