"""Choosing one group among thousands: by typing a part of its name, or from the list."""

from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QListView, QSizePolicy, QWidget

from histoviewer.domain.arrays import Int64
from histoviewer.domain.groups import UNGROUPED, GroupNames

_NOWHERE: Final = QModelIndex()
_SHOWN: Final = 14  # rows of the list
_LETTERS: Final = 8  # that the box has room for at least

Index = QModelIndex | QPersistentModelIndex


class GroupModel(QAbstractListModel):
    """Rows: all groups, each group in the order of names, and the tiles of no known group.

    Names are given out when asked for, with their counts: nothing is made for thousands of rows.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._groups = GroupNames()
        self._counts: Int64 | None = None
        self._total = 0
        self._has_ungrouped = False

    def set_groups(self, groups: GroupNames, *, has_ungrouped: bool) -> None:
        """Show these groups."""
        self.beginResetModel()
        self._groups, self._has_ungrouped, self._counts = groups, has_ungrouped, None
        self.endResetModel()

    def holds(self, groups: GroupNames, *, has_ungrouped: bool) -> bool:
        """Return whether these groups are shown already."""
        return self._groups is groups and self._has_ungrouped == has_ungrouped

    def set_counts(self, counts: Int64, total: int) -> None:
        """Show these counts.

        Args:
            counts: (G + 1,) int64 by number + 1, as `Facets` has them.
            total: Of 'all groups'.
        """
        self._counts, self._total = counts, total
        if self.rowCount():
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else 1 + len(self._groups) + self._has_ungrouped

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the name of a row to edit it, and with its count to look at or to be read out."""
        if role == Qt.ItemDataRole.EditRole:
            return self._title(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{self._title(index.row())}  ({self._count(index.row()):,})"
        return None

    def name(self, row: int) -> str | None:
        """Return the group of a row: None for all, '' for those of no known group."""
        number = self._number(row)
        return None if number is None else self._groups.name(number)

    def row_of(self, name: str | None) -> int:
        """Return the row of a group; -1 where there is none of that name."""
        if name is None:
            return 0
        if name == "":
            return self.rowCount() - 1 if self._has_ungrouped else -1
        number = self._groups.number(name)
        return -1 if number < 0 else 1 + int(self._groups.ranks[number])

    def find(self, text: str) -> int:
        """Return the row that was meant: of that name, else the one that holds it; else -1."""
        sought = text.strip().casefold()
        if not sought:
            return 0
        rows = [row for row in range(self.rowCount()) if sought in self._title(row).casefold()]
        same = [row for row in rows if self._title(row).casefold() == sought]
        return (same or rows)[0] if same or len(rows) == 1 else -1

    def title(self, name: str | None) -> str:
        """Return what to show of a group that is asked for; nothing for all."""
        if name is None:
            return ""
        return name or self.tr("No known group")

    def _number(self, row: int) -> int | None:
        if row <= 0:
            return None
        return UNGROUPED if row > len(self._groups) else int(self._groups.ordered[row - 1])

    def _title(self, row: int) -> str:
        number = self._number(row)
        if number is None:
            return self.tr("All groups")
        return self._groups.name(number) or self.tr("No known group")

    def _count(self, row: int) -> int:
        number = self._number(row)
        if self._counts is None or number is None:
            return self._total
        return int(self._counts[number + 1])


class GroupPicker(QComboBox):
    """A list of groups that is searched by typing. UI thread only.

    Args:
        parent: Owner.
    """

    chosen = Signal(object)  # name of the group; None for all

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.groups = GroupModel(self)
        self.field = QLineEdit()
        self._shown: str | None = None
        self.setView(_quick_list())
        self.setModel(self.groups)
        self.setLineEdit(self.field)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(_SHOWN)
        self.setMinimumContentsLength(_LETTERS)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._matches = _quick_list()
        self.setCompleter(self._make_completer())
        for named in (self, self.field):
            named.setAccessibleName(self.tr("Group"))
            named.setToolTip(self.tr("Type a part of the name, or choose from the list"))
        self.field.setPlaceholderText(self.tr("All groups"))
        self.activated.connect(self._choose_row)
        self.field.returnPressed.connect(self._typed)
        self.show_value(None)

    def _make_completer(self) -> QCompleter:
        completer = QCompleter(self.groups, self)
        completer.setCompletionRole(Qt.ItemDataRole.EditRole)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(_SHOWN)
        completer.setPopup(self._matches)
        return completer

    def show_groups(self, groups: GroupNames, *, has_ungrouped: bool) -> None:
        """Offer the groups of a project; says nothing about it."""
        if not self.groups.holds(groups, has_ungrouped=has_ungrouped):
            self.groups.set_groups(groups, has_ungrouped=has_ungrouped)
            self.show_value(self._shown)

    @property
    def value(self) -> str | None:
        """Return the group chosen; None for all."""
        return self._shown

    def choose(self, name: str | None) -> None:
        """Choose a group, as the reader would."""
        self._choose_row(self.groups.row_of(name))

    def show_value(self, name: str | None) -> None:
        """Show a group; says nothing about it."""
        self._shown = name
        # Qt writes the text of the current row into the field with each change of the counts; with
        # no current row the field stays empty, ready to be typed into.
        self.setCurrentIndex(-1 if name is None else self.groups.row_of(name))
        self.field.setText(self.groups.title(name))
        self.field.setCursorPosition(0)

    def _choose_row(self, row: int) -> None:
        name = self.groups.name(row)
        changed = name != self._shown
        self.show_value(name)
        if changed:
            self.chosen.emit(name)

    def _typed(self) -> None:
        """Take what was typed where it names a group; nothing means all."""
        if self._matches.isVisible() and self._matches.currentIndex().isValid():
            return  # the match that is marked follows; a change of the counts would unmark it
        row = self.groups.find(self.field.text())
        if row < 0:
            self.show_value(self._shown)
        else:
            self._choose_row(row)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show what is chosen again where something half typed was left."""
        super().focusOutEvent(event)
        if not self._matches.isVisible():
            self.show_value(self._shown)


def _quick_list() -> QListView:
    view = QListView()
    view.setUniformItemSizes(True)  # else each of thousands is measured when the list opens
    return view
