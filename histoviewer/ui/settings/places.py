"""Where things are: settings, keys, log, projects."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from histoviewer.logs import log_file
from histoviewer.settings import keymap_file, settings_file
from histoviewer.ui.dialogs.form import PathField
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import label


class Places(QWidget):
    """Paths to read, copy and open, and the folder for new projects to choose.

    Args:
        projects: The folder for new projects; '' for the one a data set is in.
        parent: Owner.
    """

    projects_chosen = Signal(object)  # Path, or None for the folder a data set is in

    def __init__(self, projects: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.projects = PathField(caption=self.tr("Folder for new projects"), folder=True)
        self.projects.edit.setPlaceholderText(self.tr("beside the data set"))
        self.projects.set_path(Path(projects) if projects else None)
        self._told = self.projects.path
        self.projects.edit.returnPressed.connect(self._tell)
        self.projects.edit.editingFinished.connect(self.finish_typing)
        self.projects.chosen.connect(self._tell)
        self.fault = label("", role="danger", wraps=True)
        self.fault.hide()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(WIDE)
        self._grid.setVerticalSpacing(GAP)
        self._grid.setColumnStretch(1, 1)
        self._add(self.tr("New projects"), self.projects, self._projects_folder)
        self._grid.addWidget(self.fault, 1, 1)
        for name, path in (
            (self.tr("Settings"), settings_file()),
            (self.tr("Key map"), keymap_file()),
            (self.tr("Log"), log_file()),
        ):
            text = label(str(path), wraps=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._add(name, text, lambda path=path: path.parent)

    def finish_typing(self) -> None:
        """Tell the folder that was typed and not told yet; nothing where nobody types."""
        if self.projects.path != self._told:
            self._tell()

    def show_fault(self, text: str) -> None:
        """Say why the folder cannot be used; '' where it can."""
        self.fault.setText(text)
        self.fault.setVisible(bool(text))

    def _add(self, name: str, field: QWidget, folder: object) -> None:
        row = self._grid.rowCount()
        title = label(name, role="muted")
        field.setAccessibleName(name)
        button = QPushButton(self.tr("Open folder"))
        button.setAccessibleName(self.tr("Open folder: {name}").format(name=name))
        button.setToolTip(self.tr("Show it in the file manager."))
        assert callable(folder)
        button.clicked.connect(lambda: _open(folder()))
        self._grid.addWidget(title, row, 0)
        self._grid.addWidget(field, row, 1)
        self._grid.addWidget(button, row, 2)

    def _projects_folder(self) -> Path:
        return self.projects.path or Path.home()

    def _tell(self) -> None:
        self._told = self.projects.path
        self.projects_chosen.emit(self._told)


def _open(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
