"""The list of recent projects: where they are, when they changed, which of them are gone."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QBrush, QColor, QKeySequence
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from histoviewer.ui import icons
from histoviewer.ui.remembering import RecentProject
from histoviewer.ui.theme import GAP, Theme
from histoviewer.ui.widgets import label

_ICON_SIDE: Final = 20
_PATH: Final = Qt.ItemDataRole.UserRole


class RecentList(QWidget):
    """Opens a project by a click or Enter; takes one off the list by Delete, button or menu.

    Args:
        theme: Colours of the icons and of what is gone.
        parent: Owner.
    """

    chosen = Signal(Path)
    forget_asked = Signal(Path)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._projects: Sequence[RecentProject] = ()
        self.list = QListWidget()
        self._none = label(self.tr("Projects you open are listed here."), role="muted")
        self.forget = QPushButton(self.tr("Remove from the list"))
        self._forget_action = QAction(self.forget.text(), self.list)
        self._build()
        theme.changed.connect(self._show)
        self._show()

    @property
    def paths(self) -> list[Path]:
        """Return the projects that are listed."""
        return [project.path for project in self._projects]

    def show_projects(self, projects: Sequence[RecentProject]) -> None:
        """List projects, newest first."""
        self._projects = tuple(projects)
        self._show()

    def _build(self) -> None:
        view = self.list
        view.setObjectName("recent")
        view.setIconSize(QSize(_ICON_SIDE, _ICON_SIDE))
        view.setAccessibleName(self.tr("Recent projects"))
        view.itemActivated.connect(self._choose)
        view.itemClicked.connect(self._choose)
        view.currentRowChanged.connect(lambda row: self.forget.setEnabled(row >= 0))
        self._forget_action.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        self._forget_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._forget_action.triggered.connect(self._forget)
        view.addAction(self._forget_action)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.forget.setToolTip(self.tr("Offer the project no longer; nothing of it is deleted."))
        self.forget.clicked.connect(self._forget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(view, 1)
        column.addWidget(self._none)
        column.addWidget(self.forget, 0, Qt.AlignmentFlag.AlignRight)

    def _show(self) -> None:
        row = self.list.currentRow()
        self.list.clear()
        for project in self._projects:
            self.list.addItem(self._item(project))
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        is_empty = not self._projects
        self.list.setVisible(not is_empty)
        self.forget.setVisible(not is_empty)
        self.forget.setEnabled(self.list.currentRow() >= 0)
        self._none.setVisible(is_empty)

    def _item(self, project: RecentProject) -> QListWidgetItem:
        path, changed = project.path, project.changed
        when = self.tr("not found")
        if changed is not None:
            when = self.tr("changed {time}").format(time=_day_and_time(changed))
        item = QListWidgetItem(f"{path.stem}   ·   {when}\n{path.parent}")
        item.setIcon(icons.icon("recent" if changed else "warning", self._theme))
        item.setData(_PATH, str(path))
        item.setToolTip(str(path))
        if changed is None:
            item.setForeground(QBrush(QColor(self._theme.tokens.muted)))
            gone = self.tr("{path} is not there now: it was moved or deleted, or its disk is away.")
            item.setToolTip(gone.format(path=path))
        return item

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(Path(item.data(_PATH)))

    def _forget(self) -> None:
        if (item := self.list.currentItem()) is not None:
            self.forget_asked.emit(Path(item.data(_PATH)))


def _day_and_time(when: datetime) -> str:
    """Return a time that is read alike everywhere, in the reader's zone: '2026-03-04 05:06'."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M")
