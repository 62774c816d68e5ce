"""Asks for a tile by its id, or by its place in the order."""

from collections.abc import Mapping
from pathlib import PurePath

from PySide6.QtWidgets import QLineEdit, QWidget

from histoviewer.ui.dialogs.form import FormDialog
from histoviewer.ui.review.grid import TileGrid


class GoToTileDialog(FormDialog):
    """Goes to a tile of the grid. UI thread only.

    Args:
        index_of: Index of each tile by its id.
        grid: Where to go.
        parent: The window.
    """

    def __init__(
        self, index_of: Mapping[str, int], grid: TileGrid, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            title=self.tr("Go to a tile"),
            lead=self.tr(
                "An id, such as a file name without its ending, or a number sign and a place in "
                "the order: #1 is the first tile."
            ),
            accept=self.tr("Go"),
            parent=parent,
        )
        self._index_of, self._grid = index_of, grid
        self.tile = QLineEdit()
        self.add_row(self.tr("Tile"), self.tile)
        self.tile.textChanged.connect(self._judge)
        self.accepted.connect(self._go)
        self._judge("")

    def _judge(self, text: str) -> None:
        self.show_fault(self._find(text.strip())[1])

    def _find(self, text: str) -> tuple[int | None, str]:
        """Return the place of what is asked for, or None and why there is none."""
        if not text:
            return None, self.tr("Give an id or a place.")
        if text.startswith("#"):
            return self._find_place(text[1:].replace(",", ""))
        tile = self._index_of.get(text, self._index_of.get(PurePath(text).stem))
        if tile is None:
            return None, self.tr("No tile has this id; the filters find ids by a part of them.")
        place = self._grid.selection.place(tile)
        return place, "" if place is not None else self.tr("The filters hide this tile.")

    def _find_place(self, digits: str) -> tuple[int | None, str]:
        count = len(self._grid.order)
        if digits.isdecimal() and 1 <= int(digits) <= count:
            return int(digits) - 1, ""
        text = self.tr("The places shown are #1 to #{count}.")
        return None, text.format(count=f"{count:,}")

    def _go(self) -> None:
        place, _ = self._find(self.tile.text().strip())
        if place is not None:  # as it is now: the tiles may have been sorted anew meanwhile
            self._grid.go_to_place(place)
