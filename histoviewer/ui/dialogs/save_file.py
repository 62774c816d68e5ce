"""Asking where a file is to be written."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_save_path(
    parent: QWidget, *, caption: str, proposed: str | Path, kind: str, suffix: str
) -> Path | None:
    """Ask where a file goes; whoever answers has agreed to replace what is there.

    The suffix is added before Qt looks for a file of that name: added after, it would name one
    that nobody was asked about. UI thread only; waits for the answer.

    Args:
        parent: Below which window.
        caption: Title of the dialog.
        proposed: Name, or path, to begin with.
        kind: What is listed: 'ONNX (*.onnx)'.
        suffix: With its dot; every answer ends with it.

    Returns:
        The path; None where the reader thought better of it.
    """
    dialog = QFileDialog(parent, caption, "", kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(str(proposed))
    try:
        while dialog.exec():
            chosen = dialog.selectedFiles()[0]
            if chosen.endswith(suffix):
                return Path(chosen)
            dialog.selectFile(f"{chosen}{suffix}")  # it had another: ask about the whole name
        return None
    finally:
        dialog.deleteLater()
