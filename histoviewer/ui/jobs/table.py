"""The jobs as a table: what each is called, how far it is, when it began, how long it took."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from histoviewer.ui import icons
from histoviewer.ui.jobs.history import JobHistory, JobRecord, JobState
from histoviewer.ui.jobs.wording import clock, describe_load
from histoviewer.ui.tables import Index, TextTable
from histoviewer.ui.theme import GAP, Theme
from histoviewer.ui.translation import translate

STATE, TITLE, PROGRESS, LOAD, STARTED, TOOK = range(6)
_BAR_HEIGHT: Final = 4
_ICONS: Final = {
    JobState.RUNNING: "running",
    JobState.WAITING: "recent",
    JobState.ENDED: "saved",
    JobState.CANCELLED: "cancel",
    JobState.FAILED: "error",
}


class JobTable(TextTable):
    """One row a job: what runs, what waits, then what has ended, newest first.

    Args:
        history: The jobs.
        theme: Colours of the signs.
        parent: Owner.
    """

    def __init__(self, history: JobHistory, *, theme: Theme, parent: QObject) -> None:
        titles = (
            self.tr("State"),
            self.tr("Job"),
            self.tr("Progress"),
            self.tr("Load"),
            self.tr("Started"),
            self.tr("Took"),
        )
        super().__init__(titles, parent)
        self._history = history
        self._theme = theme
        self.records = history.records
        history.added.connect(self._arrange)
        history.changed.connect(self._refresh)
        theme.changed.connect(self.refresh_times)

    def record(self, index: Index) -> JobRecord | None:
        """Return the job of a row; None where there is none."""
        return self.records[index.row()] if index.isValid() else None

    def row_of(self, record: JobRecord) -> int:
        """Return where a job stands."""
        return self.records.index(record)

    def refresh_times(self) -> None:
        """Show everything anew: time has passed."""
        if self.records:
            last = self.index(len(self.records) - 1, TOOK)
            self.dataChanged.emit(self.index(0, 0), last)

    def count(self) -> int:
        """Return the number of jobs."""
        return len(self.records)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        return _text(self.records[row], column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text, or the sign of a state."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DecorationRole and column == STATE:
            return icons.icon(_ICONS[self.records[row].state], self._theme)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._titles[column]}: {self.text(row, column)}"
        return super().data(index, role)

    def _arrange(self, _record: object = None) -> None:
        """Put the jobs in order; views keep the job that is selected, not the row."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        kept = [(index, self.records[index.row()]) for index in before]
        self.records = self._history.records
        for index, record in kept:
            is_there = record in self.records
            after = self.index(self.row_of(record), index.column()) if is_there else QModelIndex()
            self.changePersistentIndex(index, after)
        self.layoutChanged.emit()

    def _refresh(self, record: JobRecord) -> None:
        if self.records != self._history.records:
            self._arrange()
        elif record in self.records:
            row = self.row_of(record)
            self.dataChanged.emit(self.index(row, 0), self.index(row, TOOK))


class ProgressDelegate(QStyledItemDelegate):
    """Paints the figures of a job with a thin bar below them while it runs.

    Args:
        theme: Colours of the bar.
        parent: Owner.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        super().paint(painter, option, index)
        model = index.model()
        record = model.record(index) if isinstance(model, JobTable) else None
        share = None if record is None else share_done(record)
        if share is None:
            return
        area = QRectF(option.rect).adjusted(GAP, 0, -GAP, -2)
        area.setTop(area.bottom() - _BAR_HEIGHT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in (
            (1.0, self._theme.tokens.pressed),
            (share, self._theme.tokens.accent),
        ):
            painter.setBrush(QColor(colour))
            bar = QRectF(area.left(), area.top(), area.width() * width, area.height())
            painter.drawRoundedRect(bar, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.restore()


def share_done(record: JobRecord) -> float | None:
    """Return how much of the running job is done, 0-1; None while that is not known."""
    progress = record.progress
    if record.state is not JobState.RUNNING or progress is None or not progress.total:
        return None
    return min(1.0, progress.done / progress.total)


def state_text(state: JobState) -> str:
    """Return the state in a word."""
    return {
        JobState.RUNNING: translate("jobs", "Running"),
        JobState.WAITING: translate("jobs", "Waiting"),
        JobState.ENDED: translate("jobs", "Done"),
        JobState.CANCELLED: translate("jobs", "Cancelled"),
        JobState.FAILED: translate("jobs", "Failed"),
    }[state]


def _text(record: JobRecord, column: int) -> str:
    if column == STATE:
        return state_text(record.state)
    if column == TITLE:
        return record.title
    if column == PROGRESS:
        return record.figures
    if column == LOAD:
        return "" if record.load is None else describe_load(record.load)
    if column == STARTED:
        return _time_of_day(record.started)
    return "" if record.took_s is None else clock(record.took_s)


def _time_of_day(when: datetime | None) -> str:
    return "" if when is None else when.astimezone().strftime("%H:%M:%S")
