"""What a data set looks like, as plain values: all that the data page and its report show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.domain.assessment import Interval
from histoviewer.domain.distributions import Distribution
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames
from histoviewer.domain.tiles import ProblemFlag, ProblemKind

LABELS: Final = (NEGATIVE, POSITIVE, UNLABELLED)
"""The labels in the order in which classes are listed."""


class Channel(StrEnum):
    """The channels of a pixel in their order; the value is a key of the JSON report."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """How many tiles of each class there are of something.

    Args:
        name: Of what: a split, a size 'height x width' in pixels, a group; '' where not known.
        negative: Tiles whose effective label is negative.
        positive: Positive ones.
        unlabelled: Those without a label.
    """

    name: str
    negative: int
    positive: int
    unlabelled: int

    @property
    def total(self) -> int:
        """Return the number of tiles."""
        return self.negative + self.positive + self.unlabelled


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """One kind of problem.

    Args:
        kind: What is wrong.
        count: How often.
        flag: The filter that shows the tiles; `NONE` for problems that concern no tile.
    """

    kind: ProblemKind
    count: int
    flag: ProblemFlag


@dataclass(frozen=True, kw_only=True, eq=False)
class ColourFigures:
    """Brightness and colours by effective label; labels that no sound tile has are left out.

    Args:
        brightness: Of the means of the tiles, 0-1.
        channels: Of the grey levels 0-255 of all pixels.
    """

    brightness: Mapping[int, Distribution]
    channels: Mapping[Channel, Mapping[int, Distribution]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Mean and standard deviation (of a population)."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StainRow:
    """How strongly the tiles of one group are stained.

    Args:
        group: Its name.
        n: Tiles with sound pixels.
        haematoxylin: Mean optical density of a tile, over the tiles.
        eosin: Likewise.
    """

    group: str
    n: int
    haematoxylin: Spread
    eosin: Spread


@dataclass(frozen=True, kw_only=True, eq=False)
class StainVariation:
    """How staining differs between groups, such as slides of different laboratories.

    Args:
        rows: One a group, in the order people expect of their names.
        haematoxylin_between: Share of the tiles' variance that lies between groups (eta squared of
            an analysis of variance), 0-1: at 1 the group alone says how dark a tile is stained.
        eosin_between: Likewise.
    """

    rows: Sequence[StainRow]
    haematoxylin_between: float
    eosin_between: float

    def standing_out(self, count: int) -> Sequence[StainRow]:
        """Return the groups whose means are farthest from those of all groups, in their order.

        Args:
            count: At most so many: a chart has room for some.
        """
        means = np.array([(row.haematoxylin.mean, row.eosin.mean) for row in self.rows])
        spread = means.std(axis=0)
        spread[spread == 0] = 1.0
        distance = np.linalg.norm((means - means.mean(axis=0)) / spread, axis=1)
        farthest = np.sort(np.argsort(-distance, kind="stable")[:count])
        return [self.rows[place] for place in farthest.tolist()]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRow:
    """A logistic regression on a few numbers a tile.

    Args:
        features: What the numbers are: 'brightness' or 'colour'.
        auc: On the validation tiles, with its 95 % interval.
        accuracy: At a score of 0.5.
    """

    features: str
    auc: Interval
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What colour alone tells of the label: the floor for any network.

    Args:
        rows: One a set of features.
        train: Tiles it learned from.
        validation: Tiles it was judged on.
        resampled: What the bootstrap of the intervals drew: 'group' or 'tile'.
        units: How many of these there are.
    """

    rows: Sequence[BaselineRow]
    train: int
    validation: int
    resampled: str
    units: int


@dataclass(frozen=True, kw_only=True, eq=False)
class MemoryCurve:
    """What a process that read every tile took for itself meanwhile.

    Args:
        tiles: (k,) int64 tiles read so far, from 0.
        taken: (k,) int64 bytes by then; pages of mapped files are the system's and do not count.
        packed: Bytes of all packed tiles: what they would take as one uint8 array.
    """

    tiles: Int64
    taken: Int64
    packed: int

    @property
    def added(self) -> int:
        """Return the most bytes that reading added to what the process took before."""
        return int(np.max(self.taken) - self.taken[0])

    @property
    def as_floats(self) -> int:
        """Return the bytes that all tiles would take as float32, as many scripts load them."""
        return 4 * self.packed


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakRow:
    """Near duplicates on two sides of the split.

    Args:
        sides: Names of the two splits.
        pairs: How many pairs there are.
        tiles: How many tiles they are made of.
    """

    sides: tuple[str, str]
    pairs: int
    tiles: int


@dataclass(frozen=True, kw_only=True, eq=False)
class DataReport:
    """Everything there is to say of a data set as it is now.

    Args:
        project: Name of the project.
        tiles: How many.
        tile_size: Side of a packed tile, pixels.
        classes: What the classes are called.
        by_split: Class counts.
        by_size: By size of the original, commonest first.
        by_group: By group, in the order people expect of their names; empty where none is known.
        problems: Kinds of problems, commonest first.
        colours: None until measured.
        stains: None until measured, where the tiles are grey, and where no group is known.
        is_grey: Whether the tiles are grey; None until measured.
        baseline: None until worked out, and where it cannot be.
        baseline_is_current: Whether it is of the labels of now.
        memory: None until measured.
        near_duplicates: Pairs of near duplicates; None where nobody has looked for them.
        leaks: Those of them on two sides of the split, training and validation first.
    """

    project: str
    tiles: int
    tile_size: int
    classes: ClassNames
    by_split: Sequence[CountRow]
    by_size: Sequence[CountRow]
    by_group: Sequence[CountRow]
    problems: Sequence[ProblemRow]
    colours: ColourFigures | None = None
    stains: StainVariation | None = None
    is_grey: bool | None = None
    baseline: Baseline | None = None
    baseline_is_current: bool = False
    memory: MemoryCurve | None = None
    near_duplicates: int | None = None
    leaks: Sequence[LeakRow] = ()

    @property
    def is_measured(self) -> bool:
        """Return whether the pixels of all tiles have been measured."""
        return self.colours is not None
