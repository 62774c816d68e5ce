"""The disputed tiles as rows, one column a reader."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from histoviewer.domain.arrays import Int64
from histoviewer.domain.labels import UNLABELLED, ClassNames
from histoviewer.ui.readers.differences import Differences
from histoviewer.ui.review.describing import SIGNS

Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()


class DisputeModel(QAbstractTableModel):
    """Each disputed tile with the label of every reader; a sign stands beside each label.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
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

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of disputed tiles."""
        return 0 if parent.isValid() else len(self.tiles)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return one for the tile and one for each reader."""
        if parent.isValid() or self._differences is None:
            return 0
        return 1 + len(self._differences.opinions.readers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the id of the tile, or what a reader calls it."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        assert self._differences is not None
        if index.column() == 0:
            return self._ids[int(self.tiles[index.row()])]
        label = int(self._differences.opinions.labels[index.column() - 1, index.row()])
        return "" if label == UNLABELLED else self._word(label)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return 'Tile', or the name of a reader."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        if section == 0 or self._differences is None:
            return self.tr("Tile")
        return self._differences.opinions.readers[section - 1]

    def _word(self, label: int) -> str:
        return f"{SIGNS[label]} {self._classes.of(label)}"
