"""What the grid tells beside its picture: tooltips, and the current tile for screen readers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHelpEvent
from PySide6.QtWidgets import QToolTip

from histoviewer.ui.translation import translate

if TYPE_CHECKING:
    from histoviewer.ui.review.grid import TileGrid


class Hints:
    """Tooltips and announcements of a grid. UI thread only.

    Args:
        grid: The grid they are of.
    """

    def __init__(self, grid: "TileGrid") -> None:
        self._grid = grid
        self.tip_of: Callable[[int], str] | None = None

    def show_tip(self, event: QHelpEvent) -> None:
        """Show the tooltip of what is below the mouse, until the mouse leaves it."""
        position = QPointF(event.pos())
        section, place = self._grid.header_at(position), self._grid.place_at(position)
        text, box = "", QRect()
        if section is not None:
            text = translate("TileGrid", "Click to select all tiles of this group.")
            box = self._grid.header_rect(section)
        elif place is not None and self.tip_of is not None:
            text, box = self.tip_of(int(self._grid.order[place])), self._grid.cell_rect(place)
        if text:
            QToolTip.showText(event.globalPos(), text, self._grid.viewport(), box)
        else:
            QToolTip.hideText()

    def announce(self, text: str) -> None:
        """Tell screen readers about the current tile, once a text."""
        if text == self._grid.accessibleDescription():
            return
        self._grid.setAccessibleDescription(text)  # tells them that the description changed
        if QAccessible.isActive() and self._grid.hasFocus():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._grid, text))
