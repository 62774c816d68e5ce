"""Menus and toolbar, made from the table of commands."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QMenuBar, QSizePolicy, QToolBar, QWidget

from histoviewer.ui.actions import ActionSet
from histoviewer.ui.commands.command import Menu
from histoviewer.ui.commands.table import COMMANDS
from histoviewer.ui.translation import translate

_ICON_SIDE = 20


def fill_menu_bar(bar: QMenuBar, actions: ActionSet) -> dict[Menu, QMenu]:
    """Add every menu with its commands; return the menus."""
    menus = {}
    for entry in Menu:
        menu = bar.addMenu(entry.text)
        menu.setToolTipsVisible(True)
        menus[entry] = menu
    for command in COMMANDS:
        if command.separated:
            menus[command.menu].addSeparator()
        menus[command.menu].addAction(actions[command.id])
    return menus


def make_tool_bar(
    actions: ActionSet, commands: Sequence[str], corner: Sequence[QWidget]
) -> QToolBar:
    """Return a toolbar.

    Args:
        actions: The commands.
        commands: Which of them, from the left.
        corner: What stands at its right end.
    """
    bar = QToolBar(translate("menus", "Main toolbar"))
    bar.setObjectName("main-toolbar")
    bar.setMovable(False)
    bar.setFloatable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    bar.setIconSize(QSize(_ICON_SIDE, _ICON_SIDE))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    for command in commands:
        bar.addAction(actions[command])
        button = bar.widgetForAction(actions[command])
        assert button is not None
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where it is
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    for widget in corner:
        bar.addWidget(widget)
    return bar
