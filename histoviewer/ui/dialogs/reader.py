"""Asks who reads: the name that is recorded with every verdict."""

from PySide6.QtWidgets import QLineEdit, QWidget

from histoviewer.settings import clean_name
from histoviewer.ui.dialogs.form import FormDialog


class ReaderDialog(FormDialog):
    """Asks for a name, proposing one.

    Args:
        proposed: The name in force, or that of the account.
        parent: The window.
    """

    def __init__(self, proposed: str, parent: QWidget | None = None) -> None:
        super().__init__(
            title=self.tr("Who reads?"),
            lead=self.tr(
                "The name is recorded with every verdict, so that readers can be told apart and "
                "compared. Initials will do."
            ),
            accept=self.tr("Read under this name"),
            parent=parent,
        )
        self.name = QLineEdit(proposed)
        self.add_row(
            self.tr("Name"),
            self.name,
            self.tr("It can be changed at any time, in the settings or in the File menu."),
        )
        self.name.selectAll()
        self.name.textChanged.connect(self._judge)

    @property
    def choice(self) -> str:
        """Return the name as it is recorded."""
        return clean_name(self.name.text())

    def _judge(self) -> None:
        self.show_fault("" if self.choice else self.tr("Give a name, or initials."))
