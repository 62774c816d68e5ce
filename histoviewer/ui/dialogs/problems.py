"""Lists what was found wrong with a data set."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTreeView, QVBoxLayout, QWidget

from histoviewer.domain.tiles import Problem
from histoviewer.ui.theme import WIDE
from histoviewer.ui.widgets import label

_WIDTH_LETTERS = 120
_HEIGHT_LINES = 28
_KIND_LETTERS = 26
_SUBJECT_LETTERS = 48

_Index = QModelIndex | QPersistentModelIndex


class ProblemModel(QAbstractTableModel):
    """The problems as rows; a data set may have a hundred thousand, so they are not copied.

    Args:
        problems: What was found.
        parent: Owner.
    """

    def __init__(self, problems: Sequence[Problem], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems = problems
        self._titles = (self.tr("Problem"), self.tr("Tile or file"), self.tr("Details"))

    def rowCount(self, parent: _Index | None = None) -> int:
        """Return the number of problems."""
        return 0 if parent is not None and parent.isValid() else len(self._problems)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self._titles)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return a text; the tip has it where the column cuts it."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        problem = self._problems[index.row()]
        return (problem.kind.value, problem.subject, problem.detail)[index.column()]

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> str | None:
        """Return the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None


class ProblemsDialog(QDialog):
    """The problems of a project, data set first, then pixels.

    Args:
        problems: What was found.
        parent: The window.
    """

    def __init__(self, problems: Sequence[Problem], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Problems"))
        self.model = ProblemModel(problems, self)
        text = self.tr("Problems found in the data set: {count}. Nothing in it was changed.")
        none = self.tr("No problem was found in the data set.")
        self.lead = label(text.format(count=f"{len(problems):,}") if problems else none)
        self.list = QTreeView()
        self._lay_out()

    def _lay_out(self) -> None:
        letter, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().lineSpacing()
        self.list.setModel(self.model)
        self.list.setAccessibleName(self.tr("Problems"))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setColumnWidth(0, letter * _KIND_LETTERS)
        self.list.setColumnWidth(1, letter * _SUBJECT_LETTERS)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(WIDE)
        for widget in (self.lead, self.list, buttons):
            column.addWidget(widget)
        self.resize(letter * _WIDTH_LETTERS, line * _HEIGHT_LINES)
