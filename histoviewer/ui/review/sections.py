"""The groups that an order falls into: where each begins and what it is called."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Int64


@dataclass(frozen=True, eq=False)
class Sections:
    """Consecutive parts of an order of n tiles, each painted below a header of its own.

    Every place from 0 to n-1 belongs to exactly one section. Any thread; knows nothing of Qt.

    Args:
        starts: (G,) int64 place of the first tile of each section, ascending, the first one 0.
        titles: (G,) what to call them, as the reader shall see it; looked up for headers in view
            only, so it may be a sequence that makes its texts when asked.

    Raises:
        ValueError: The starts do not ascend from 0, or titles and starts are of unequal length.
    """

    starts: Int64
    titles: Sequence[str]

    def __post_init__(self) -> None:
        """Refuse what would leave a place without a section."""
        if len(self.starts) != len(self.titles):
            raise ValueError(f"{len(self.starts)} sections have {len(self.titles)} titles")
        if len(self.starts) and (self.starts[0] != 0 or (np.diff(self.starts) <= 0).any()):
            raise ValueError("sections must ascend from place 0, and none may be empty")

    def __len__(self) -> int:
        """Return the number of sections."""
        return len(self.starts)

    def at(self, place: int) -> int:
        """Return the section that a place of the order belongs to; O(log G)."""
        return int(np.searchsorted(self.starts, place, "right")) - 1

    def places(self, section: int, count: int) -> range:
        """Return the places of a section.

        Args:
            section: Number of the section, 0 to G-1.
            count: Number of places in the whole order.
        """
        following = section + 1
        end = int(self.starts[following]) if following < len(self.starts) else count
        return range(int(self.starts[section]), end)
