"""Says what came of an import: on which tiles readers differ, and which lines were left out."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.labels import ClassNames
from histoviewer.ui.import_words import details, headline
from histoviewer.ui.tables import ListTable, show_rows
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import closing_box, heading, label

if TYPE_CHECKING:
    from histoviewer.services.interchange.conflicts import Conflict
    from histoviewer.services.interchange.importing import ImportOutcome
    from histoviewer.services.interchange.tables import Rejection

_WIDTH_LETTERS = 150
_LIST_ROWS = 10  # shown at once where there are so many
_ID_LETTERS = 60  # a SHA-1 and its margins fit in
_MEASURED_ROWS = 100  # by which columns take their width


class ImportOutcomeDialog(QDialog):
    """Counts what was imported, and lists conflicts and lines left out.

    Args:
        outcome: Of the import.
        classes: What the data set calls its classes.
        parent: The window.
    """

    def __init__(
        self, outcome: "ImportOutcome", classes: ClassNames, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import verdicts"))
        self._classes = classes
        self.conflicts = ListTable(
            outcome.conflicts,
            (self.tr("Tile"), self.tr("Stands"), self.tr("Who says what, and when")),
            self._conflict_texts,
            self,
        )
        self.left_out = ListTable(
            outcome.rejected, (self.tr("Line"), self.tr("Why")), _rejection_texts, self
        )
        self._lay_out(outcome)

    def _lay_out(self, outcome: "ImportOutcome") -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE + GAP, WIDE + GAP, WIDE + GAP, WIDE)
        column.setSpacing(GAP)
        column.addWidget(heading(headline(outcome), scale=1.4))
        column.addWidget(label(details(outcome), role="muted", wraps=True))
        if outcome.conflicts:
            self._add_list(
                column,
                self.tr("Readers differ on these tiles: {count}"),
                self.tr("The newest verdict stands. Another reader's label settles it."),
                self.conflicts,
            )
        if outcome.rejected:
            self._add_list(
                column,
                self.tr("Lines left out: {count}"),
                self.tr("The others are recorded. Correct these lines and import the file again."),
                self.left_out,
            )
        column.addSpacing(GAP)
        column.addWidget(self._make_buttons())
        width = self.fontMetrics().averageCharWidth() * _WIDTH_LETTERS
        column.activate()
        self.resize(width, column.totalHeightForWidth(width))  # wrapped labels say it only so

    def _add_list(
        self,
        column: QVBoxLayout,
        title: str,
        hint: str,
        model: "ListTable[Conflict] | ListTable[Rejection]",
    ) -> None:
        """Add a list below its title.

        Args:
            column: Where to.
            title: With a place for the count.
            hint: What it means.
            model: What is listed.
        """
        shown = title.format(count=f"{model.rowCount():,}")
        tree = QTreeView()
        show_rows(tree, model, shown)
        tree.header().setStretchLastSection(True)
        tree.setAlternatingRowColors(True)
        rows = min(model.rowCount(), _LIST_ROWS)
        tree.ensurePolished()  # rows and columns are as large as the style sheet says
        tree.header().setResizeContentsPrecision(_MEASURED_ROWS)
        widest = self.fontMetrics().averageCharWidth() * _ID_LETTERS
        for place in range(model.columnCount() - 1):
            tree.resizeColumnToContents(place)
            tree.setColumnWidth(place, min(tree.columnWidth(place) + GAP, widest))
        tree.setMinimumHeight(
            tree.header().sizeHint().height() + tree.sizeHintForRow(0) * (rows + 1)
        )
        column.addSpacing(GAP)
        column.addWidget(heading(shown, scale=1.1))
        column.addWidget(label(hint, role="muted", wraps=True))
        column.addWidget(tree, rows)

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = closing_box(self)
        copy = QPushButton(self.tr("Copy lists"))
        copy.setToolTip(self.tr("Copy both lists as text, for a mail or a spreadsheet."))
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        return buttons

    def _copy(self) -> None:
        lists = [model.as_text() for model in (self.conflicts, self.left_out) if model.rowCount()]
        QGuiApplication.clipboard().setText("\n\n".join(lists))

    def _conflict_texts(self, conflict: "Conflict") -> tuple[str, str, str]:
        said = self.tr("{reader}: {label} ({time})")
        opinions = [
            said.format(
                reader=opinion.reader,
                label=self._classes.of(opinion.label),
                time=_shown(QDateTime.fromSecsSinceEpoch(int(opinion.time.timestamp()))),
            )
            for opinion in conflict.opinions
        ]
        return conflict.tile, self._classes.of(conflict.stands), ";  ".join(opinions)


def _rejection_texts(rejection: "Rejection") -> tuple[str, str]:
    return f"{rejection.line:,}", rejection.reason


def _shown(time: QDateTime) -> str:
    return QLocale().toString(time, QLocale.FormatType.ShortFormat)
