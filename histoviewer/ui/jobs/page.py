"""The jobs page: the queue, what has ended, and the log of each job."""

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QFocusEvent,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.logs import log_file
from histoviewer.ui.jobs.history import JobRecord, JobState
from histoviewer.ui.jobs.table import PROGRESS, TITLE, JobTable, ProgressDelegate
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.tables import show_table
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import heading, label

_TICK_MS = 1000
_LIST_SHARE, _LOG_SHARE = 3, 2


class JobsPage(Page):
    """Every job of this session. UI thread only.

    Args:
        context: What the window has.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.table = JobTable(context.jobs, theme=context.theme, parent=self)
        self.list = QTableView()
        self.log = QPlainTextEdit()
        self._log_title = heading("", scale=1.1)
        self._none = label(self.tr("No job has run in this session."), role="muted")
        self.cancel = QPushButton(self.tr("Cancel"))
        self.retry = QPushButton(self.tr("Try again"))
        self.copy = QPushButton(self.tr("Copy log"))
        self.folder = QPushButton(self.tr("Open the log folder"))
        self._clock = QTimer(self, interval=_TICK_MS)
        self._shown_lines = 0
        self._lay_out()
        self._connect()
        self._refresh()

    @property
    def selected(self) -> JobRecord | None:
        """Return the job that is selected; None where none is."""
        return self.table.record(self.list.currentIndex())

    def select(self, record: JobRecord) -> None:
        """Select a job and show its log."""
        index = self.table.index(self.table.row_of(record), TITLE)
        flags = QItemSelectionModel.SelectionFlag
        self.list.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the list."""
        super().focusInEvent(event)
        self.list.setFocus(event.reason())

    def showEvent(self, event: QShowEvent) -> None:
        """Let the times run while they can be seen."""
        super().showEvent(event)
        self._clock.start()
        self.table.refresh_times()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop them."""
        super().hideEvent(event)
        self._clock.stop()

    def close_threads(self) -> None:
        """Stop the clock."""
        self._clock.stop()

    # --- how it is built

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addWidget(heading(self.tr("Jobs"), scale=1.4))
        column.addWidget(self._none)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.addWidget(self._make_list())
        self._split.addWidget(self._make_log())
        self._split.setStretchFactor(0, _LIST_SHARE)
        self._split.setStretchFactor(1, _LOG_SHARE)
        self._split.setChildrenCollapsible(False)
        column.addWidget(self._split, 1)
        column.addStretch(0)

    def _make_list(self) -> QWidget:
        view = self.list
        show_table(view, self.table, self.tr("Jobs"), widest=PROGRESS)
        view.setItemDelegateForColumn(PROGRESS, ProgressDelegate(self._context.theme, view))
        view.setObjectName("jobs")
        view.setWordWrap(False)
        return view

    def _make_log(self) -> QWidget:
        self.log.setObjectName("log")
        self.log.setReadOnly(True)
        self.log.setTabChangesFocus(True)
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.log.setAccessibleName(self.tr("Log of the job"))
        self.cancel.setToolTip(
            self.tr("End this job, or take it out of the queue; training keeps its best model.")
        )
        self.retry.setToolTip(self.tr("Ask for the same once more."))
        self.copy.setToolTip(self.tr("Copy the log of this job."))
        self.folder.setToolTip(self.tr("Show the program's own log in the file manager."))
        buttons = QHBoxLayout()
        buttons.addWidget(self._log_title, 1)
        for button in (self.cancel, self.retry, self.copy, self.folder):
            buttons.addWidget(button)
        pane = QWidget()
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, GAP, 0, 0)
        column.addLayout(buttons)
        column.addWidget(self.log, 1)
        return pane

    def _connect(self) -> None:
        self.list.selectionModel().currentRowChanged.connect(self._show_log)
        self._context.jobs.added.connect(self._take_added)
        self._context.jobs.changed.connect(self._take_changed)
        self._context.bench.standing_changed.connect(self._refresh)  # another project is open
        self._clock.timeout.connect(self.table.refresh_times)
        self.cancel.clicked.connect(self._cancel_selected)
        self.retry.clicked.connect(self._retry_selected)
        self.copy.clicked.connect(self._copy_log)
        self.folder.clicked.connect(_open_log_folder)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._cancel_selected)

    # --- what is shown

    def _take_added(self, record: JobRecord) -> None:
        if self.selected is None:
            self.select(record)
        self._refresh()

    def _take_changed(self, record: JobRecord) -> None:
        if record is self.selected:
            self._refresh()

    def _refresh(self) -> None:
        """Show the log as it is now, adding what is new at its end, and offer what can be done."""
        record = self.selected
        is_empty = not self.table.records
        self._none.setVisible(is_empty)
        self._split.setVisible(not is_empty)
        self.cancel.setEnabled(record is not None and not record.state.is_over)
        self.retry.setEnabled(
            record is not None
            and record.state in (JobState.FAILED, JobState.CANCELLED)
            and self._context.bench.can_repeat(record.task)
        )
        self.copy.setEnabled(record is not None and bool(record.lines))
        if record is not None:
            step = f": {record.step}" if record.step and record.step != record.title else ""
            self._log_title.setText(f"{record.title}{step}")
            for line in record.lines[self._shown_lines :]:
                self.log.appendPlainText(line)
            self._shown_lines = len(record.lines)

    def _show_log(self) -> None:
        self.log.clear()
        self._shown_lines = 0
        self._refresh()

    # --- what can be done

    def _cancel_selected(self) -> None:
        if (record := self.selected) is not None:
            record.lane.withdraw(record.task)

    def _retry_selected(self) -> None:
        record = self.selected
        if record is not None and record.task.again is not None:
            record.task.again()
            newest = next((each for each in self.table.records if not each.state.is_over), record)
            self.select(newest)

    def _copy_log(self) -> None:
        if (record := self.selected) is not None:
            QGuiApplication.clipboard().setText("\n".join(record.lines))


def _open_log_folder() -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file().parent)))
