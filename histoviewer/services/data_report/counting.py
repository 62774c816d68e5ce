"""Class counts by split, size and group, and the problems: what takes no look at a pixel."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.domain.data_report import LABELS, CountRow, LeakRow, ProblemRow
from histoviewer.domain.distinct import distinct_pairs
from histoviewer.domain.groups import UNGROUPED
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.services.data_report.basis import DataBasis, cells_of
from histoviewer.services.near_duplicates import read_near_duplicates
from histoviewer.tiles.records import read_records


def count_by_split(basis: DataBasis) -> tuple[CountRow, ...]:
    """Return a row for each split that has tiles."""
    sides = sorted(Split)
    numbers = basis.tiles.splits.astype(np.int64) - int(sides[0])
    return _rows([side.word for side in sides], numbers, basis)


def count_by_size(basis: DataBasis) -> tuple[CountRow, ...]:
    """Return a row for each size of the originals, commonest first; nothing before packing."""
    records = None if basis.packed is None else read_records(basis.project.packed_folder)
    if records is None or len(records) != len(basis.tiles):
        return ()
    sizes, numbers = distinct_pairs(records["height"], records["width"])
    names = ["" if 0 in size else f"{size[0]} x {size[1]}" for size in sizes]
    rows = _rows(names, numbers, basis)
    return tuple(sorted(rows, key=lambda row: -row.total))


def count_by_group(basis: DataBasis) -> tuple[CountRow, ...]:
    """Return a row for each group, by name; nothing where no group is known."""
    index = basis.tiles.group_index
    if not len(index):
        return ()
    names = [*(index.names[number] for number in index.ordered.tolist()), ""]
    assert index.ranks[UNGROUPED] == len(names) - 1
    return _rows(names, index.ranks[basis.tiles.groups].astype(np.int64), basis)


def count_problems(basis: DataBasis) -> tuple[ProblemRow, ...]:
    """Return a row for each kind of problem there is, commonest first. Reads the database."""
    found = Counter(problem.kind for problem in basis.project.problems())
    return tuple(
        ProblemRow(kind=kind, count=count, flag=ProblemFlag.of(kind))
        for kind, count in found.most_common()
    )


def count_leaks(basis: DataBasis) -> tuple[int | None, tuple[LeakRow, ...]]:
    """Return the pairs of near duplicates and those on two sides; None before anybody looked."""
    found = None if basis.packed is None else read_near_duplicates(basis.project, basis.packed)
    if found is None:
        return None, ()
    return len(found), tuple(
        LeakRow(
            sides=(leak.sides[0].word, leak.sides[1].word), pairs=leak.pairs, tiles=len(leak.tiles)
        )
        for leak in found.leaks(basis.tiles.splits)
    )


def _rows(names: Sequence[str], numbers: Int64, basis: DataBasis) -> tuple[CountRow, ...]:
    """Return a row for each name that has tiles.

    Args:
        names: By number.
        numbers: (N,) the number of each tile.
        basis: The labels.
    """
    cells = numbers * len(LABELS) + cells_of(basis.labels)
    table = np.bincount(cells, minlength=len(names) * len(LABELS)).reshape(-1, len(LABELS))
    return tuple(
        CountRow(name=name, negative=negative, positive=positive, unlabelled=unlabelled)
        for name, (negative, positive, unlabelled) in zip(names, table.tolist(), strict=True)
        if negative + positive + unlabelled
    )
