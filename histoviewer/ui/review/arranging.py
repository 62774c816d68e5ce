"""Working out which tiles the grid shows: at once for few, in a thread for many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, overload

import numpy as np
from PySide6.QtCore import QObject

from histoviewer.domain.arrays import Bool, Int32, Int64
from histoviewer.domain.facets import Facets, facets
from histoviewer.domain.groups import GroupNames
from histoviewer.domain.ordering import arrange
from histoviewer.domain.tile_list import TileList
from histoviewer.domain.triage import Query, SortKey, TriageColumns
from histoviewer.ui.review.filter_words import group_title
from histoviewer.ui.review.latest import LatestTask
from histoviewer.ui.review.sections import Sections
from histoviewer.ui.review.selection import places_of

# Sorting this many takes about a frame (measured 5 ms for 60,000 scores).
_AT_ONCE: Final = 60_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrangement:
    """The answer to a query.

    Args:
        query: What was asked.
        order: (n,) tiles to show, in order.
        places: (N,) int32 place of each tile in it, -1 where it is not shown.
        facets: Counts beside the values of the filters.
        columns: What all this was worked out from.
        sections: The groups, where tiles are sorted by them.
        among: (N,) the tiles of the list that the query narrows; None where it narrows all tiles.
    """

    query: Query
    order: Int64
    places: Int32
    facets: Facets
    columns: TriageColumns
    sections: Sections | None = None
    among: Bool | None = None


def answer(query: Query, columns: TriageColumns, tile_list: TileList | None = None) -> Arrangement:
    """Work out an arrangement. Any thread.

    Args:
        query: What is asked.
        columns: The tiles.
        tile_list: The list that it narrows; None for all tiles.
    """
    among = None if tile_list is None else tile_list.mask(len(columns))
    order = arrange(query, columns) if tile_list is None else tile_list.arrange(query, columns)
    has_sections = tile_list is None or not tile_list.ordered
    return Arrangement(
        query=query,
        order=order,
        places=places_of(order, len(columns.given)),
        facets=facets(query, columns, among),
        columns=columns,
        sections=_sections(query, columns, order) if has_sections else None,
        among=among,
    )


def _sections(query: Query, columns: TriageColumns, order: Int64) -> Sections | None:
    """Return the groups that an order by group falls into."""
    if query.sort is not SortKey.GROUP or len(order) == 0:
        return None
    numbers = columns.groups[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(numbers)) + 1]).astype(np.int64)
    return Sections(starts, _Titles(columns.group_names, numbers[starts]))


class _Titles(Sequence[str]):
    """What groups are called, looked up when one is painted: there may be thousands."""

    def __init__(self, names: GroupNames, numbers: Int32) -> None:
        self._names, self._numbers = names, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, section: int) -> str: ...
    @overload
    def __getitem__(self, section: slice) -> Sequence[str]: ...
    def __getitem__(self, section: int | slice) -> str | Sequence[str]:
        if isinstance(section, slice):
            return _Titles(self._names, self._numbers[section])
        return group_title(self._names.name(int(self._numbers[section])))


class Arranger(QObject):
    """Answers queries. UI thread only.

    Args:
        on_arranged: Called with the answer to the newest query, at once or later.
        parent: Owner.
        at_once: Up to this many tiles are arranged without a thread.
    """

    def __init__(
        self,
        on_arranged: Callable[[Arrangement], None],
        parent: QObject,
        *,
        at_once: int = _AT_ONCE,
    ) -> None:
        super().__init__(parent)
        self._on_arranged = on_arranged
        self._at_once = at_once
        self._task: LatestTask[Arrangement] = LatestTask(on_arranged, name="arranger", parent=self)

    def ask(self, query: Query, columns: TriageColumns, tile_list: TileList | None = None) -> None:
        """Arrange; older queries that are still being worked on are forgotten."""
        self._task.cancel()
        if len(columns.given) <= self._at_once:
            self._on_arranged(answer(query, columns, tile_list))
        else:
            self._task.submit(lambda: answer(query, columns, tile_list))

    def cancel(self) -> None:
        """Want no answer any more."""
        self._task.cancel()

    def close(self) -> None:
        """End the thread."""
        self._task.close()
