"""The few questions the window asks. Everything else can be undone, so it does not ask."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def _tr(text: str) -> str:
    return QCoreApplication.translate("questions", text)


def may_end_job(parent: QWidget, title: str) -> bool:
    """Ask whether to close, the window or the project, although a job runs."""
    return _ask(
        parent,
        _tr("“{title}” is still running.").format(title=title),
        _tr("If you close now it is cancelled; what it has finished is kept."),
        accept=_tr("Close anyway"),
        reject=_tr("Keep open"),
    )


def may_lose_verdicts(parent: QWidget, count: int, reason: str) -> bool:
    """Ask whether to close, the window or the project, although verdicts could not be written."""
    return _ask(
        parent,
        _tr("The last {count} steps are not on the disk.").format(count=f"{count:,}"),
        _tr("{reason}\nKeep it open, make room, and they are written.").format(reason=reason),
        accept=_tr("Close and lose them"),
        reject=_tr("Keep open"),
    )


def _ask(parent: QWidget, text: str, details: str, *, accept: str, reject: str) -> bool:
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("HistoViewer")
    box.setText(text)
    box.setInformativeText(details)
    yes = box.addButton(accept, QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton(reject, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.exec()
    chosen = box.clickedButton() is yes
    box.deleteLater()
    return chosen
