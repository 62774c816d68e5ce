"""What our dialogs have in common."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import heading, inset, label

_WIDTH_LETTERS = 96


class FormDialog(QDialog):
    """A dialog with a heading, a form, a place for a warning and two buttons.

    Args:
        title: What it is about.
        lead: A sentence or two below the heading.
        accept: Text of the main button.
        parent: The window.
    """

    def __init__(
        self, *, title: str, lead: str, accept: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setFixedWidth(self.fontMetrics().averageCharWidth() * _WIDTH_LETTERS)
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(WIDE)
        self.form.setVerticalSpacing(GAP)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        self._fault = label("", role="danger", wraps=True)
        self._fault.hide()
        self._accept = QPushButton(accept)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._build(title, lead)

    def _build(self, title: str, lead: str) -> None:
        buttons = QDialogButtonBox()
        buttons.addButton(self._accept, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self._cancel, QDialogButtonBox.ButtonRole.RejectRole)
        self._cancel.setAutoDefault(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE + GAP, WIDE + GAP, WIDE + GAP, WIDE)
        column.setSpacing(WIDE)
        column.addWidget(heading(title, scale=1.4))
        if lead:
            column.addWidget(label(lead, role="muted", wraps=True))
        column.addLayout(self.form)
        column.addWidget(self._fault)
        column.addWidget(buttons)
        # Only a button inside the dialog stays the one for Enter when a field takes the keyboard.
        self._accept.setDefault(True)

    def add_row(self, name: str, field: QWidget, help_text: str = "") -> None:
        """Add a field with its name, and a hint below it."""
        field.setAccessibleName(name)
        if isinstance(field, QSpinBox | QComboBox):
            field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            field.setMinimumWidth(self.width() // 3)
        if isinstance(field, QSpinBox):
            inset(field)
        title = label(name)
        title.setBuddy(field)
        self.form.addRow(title, field)
        for before, after in pairwise((field, self._accept, self._cancel)):
            self.setTabOrder(before, after)
        if help_text:
            self.form.addRow("", label(help_text, role="muted", wraps=True))
            field.setAccessibleDescription(help_text)

    def show_fault(self, text: str) -> None:
        """Say why the main button cannot be used; '' where it can."""
        self._fault.setText(text)
        self._fault.setVisible(bool(text))
        self._accept.setEnabled(not text)
        self.fit_height()

    @property
    def fault(self) -> str:
        """Return why the main button cannot be used; '' where it can."""
        return self._fault.text()

    def hold_accept(self) -> None:
        """Keep the main button off until `show_fault` says that nothing is wrong."""
        self._accept.setEnabled(False)

    def fit_height(self) -> None:
        """Make the dialog as high as its texts need: wrapped labels do not say so by themselves."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.setFixedHeight(layout.totalHeightForWidth(self.width()))

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the height to the texts; give the keyboard to the first field."""
        self.fit_height()
        first = self.form.itemAt(0, QFormLayout.ItemRole.FieldRole)
        if first is not None and (field := first.widget()) is not None:
            field.setFocus()
        super().showEvent(event)


class PathField(QWidget):
    """A path that can be typed or browsed for.

    Args:
        caption: Title of the file dialog.
        filters: What it shows: 'CSV files (*.csv)'.
        saves: Whether the file is to be written rather than read.
        folder: Whether a folder is meant.
    """

    chosen = Signal()  # browsed for, and found

    def __init__(
        self,
        *,
        caption: str,
        filters: Sequence[str] = (),
        saves: bool = False,
        folder: bool = False,
    ) -> None:
        super().__init__()
        self._caption = caption
        self._filters = ";;".join((*filters, self.tr("All files (*)")))
        self._saves = saves
        self._folder = folder
        self.edit = QLineEdit()
        self.edit.setClearButtonEnabled(not saves)
        browse = QPushButton(self.tr("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.edit, 1)
        row.addWidget(browse)
        self.setFocusProxy(self.edit)

    @property
    def path(self) -> Path | None:
        """Return what was chosen; None where nothing was."""
        text = self.edit.text().strip()
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path | None) -> None:
        """Show a path."""
        self.edit.setText("" if path is None else str(path))

    def setAccessibleName(self, name: str) -> None:
        """Name the field that takes the keyboard."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def _browse(self) -> None:
        start = self.edit.text()
        if self._folder:
            chosen = QFileDialog.getExistingDirectory(self, self._caption, start)
        elif self._saves:
            chosen, _ = QFileDialog.getSaveFileName(self, self._caption, start, self._filters)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, self._caption, start, self._filters)
        if chosen:
            self.edit.setText(chosen)
            self.chosen.emit()
