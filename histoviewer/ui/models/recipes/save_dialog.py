"""Asks what a new recipe is to be called."""

from collections.abc import Collection

from PySide6.QtWidgets import QLineEdit, QWidget

from histoviewer.errors import InputError
from histoviewer.ui.dialogs.form import FormDialog


class SaveRecipeDialog(FormDialog):
    """A name that none has yet; what a recipe may be called is up to the services.

    Args:
        proposed: A free name.
        taken: Names of the reader's own recipes, which are not overwritten here.
        parent: The window.
    """

    def __init__(
        self, proposed: str, taken: Collection[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            title=self.tr("Save as a new recipe"),
            lead=self.tr("It stands among your own recipes, in every project."),
            accept=self.tr("Save"),
            parent=parent,
        )
        self._taken = {name.casefold() for name in taken}
        self.name = QLineEdit(proposed)
        self.add_row(self.tr("Name"), self.name)
        self.name.setToolTip(self.tr("Letters, digits, '-', '_' and '.'"))
        self.name.textChanged.connect(self._check)
        self.name.selectAll()
        self._check()

    @property
    def choice(self) -> str:
        """Return the name."""
        return self.name.text().strip()

    def _check(self) -> None:
        self.show_fault(self._fault_of(self.choice))

    def _fault_of(self, name: str) -> str:
        from histoviewer.services.recipes import check_name

        if name.casefold() in self._taken:
            return self.tr("There is a recipe of this name already.")
        try:
            check_name(name)
        except InputError as error:
            return str(error)
        return ""
