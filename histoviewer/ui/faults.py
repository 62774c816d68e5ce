"""Faults of ours: into the log with their traceback, and one calm dialog for the reader."""

import logging
import sys
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

log = logging.getLogger(__name__)
_qt_log = logging.getLogger("histoviewer.qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class FaultReporter(QObject):
    """Catches what nobody else caught while it is installed.

    Args:
        parent: Owner.
    """

    fault_met = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._previous_hook = sys.excepthook

    def install(self) -> None:
        """Take unhandled exceptions and Qt's messages."""
        sys.excepthook = self._report
        qInstallMessageHandler(_log_qt_message)

    def remove(self) -> None:
        """Give them back."""
        sys.excepthook = self._previous_hook
        qInstallMessageHandler(None)

    def _report(
        self,
        kind: type[BaseException],
        error: BaseException,
        traceback: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._previous_hook(kind, error, traceback)
            return
        log.critical("unexpected error", exc_info=(kind, error, traceback))
        self.fault_met.emit(f"{kind.__name__}: {error}")


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category, message)
