"""Lists what was found wrong with a data set."""

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTreeView, QVBoxLayout, QWidget

from histoviewer.domain.tiles import Problem
from histoviewer.ui.tables import ListTable, show_rows
from histoviewer.ui.theme import WIDE
from histoviewer.ui.widgets import label

_WIDTH_LETTERS = 120
_HEIGHT_LINES = 28
_KIND_LETTERS = 26
_SUBJECT_LETTERS = 48


class ProblemsDialog(QDialog):
    """The problems of a project, data set first, then pixels.

    Args:
        problems: What was found.
        parent: The window.
    """

    def __init__(self, problems: Sequence[Problem], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Problems"))
        titles = (self.tr("Problem"), self.tr("Tile or file"), self.tr("Details"))
        self.model = ListTable(problems, titles, _texts_of, self)
        text = self.tr("Problems found in the data set: {count}. Nothing in it was changed.")
        none = self.tr("No problem was found in the data set.")
        self.lead = label(text.format(count=f"{len(problems):,}") if problems else none)
        self.list = QTreeView()
        self._lay_out()

    def _lay_out(self) -> None:
        letter, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().lineSpacing()
        show_rows(self.list, self.model, self.tr("Problems"))
        self.list.header().setStretchLastSection(True)
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


def _texts_of(problem: Problem) -> tuple[str, str, str]:
    return problem.kind.value, problem.subject, problem.detail
