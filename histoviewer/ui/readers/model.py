"""The disputed tiles as rows, one column a reader."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from histoviewer.domain.arrays import Int64
from histoviewer.domain.labels import UNLABELLED, ClassNames
from histoviewer.ui.readers.differences import Differences
from histoviewer.ui.review.describing import SIGNS
from histoviewer.ui.tables import TextTable


class DisputeModel(TextTable):
    """Each disputed tile with the label of every reader; a sign stands beside each label.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((self.tr("Tile"),), parent)
        self._differences: Differences | None = None
        self._ids: Sequence[str] = ()
        self._classes = ClassNames()

    def show_nothing(self) -> None:
        """Show no tile."""
        self.beginResetModel()
        self._differences = None
        self.endResetModel()

    def show_differences(
        self, differences: Differences, ids: Sequence[str], classes: ClassNames
    ) -> None:
        """Show these in place of those before.

        Args:
            differences: The tiles.
            ids: Of all tiles of the project.
            classes: What the labels are called.
        """
        self.beginResetModel()
        self._differences, self._ids, self._classes = differences, ids, classes
        self._titles = (self.tr("Tile"), *differences.opinions.readers)
        self.endResetModel()

    def drop(self, tiles: Int64) -> None:
        """Show some tiles no longer, such as those just settled."""
        found = self._differences
        if found is None:
            return
        stays = ~np.isin(found.tiles, tiles)
        opinions = replace(
            found.opinions,
            labels=found.opinions.labels[:, stays],
            disputed=found.opinions.disputed[stays],
        )
        self.show_differences(
            replace(found, tiles=found.tiles[stays], opinions=opinions), self._ids, self._classes
        )

    def sentence(self, row: int) -> str:
        """Return who says what of a tile, in words."""
        assert self._differences is not None
        readers, labels = self._differences.opinions.readers, self._differences.opinions.labels
        said = [
            self.tr("{reader}: {label}").format(reader=reader, label=self._word(int(label)))
            for reader, label in zip(readers, labels[:, row], strict=True)
            if label != UNLABELLED
        ]
        return "   ".join(said)

    @property
    def tiles(self) -> Int64:
        """Return the indexes of the tiles, in the order of the rows."""
        return np.zeros(0, np.int64) if self._differences is None else self._differences.tiles

    def count(self) -> int:
        """Return the number of disputed tiles."""
        return len(self.tiles)

    def text(self, row: int, column: int) -> str:
        """Return the id of the tile, or what a reader calls it."""
        assert self._differences is not None
        if column == 0:
            return self._ids[int(self.tiles[row])]
        label = int(self._differences.opinions.labels[column - 1, row])
        return "" if label == UNLABELLED else self._word(label)

    def _word(self, label: int) -> str:
        return f"{SIGNS[label]} {self._classes.of(label)}"
