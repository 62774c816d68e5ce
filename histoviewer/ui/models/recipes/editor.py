"""The form of a whole recipe, in step with its text."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, get_type_hints

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from histoviewer.domain.blocks import Head
from histoviewer.domain.recipe import Recipe, recipe_of
from histoviewer.domain.recipe_text import table_of, write_recipe
from histoviewer.domain.strict import TableError
from histoviewer.ui.models.recipes.cards import card, padded, scrolled
from histoviewer.ui.models.recipes.list_form import ListForm
from histoviewer.ui.models.recipes.spec import FieldKind, FieldSpec, fields_of, tables_in
from histoviewer.ui.models.recipes.table_form import TableForm
from histoviewer.ui.models.recipes.words import section_title
from histoviewer.ui.theme import GAP, Theme
from histoviewer.ui.widgets import make_panel_tabs

_SETTLE_MS: Final = 120  # typing pauses so long before what is written is read

# Which tables stand together; one that is named nowhere stands with the last.
_NETWORK: Final = ("input", "blocks", "head")
_DATA: Final = ("augmentation", "sampling")
_LATER: Final = ("finetuning", "retraining")

_TITLE: Final = FieldSpec(name="title", kind=FieldKind.TEXT, start="")


class RecipeEditor(QTabWidget):
    """Forms of all tables, and the text that they make. UI thread only.

    Args:
        theme: Colours of the signs.
        parent: Owner.
    """

    recipe_changed = Signal(object)  # what is shown now is a valid recipe
    refused = Signal(object)  # a TableError: what is shown now is none
    block_chosen = Signal(int)  # place of the block that is shown; -1 for none

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._base = Recipe(title="", blocks=())
        self._forms: dict[str, TableForm] = {}
        self.text = QPlainTextEdit()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._read)
        hints = get_type_hints(Recipe, include_extras=True)
        self.title = TableForm([_TITLE], "")
        self.blocks = ListForm(tables_in(hints["blocks"]), "blocks", theme=theme)
        dense = get_type_hints(Head, include_extras=True)["dense"]
        self.dense = ListForm(tables_in(dense), "dense", theme=theme)
        for name, hint in hints.items():
            if hasattr(hint, "__dataclass_fields__"):
                self._forms[name] = TableForm(fields_of(hint), name)
        self._lay_out()
        self._connect()

    @property
    def forms(self) -> dict[str, TableForm]:
        """Return the forms by the keys of their tables."""
        return dict(self._forms)

    def show_recipe(self, recipe: Recipe) -> None:
        """Show a recipe from its beginning."""
        self._settle.stop()
        self._base = recipe
        table = table_of(recipe)
        self.title.show_table(table)
        for name, form in self._forms.items():
            form.show_table(table.get(name, {}))
        self.dense.show_tables(table.get("head", {}).get("dense", []))
        self.blocks.show_tables(table["blocks"])
        self._show_text(recipe)

    def table(self) -> dict[str, Any]:
        """Return what a file would say now, right or wrong."""
        tables = {name: form.table() for name, form in self._forms.items()}
        tables["head"]["dense"] = self.dense.tables()
        named = {**self.title.table(), "group": self._base.group}
        return {**named, **tables, "blocks": self.blocks.tables()}

    def finish(self) -> None:
        """Read what was written a moment ago at once, rather than once the reader pauses."""
        if self._settle.isActive():
            self._settle.stop()
            self._read()

    def rest(self) -> None:
        """Read nothing more of what is written."""
        self._settle.stop()

    # --- how it is built

    def _lay_out(self) -> None:
        self.setDocumentMode(True)
        make_panel_tabs(self.tabBar(), self.tr("Parts of the recipe"))
        self.addTab(scrolled([self._network()]), self.tr("Network"))
        rest = [name for name in self._forms if name not in (*_NETWORK, *_DATA, *_LATER)]
        for title, names in (
            (self.tr("Data"), _DATA),
            (self.tr("Training"), rest),
            (self.tr("Further training"), _LATER),
        ):
            cards = [card(section_title(name), self._forms[name]) for name in names]
            self.addTab(scrolled(cards), title)
        self.text.setObjectName("log")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("The recipe as TOML"))
        self.addTab(padded(self.text), self.tr("TOML"))

    def _network(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.title)
        column.addWidget(card(section_title("input"), self._forms["input"]))
        column.addWidget(card(section_title("blocks"), self.blocks), 1)
        column.addWidget(card(section_title("head"), self._forms["head"]))
        column.addWidget(card(section_title("dense"), self.dense))
        return whole

    def _connect(self) -> None:
        for form in (self.title, *self._forms.values()):
            form.changed.connect(self._settle.start)
        for listed in (self.blocks, self.dense):
            listed.changed.connect(self._settle.start)
        self.blocks.chosen.connect(self.block_chosen)

    # --- what is changed

    def _read(self) -> None:
        """Take what is written as a recipe; where it is none, say so where it is wrong."""
        try:
            recipe = recipe_of(self.table())
        except TableError as error:
            self.show_fault(error)
            self.refused.emit(error)
            return
        recipe = replace(recipe, name=self._base.name, source=self._base.source)
        self._clear_faults()
        self._show_text(recipe)
        self.recipe_changed.emit(recipe)

    def _show_text(self, recipe: Recipe) -> None:
        self.text.setPlainText(write_recipe(recipe))

    def _clear_faults(self) -> None:
        for form in (self.title, *self._forms.values()):
            form.show_fault("", "")
        for listed in (self.blocks, self.dense):
            listed.show_fault(None, "", "")

    def show_fault(self, error: TableError) -> None:
        """Say below the field of a key what is wrong with it."""
        self._clear_faults()
        match error.key:
            case ("head", "dense", int(place), *rest):
                self.dense.show_fault(place, _name(rest), error.hint)
            case ("blocks", int(place), *rest):
                self.blocks.show_fault(place, _name(rest), error.hint)
            case (str(name), str(key)) if name in self._forms:
                self._forms[name].show_fault(key, error.hint)
            case (str(key),):
                self.title.show_fault(key, error.hint)


def _name(rest: Sequence[str | int]) -> str:
    return str(rest[0]) if rest else ""
