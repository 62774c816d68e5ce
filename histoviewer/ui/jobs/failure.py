"""A job that failed: what happened in one sentence, its last log lines on demand."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from histoviewer.errors import JobError
from histoviewer.ui import icons
from histoviewer.ui.notices import LevelSign
from histoviewer.ui.theme import GAP, Theme
from histoviewer.ui.widgets import heading, label

_LOG_LINES_SHOWN = 6


class FailedJob(QWidget):
    """Stays until the reader dismisses it.

    Args:
        title: What the task is called.
        step: What of it failed: the scoring after a training is not the training.
        error: Why.
        theme: Colours of the icons.
        log_path: The log of the program, named where the fault is ours.
        parent: Owner.
    """

    dismissed = Signal()

    def __init__(
        self,
        *,
        title: str,
        step: str,
        error: Exception,
        theme: Theme,
        log_path: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self._theme = theme
        self._lines = "\n".join(error.log_tail) if isinstance(error, JobError) else ""
        self._log = QPlainTextEdit(self._lines)
        self._more = QToolButton()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(self._summary(step, error, log_path))
        column.addWidget(self._log)
        self._build_log()
        self._set_expanded(on=False)

    @property
    def log_text(self) -> str:
        """Return the last lines that the job wrote."""
        return self._lines

    def _summary(self, step: str, error: Exception, log_path: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(LevelSign("error", self._theme))
        row.addWidget(heading(self.tr("{title} failed").format(title=step), scale=1.0))
        row.addWidget(label(_reason(error, log_path), wraps=True), 1)
        self._more.setVisible(bool(self._lines))
        self._more.clicked.connect(lambda: self._set_expanded(on=self._log.isHidden()))
        copy = QPushButton(icons.icon("copy", self._theme), self.tr("Copy log"))
        copy.setVisible(bool(self._lines))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._lines))
        dismiss = QToolButton()
        dismiss.setIcon(icons.icon("close", self._theme))
        dismiss.setAccessibleName(self.tr("Dismiss"))
        dismiss.setToolTip(self.tr("Dismiss"))
        dismiss.clicked.connect(self.dismissed)
        for widget in (self._more, copy, dismiss):
            row.addWidget(widget)
        return row

    def _build_log(self) -> None:
        self._log.setObjectName("log")
        self._log.setReadOnly(True)
        self._log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._log.setFixedHeight(self._log.fontMetrics().lineSpacing() * (_LOG_LINES_SHOWN + 1))
        self._log.setAccessibleName(self.tr("Last log lines of the job"))

    def _set_expanded(self, *, on: bool) -> None:
        self._log.setVisible(on)
        self._more.setText(self.tr("Hide log") if on else self.tr("Show log"))


def _reason(error: Exception, log_path: str) -> str:
    if isinstance(error, JobError):
        return error.message
    return f"{type(error).__name__}: {error} ({log_path})"
