"""The few questions the window asks. Everything else can be undone, so it does not ask."""

from PySide6.QtWidgets import QMessageBox, QWidget

from histoviewer.ui.translation import translate


def may_end_job(parent: QWidget, title: str) -> bool:
    """Ask whether to close, the window or the project, although a job runs."""
    return _ask(
        parent,
        translate("questions", "“{title}” is still running.").format(title=title),
        translate("questions", "If you close now it is cancelled; what it has finished is kept."),
        accept=translate("questions", "Close anyway"),
        reject=translate("questions", "Keep open"),
    )


def may_lose_verdicts(parent: QWidget, count: int, reason: str) -> bool:
    """Ask whether to close, the window or the project, although verdicts could not be written."""
    return _ask(
        parent,
        translate("questions", "The last {count} steps are not on the disk.").format(
            count=f"{count:,}"
        ),
        translate("questions", "{reason}\nKeep it open, make room, and they are written.").format(
            reason=reason
        ),
        accept=translate("questions", "Close and lose them"),
        reject=translate("questions", "Keep open"),
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
