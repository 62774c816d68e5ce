"""What the import found wrong, as filters of the grid."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from histoviewer.domain.data_report import DataReport, ProblemRow
from histoviewer.domain.tiles import ProblemFlag
from histoviewer.domain.triage import Query
from histoviewer.ui.data.tables import FigureTable
from histoviewer.ui.dialogs.problems import kind_text
from histoviewer.ui.theme import WIDE
from histoviewer.ui.widgets import label


class ProblemsView(QWidget):
    """Kinds of problems; a row leads to its tiles, or to the list where it concerns none.

    UI thread only.

    Args:
        parent: Owner.
    """

    query_asked = Signal(object)  # Query
    list_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = FigureTable[ProblemRow](
            self.tr("Problems of the import"),
            lambda row: (kind_text(row.kind), f"{row.count:,}", self._where(row)),
            hint=self.tr(
                "Enter or a double click shows the tiles of a row in the grid, or the list of what "
                "has no tile."
            ),
        )
        self._none = label(
            self.tr("The import found no problem. Nothing in the data set was changed."),
            role="muted",
            wraps=True,
        )
        self.list = QPushButton(self.tr("List them all"))
        self.list.setToolTip(self.tr("Each problem with its tile or file and the details"))
        foot = QHBoxLayout()
        foot.addWidget(self.list)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE)
        column.addWidget(self._none)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        column.addStretch()
        self.list.clicked.connect(self.list_asked)
        self.table.asked.connect(self._lead)

    def show_report(self, report: DataReport) -> None:
        """Show the problems of a data set."""
        titles = [self.tr("Problem"), self.tr("Times"), self.tr("Leads to")]
        self.table.show_rows(report.problems, titles)
        self._none.setVisible(not report.problems)
        self.table.setVisible(bool(report.problems))
        self.list.setVisible(bool(report.problems))

    def _where(self, row: ProblemRow) -> str:
        return self.tr("the grid") if row.flag is not ProblemFlag.NONE else self.tr("the list")

    def _lead(self, row: ProblemRow) -> None:
        if row.flag is ProblemFlag.NONE:
            self.list_asked.emit()
        else:
            self.query_asked.emit(Query(problem=row.flag))
