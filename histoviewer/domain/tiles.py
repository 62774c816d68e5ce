"""The tiles of a project as columns: what is known of each before anybody judged it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag, StrEnum
from functools import cached_property
from pathlib import Path

import numpy as np

from histoviewer.domain.arrays import Bool, Int8, Int32, Int64, UInt16
from histoviewer.domain.groups import GroupNames
from histoviewer.domain.id_search import IdSearch
from histoviewer.domain.labels import ClassNames


class Split(IntEnum):
    """Which side of the split a tile is on; fixed once assigned."""

    UNASSIGNED = -1
    TRAIN = 0
    VALIDATION = 1
    TEST = 2

    @property
    def word(self) -> str:
        """Return the name shown to people."""
        return self.name.lower()


class ProblemKind(StrEnum):
    """What can be wrong with a data set or one of its tiles; the value is shown to people."""

    LABEL_WITHOUT_FILE = "label without file"
    FILE_WITHOUT_LABEL = "file without label"
    UNREADABLE = "unreadable"
    ODD_SIZE = "odd size"
    CONSTANT = "constant"
    DUPLICATE = "duplicate"
    DUPLICATE_ACROSS_SPLITS = "duplicate across splits"
    WRONG_COLOUR_ORDER = "wrong colour order"
    ID_MISMATCH = "id does not match pixels"
    MISSING = "file is missing"
    UNKNOWN_ID = "unknown id"
    GROUP_ON_BOTH_SIDES = "group on both sides"


class ProblemFlag(IntFlag):
    """The problems of one tile as bits, for filters."""

    NONE = 0
    UNREADABLE = 1
    ODD_SIZE = 2
    CONSTANT = 4
    DUPLICATE = 8
    DUPLICATE_ACROSS_SPLITS = 16
    WRONG_COLOUR_ORDER = 32
    ID_MISMATCH = 64
    MISSING = 128

    @classmethod
    def of(cls, kind: ProblemKind) -> "ProblemFlag":
        """Return the bit of a kind; `NONE` for kinds that concern no tile."""
        return cls.__members__.get(kind.name, cls.NONE)


# A tile with one of these is shown as a placeholder and kept out of training and of statistics.
UNUSABLE = (
    ProblemFlag.UNREADABLE
    | ProblemFlag.CONSTANT
    | ProblemFlag.WRONG_COLOUR_ORDER
    | ProblemFlag.ID_MISMATCH
    | ProblemFlag.MISSING
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing found wrong.

    Args:
        kind: What is wrong.
        subject: The id of the tile, or the path or label row where there is no tile.
        detail: A few words more, such as the size found or the id of the twin.
    """

    kind: ProblemKind
    subject: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Catalogue:
    """What scanning a data set found before any pixel was read: one row a tile, in index order.

    Args:
        root: The folder that locations are relative to.
        source: What to scan to find the same data set again: a folder, a manifest or an HDF5 file.
        layout: Name of the layout it was read by, such as 'kaggle'.
        classes: What the data set calls its classes.
        ids: Unique tile ids.
        locations: Path relative to `root`, POSIX style; 'file.h5#17' for row 17 of an HDF5 file.
        given: (N,) int8, `UNLABELLED` where the data set says nothing.
        splits: (N,) int8, `Split.UNASSIGNED` where the data set says nothing.
        groups: Group name of each tile, '' where unknown.
        problems: Faults of the data set itself, such as labels without a file.
        sample_ids: The ids of the sample submission in its order; empty where there is none.
    """

    root: Path
    source: Path
    layout: str
    classes: ClassNames
    ids: Sequence[str]
    locations: Sequence[str]
    given: Int8
    splits: Int8
    groups: Sequence[str]
    problems: Sequence[Problem] = ()
    sample_ids: Sequence[str] = ()

    def __len__(self) -> int:
        """Return how many tiles were found."""
        return len(self.ids)


@dataclass(frozen=True, kw_only=True, eq=False)
class TileTable:
    """The tiles of an open project. Row = index.

    Args:
        ids: Unique tile ids.
        locations: As in `Catalogue`.
        given: (N,) int8 given labels.
        splits: (N,) int8 of `Split`.
        groups: (N,) int32 numbers into `group_names`; -1 where unknown.
        group_names: Names of the groups.
        problems: (N,) uint16 of `ProblemFlag`.
    """

    ids: Sequence[str]
    locations: Sequence[str]
    given: Int8
    splits: Int8
    groups: Int32
    group_names: Sequence[str]
    problems: UInt16 = field(repr=False)

    def __len__(self) -> int:
        """Return the number of tiles."""
        return len(self.ids)

    def prepare(self) -> None:
        """Make now what is kept to find tiles and groups by name: some 0.1 s for 277,483 tiles."""
        _ = self.index_of, self.group_index.ranks
        self.id_search.prepare()

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Return the index of every id."""
        return {name: index for index, name in enumerate(self.ids)}

    @cached_property
    def id_search(self) -> IdSearch:
        """Return what finds tiles by a part of their id."""
        return IdSearch(self.ids)

    @cached_property
    def group_index(self) -> GroupNames:
        """Return what finds groups by their name and puts them in order."""
        return GroupNames(self.group_names)

    @cached_property
    def group_sizes(self) -> Int64:
        """Return (G,) int64: how many tiles each group has, in the order of the numbers."""
        known = self.groups[self.groups >= 0]
        return np.bincount(known, minlength=len(self.group_names)).astype(np.int64)

    @cached_property
    def usable(self) -> Bool:
        """Return (N,) bool: tiles whose pixels can be trained on."""
        return np.asarray((self.problems & np.uint16(UNUSABLE)) == 0)

    def group_name(self, index: int) -> str:
        """Return the group of a tile, '' where unknown."""
        number = int(self.groups[index])
        return self.group_names[number] if number >= 0 else ""
