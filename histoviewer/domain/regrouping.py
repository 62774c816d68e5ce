"""Keeping near duplicates on one side of the split: which tiles change their group and side.

Validation and test tiles stay where they are, so no figure loses a tile it was worked out on; the
training tiles of a cluster that validates join it. They join the group of their twin as well, so
that no group comes to be on both sides, and the rest of their own group stays where it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import count, groupby
from operator import attrgetter
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Int8, Int32, Int64
from histoviewer.domain.groups import UNGROUPED
from histoviewer.domain.tiles import Split, TileTable

PREFIX: Final = "near duplicates "
"""Begins the names of groups that were made of near duplicates, not told by the data set."""


def is_made(group: str) -> bool:
    """Return whether a group was made here of near duplicates."""
    return group.startswith(PREFIX)


@dataclass(frozen=True, kw_only=True, eq=False)
class Regrouping:
    """Tiles that change, and how.

    Args:
        tiles: (n,) int64 indexes, ascending.
        splits: (n,) int8 of `Split`: their sides from now on.
        groups: The names of their groups from now on.
        moved: (n,) bool: those that change side.
        left: (m,) int64 tiles of clusters that stay on two sides, since one of them is tested:
            a tested tile has no label to train or validate with, and it keeps its side.
    """

    tiles: Int64
    splits: Int8
    groups: tuple[str, ...]
    moved: Bool
    left: Int64

    def __len__(self) -> int:
        """Return how many tiles change."""
        return len(self.tiles)

    @property
    def moving(self) -> Int64:
        """Return the indexes of the tiles that change side."""
        return np.asarray(self.tiles[self.moved])


@dataclass(frozen=True, slots=True, kw_only=True)
class TileMove:
    """One tile that was given another group or side.

    Args:
        time: UTC time.
        tile: Its index.
        split_before: The side it was on.
        split_after: The side it is on since.
        group_before: The name of the group it was in; '' for none.
        group_after: The name of the group it is in since.
    """

    time: datetime
    tile: int
    split_before: Split
    split_after: Split
    group_before: str
    group_after: str

    @property
    def before(self) -> tuple[Split, str]:
        """Return the side and the group it had."""
        return self.split_before, self.group_before

    @property
    def after(self) -> tuple[Split, str]:
        """Return the side and the group it was given."""
        return self.split_after, self.group_after

    def takes_back(self, other: "TileMove") -> bool:
        """Return whether this gives a tile back what another move took from it."""
        there_and_back = (self.before, self.after) == (other.after, other.before)
        return self.tile == other.tile and there_and_back

    def still_holds(self, tiles: TileTable) -> bool:
        """Return whether the tile is still in the group and on the side it was given."""
        state = (Split(int(tiles.splits[self.tile])), tiles.group_name(self.tile))
        return state == self.after


def plan_regrouping(tiles: TileTable, clusters: Int64) -> Regrouping:
    """Return what would change if every cluster were kept on one side.

    Args:
        tiles: As they are.
        clusters: (N,) int64 as `NearDuplicates.clusters` returns.
    """
    member = clusters >= 0
    splits = _joined(tiles.splits, clusters)
    groups, names = _named(tiles, clusters, splits)
    moved = splits != tiles.splits
    changed = np.flatnonzero(moved | (groups != tiles.groups))
    return Regrouping(
        tiles=changed,
        splits=splits[changed],
        groups=tuple(names[number] for number in groups[changed].tolist()),
        moved=moved[changed],
        left=np.flatnonzero(member & _is_mixed(splits, clusters)),
    )


def last_regrouping(moves: Iterable[TileMove]) -> tuple[TileMove, ...]:
    """Return the newest regrouping that has not been taken back; () where there is none.

    Moves of one regrouping share their time. None can look like one that was taken back: nothing
    leaves validation by a regrouping, and no group is taken away by one.

    Args:
        moves: All of the project, oldest first.
    """
    standing: list[tuple[TileMove, ...]] = []
    for _, together in groupby(moves, key=attrgetter("time")):
        made = tuple(together)
        if standing and _take_back(made, standing[-1]):
            standing.pop()
        else:
            standing.append(made)
    return standing[-1] if standing else ()


def _take_back(made: tuple[TileMove, ...], before: tuple[TileMove, ...]) -> bool:
    by_tile = {move.tile: move for move in before}
    return all(move.tile in by_tile and move.takes_back(by_tile[move.tile]) for move in made)


def plan_parting(tiles: TileTable, moves: Iterable[TileMove]) -> Regrouping:
    """Return what would change if the newest regrouping were taken back.

    A tile that was given another group or side since keeps it, and is among those `left`.

    Args:
        tiles: As they are.
        moves: All of the project, oldest first.
    """
    last = sorted(last_regrouping(moves), key=attrgetter("tile"))
    back = [move for move in last if move.still_holds(tiles)]
    return Regrouping(
        tiles=np.array([move.tile for move in back], np.int64),
        splits=np.array([move.split_before for move in back], np.int8),
        groups=tuple(move.group_before for move in back),
        moved=np.array([move.split_before != move.split_after for move in back], bool),
        left=np.array([move.tile for move in last if not move.still_holds(tiles)], np.int64),
    )


def _joined(splits: Int8, clusters: Int64) -> Int8:
    """Return (N,) int8 sides: training tiles of clusters that validate, validate."""
    validates = np.unique(clusters[(splits == Split.VALIDATION) & (clusters >= 0)])
    joins = (splits == Split.TRAIN) & np.isin(clusters, validates)
    return np.where(joins, np.int8(Split.VALIDATION), splits)


def _named(tiles: TileTable, clusters: Int64, splits: Int8) -> tuple[Int32, list[str]]:
    """Return (N,) int32 group numbers and the names they stand for, new ones included.

    A tile that moves takes the group of a tile of its cluster that validated before. Tiles without
    a group take that of their cluster on their side; where none has one, the cluster gets one.
    """
    groups, names = tiles.groups.copy(), list(tiles.group_names)
    numbers = count(1 + max((_made_number(name) for name in names), default=0))
    groups[splits != tiles.splits] = UNGROUPED  # what its old group says holds no longer
    members = np.flatnonzero((clusters >= 0) & (splits != Split.TEST))
    sets = clusters[members] * len(Split) + splits[members]
    order = np.argsort(sets, kind="stable")
    members, sets = members[order], sets[order]
    for same in np.split(members, np.flatnonzero(np.diff(sets)) + 1):
        bare = same[groups[same] == UNGROUPED]
        if len(same) < 2 or len(bare) == 0:  # noqa: PLR2004 - one tile needs no group
            continue
        known = groups[same][groups[same] != UNGROUPED]
        if len(known):
            groups[bare] = known[0]
        else:
            groups[bare] = len(names)
            names.append(f"{PREFIX}{next(numbers)}")
    return groups, names


def _made_number(group: str) -> int:
    """Return the number in the name of a group that was made here; 0 for other groups."""
    number = group.removeprefix(PREFIX)
    return int(number) if is_made(group) and number.isdecimal() else 0


def _is_mixed(splits: Int8, clusters: Int64) -> Bool:
    """Return (N,) bool: tiles of clusters that are on several sides."""
    known = clusters >= 0
    sides = np.unique(clusters[known] * len(Split) + splits[known])
    counts = np.bincount(sides // len(Split), minlength=1)
    return known & (counts > 1)[np.maximum(clusters, 0)]
