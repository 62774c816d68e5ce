"""Says that the program met an error of its own, and where its log is."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget


class FaultDialog(QMessageBox):
    """One calm page: what was not done, and what to send along with a report.

    Args:
        summary: The error in one line.
        log_file: The log with its details.
        parent: The window.
    """

    def __init__(self, summary: str, log_file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._summary = summary
        self._log_file = log_file
        self.setIcon(QMessageBox.Icon.Warning)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.setText(self.tr("HistoViewer met an error of its own."))
        self.setInformativeText(
            self.tr(
                "Your verdicts are safe, and you can go on. If you report it, please send the log "
                "along:\n{path}"
            ).format(path=log_file)
        )
        self.setDetailedText(summary)
        self.addButton(self.tr("Close"), QMessageBox.ButtonRole.RejectRole)
        copy = self.addButton(self.tr("Copy report"), QMessageBox.ButtonRole.ActionRole)
        show = self.addButton(self.tr("Show log"), QMessageBox.ButtonRole.ActionRole)
        for button, act in ((copy, self._copy), (show, self._show_log)):
            assert isinstance(button, QPushButton)
            button.clicked.disconnect()  # these do not close the dialog
            button.clicked.connect(act)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._summary}\n{self._log_file}")

    def _show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_file.parent)))


class FaultDialogs:
    """Shows one fault at a time: a fault in painting comes back with every repaint.

    Further faults are only logged until the reader has closed the dialog. UI thread only.

    Args:
        log_file: The log with the details.
        window: Parent of the dialogs.
    """

    def __init__(self, log_file: Path, window: QWidget) -> None:
        self._log_file = log_file
        self._window = window
        self._is_shown = False

    def show_fault(self, summary: str) -> None:
        """Show a fault where none is shown."""
        if self._is_shown:
            return
        self._is_shown = True
        dialog = FaultDialog(summary, self._log_file, self._window)
        dialog.finished.connect(self._end)
        dialog.open()

    def _end(self) -> None:
        self._is_shown = False
