"""The context menu of a tile, made from the table of commands."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from histoviewer.ui.actions import ActionSet
from histoviewer.ui.commands.command import Menu
from histoviewer.ui.commands.table import COMMANDS

# What is done to a tile comes first.
_ORDER = (Menu.REVIEW, Menu.VIEW, Menu.EDIT)


class TileMenu(QMenu):
    """What can be done with the selected tiles, with the keys that do the same. UI thread only.

    Args:
        actions: The commands.
        parent: Owner.
    """

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        for menu in _ORDER:
            commands = [each for each in COMMANDS if each.on_tile and each.menu is menu]
            for place, command in enumerate(commands):
                if place == 0 or command.separated:
                    self.addSeparator()  # Qt shows none at the top
                self.addAction(actions[command.id])

    def open_at(self, point: QPoint) -> None:
        """Open at a point of the screen; the program goes on meanwhile."""
        self.popup(point)
