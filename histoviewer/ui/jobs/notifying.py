"""Tells a reader who looks elsewhere that a long job has ended."""

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from histoviewer.ui import icons
from histoviewer.ui.jobs.history import JobHistory, JobRecord, JobState
from histoviewer.ui.jobs.wording import clock

_LONG_S: Final = 10.0
_SHOWN_MS: Final = 10_000


class JobNotifier(QObject):
    """Lets the task bar call for attention, and shows a message of the system where it has a tray.

    The icon in the tray is there only as long as its message. UI thread only.

    Args:
        jobs: What it follows.
        window: The window that may be in the background.
        long_s: What took less is not worth a message, seconds.
    """

    def __init__(self, jobs: JobHistory, window: QWidget, *, long_s: float = _LONG_S) -> None:
        super().__init__(window)
        self._window = window
        self._long_s = long_s
        self._tray: QSystemTrayIcon | None = None
        self._hiding = QTimer(self, interval=_SHOWN_MS, singleShot=True)
        self._hiding.timeout.connect(self._hide)
        jobs.ended.connect(self._tell)

    def close(self) -> None:
        """Show nothing any more."""
        self._long_s = float("inf")
        self._hide()

    def _tell(self, record: JobRecord) -> None:
        if record.state is JobState.CANCELLED or self._window.isActiveWindow():
            return
        if record.took_s is None or record.took_s < self._long_s:
            return
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._show_message(record)

    def _show_message(self, record: JobRecord) -> None:
        if self._tray is None:
            self._tray = QSystemTrayIcon(icons.app_icon(), self)
            self._tray.setToolTip("HistoViewer")
            self._tray.messageClicked.connect(self._raise_window)
            self._tray.activated.connect(self._raise_window)
        failed = record.state is JobState.FAILED
        title = self.tr("{title} failed") if failed else self.tr("{title} is done")
        text = record.figures or self.tr("It took {time}.").format(time=clock(record.took_s or 0))
        kinds = QSystemTrayIcon.MessageIcon
        self._tray.show()
        self._tray.showMessage(
            title.format(title=record.title), text, kinds.Warning if failed else kinds.Information
        )
        self._hiding.start()

    def _raise_window(self) -> None:
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.raise_()
        self._window.activateWindow()
        self._hide()

    def _hide(self) -> None:
        self._hiding.stop()
        if self._tray is not None:
            self._tray.hide()
