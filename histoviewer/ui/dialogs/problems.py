"""Lists what was found wrong with a data set."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QDialog, QTreeView, QVBoxLayout, QWidget

from histoviewer.domain.tiles import Problem, ProblemKind
from histoviewer.ui.tables import ListTable, show_rows
from histoviewer.ui.theme import WIDE
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate
from histoviewer.ui.widgets import closing_box, label

_WIDTH_LETTERS = 120
_HEIGHT_LINES = 28
_KIND_LETTERS = 26
_SUBJECT_LETTERS = 48
_KINDS: Final = {
    ProblemKind.LABEL_WITHOUT_FILE: QT_TRANSLATE_NOOP("problems", "label without file"),
    ProblemKind.FILE_WITHOUT_LABEL: QT_TRANSLATE_NOOP("problems", "file without label"),
    ProblemKind.UNREADABLE: QT_TRANSLATE_NOOP("problems", "unreadable"),
    ProblemKind.ODD_SIZE: QT_TRANSLATE_NOOP("problems", "odd size"),
    ProblemKind.CONSTANT: QT_TRANSLATE_NOOP("problems", "constant"),
    ProblemKind.DUPLICATE: QT_TRANSLATE_NOOP("problems", "duplicate"),
    ProblemKind.DUPLICATE_ACROSS_SPLITS: QT_TRANSLATE_NOOP("problems", "duplicate across splits"),
    ProblemKind.WRONG_COLOUR_ORDER: QT_TRANSLATE_NOOP("problems", "wrong colour order"),
    ProblemKind.ID_MISMATCH: QT_TRANSLATE_NOOP("problems", "id does not match pixels"),
    ProblemKind.MISSING: QT_TRANSLATE_NOOP("problems", "file is missing"),
    ProblemKind.UNKNOWN_ID: QT_TRANSLATE_NOOP("problems", "unknown id"),
    ProblemKind.GROUP_ON_BOTH_SIDES: QT_TRANSLATE_NOOP("problems", "group on both sides"),
}


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
        buttons = closing_box(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(WIDE)
        for widget in (self.lead, self.list, buttons):
            column.addWidget(widget)
        self.resize(letter * _WIDTH_LETTERS, line * _HEIGHT_LINES)


def kind_text(kind: ProblemKind) -> str:
    """Return what a kind of problem is called, in the reader's language."""
    return translate("problems", _KINDS[kind])


def _texts_of(problem: Problem) -> tuple[str, str, str]:
    return kind_text(problem.kind), problem.subject, problem.detail
