"""The activity page: who did what and when, and undo of any step on its own."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.verdicts import Batch
from histoviewer.errors import InputError
from histoviewer.services.changes import Changes
from histoviewer.ui.activity.model import HOW, STATE, STEP, WHAT, WHEN, WHO, ActivityModel
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.steps import step_name
from histoviewer.ui.tables import show_rows
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import heading, label

if TYPE_CHECKING:
    from histoviewer.services.opening import Workspace
    from histoviewer.services.reviewing import ReviewSession

# What each column has room for; the words of the widest cell.
_SAMPLES = {
    STEP: "000,000",
    WHEN: "0000-00-00 00:00:00",
    WHO: "M. Mustermann-Reader",
    HOW: "from another machine",
    STATE: "taken back",
}
_PADDING = 24


class ActivityPage(Page):
    """Every step of every reader, newest first. UI thread only.

    Args:
        context: What the window gives its pages.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._session: ReviewSession | None = None
        self._is_stale = False
        self.model = ActivityModel(self)
        self.list = QTreeView()
        self.summary = label("", role="muted")
        self.undo_button = QPushButton(self.tr("Undo this step"))
        self.show_button = QPushButton(self.tr("Show its tiles"))
        self._empty = label(
            self.tr("No verdicts yet. Each step you take on the Review page is listed here."),
            role="muted",
            wraps=True,
        )
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        self._prepare_list()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.undo_button.setToolTip(self.tr("Take back this step alone; later steps stay in force"))
        self.show_button.setToolTip(self.tr("Go to the Review page and select its tiles (Enter)"))
        head = QHBoxLayout()
        head.addWidget(heading(self.tr("Activity")))
        head.addSpacing(GAP)
        head.addWidget(self.summary)
        head.addStretch(1)
        head.addWidget(self.show_button)
        head.addWidget(self.undo_button)
        self._body = QStackedWidget()
        self._body.addWidget(self._empty)
        self._body.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(WIDE)
        column.addLayout(head)
        column.addWidget(self._body, 1)

    def _prepare_list(self) -> None:
        show_rows(self.list, self.model, self.tr("Steps of all readers, newest first"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for column, sample in _SAMPLES.items():
            width = self.fontMetrics().horizontalAdvance(sample)
            self.list.setColumnWidth(column, width + _PADDING)
        self.list.header().setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)

    def _connect(self) -> None:
        self.undo_button.clicked.connect(self.undo_chosen)
        self.show_button.clicked.connect(self.show_chosen)
        self.list.activated.connect(self.show_chosen)
        self.list.selectionModel().currentChanged.connect(self._enable)

    # --- what is shown

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show the log of a project; None for none."""
        self._session = None if workspace is None else workspace.session
        self.model.show_log(None if self._session is None else self._session.log)
        self._is_stale = not self.isVisible()  # laying out a long list would delay the opening
        if not self._is_stale:
            self._refresh()

    def apply_changes(self, changes: Changes) -> None:
        """List what was done; while the page is hidden, wait until it is shown."""
        if not changes.verdicts:
            return
        if self.isVisible():
            self._catch_up()
        else:
            self._is_stale = True

    def showEvent(self, event: QShowEvent) -> None:
        """List what was done while the page was hidden."""
        super().showEvent(event)
        if self._is_stale:
            self._catch_up()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the list."""
        super().focusInEvent(event)
        self.list.setFocus(event.reason())

    def _catch_up(self) -> None:
        self._is_stale = False
        self.model.catch_up()
        self._refresh()

    def _refresh(self) -> None:
        count = self.model.rowCount()
        self._body.setCurrentWidget(self.list if count else self._empty)
        if count and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0, 0))
        readers = () if self._session is None else self._session.log.readers
        text = self.tr("Steps: {steps}. Readers: {readers}.") if count else ""
        self.summary.setText(text.format(steps=f"{count:,}", readers=", ".join(readers)))
        self._enable()

    def _enable(self, *_: QModelIndex) -> None:
        batch = self._chosen()
        row = self.list.currentIndex().row()
        writes = self._session is not None and not self._session.read_only
        self.undo_button.setEnabled(batch is not None and writes and self.model.can_undo(row))
        self.show_button.setEnabled(batch is not None)

    def _chosen(self) -> Batch | None:
        index = self.list.currentIndex()
        return self.model.concerned(index.row()) if index.isValid() else None

    # --- what can be done

    def undo_chosen(self) -> None:
        """Take back the chosen step, whether or not it is the newest."""
        batch, session = self._chosen(), self._session
        if batch is None or session is None:
            return
        try:
            changes = session.undo(batch.number, initiator=self)
        except InputError as error:
            self.notice.emit(str(error))
            return
        self.changed.emit(changes)
        self.notice.emit(self.tr("Taken back: {step}.").format(step=step_name(batch)))

    def show_chosen(self) -> None:
        """Go to the review page and select the tiles of the chosen step."""
        batch = self._chosen()
        if batch is not None:
            review = self._context.pages.show_page("review")
            assert isinstance(review, ReviewPage)
            review.show_tiles(batch.distinct_tiles)
