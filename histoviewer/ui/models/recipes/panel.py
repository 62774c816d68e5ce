"""The panel on which recipes are read, edited, saved as new ones and trained."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.network import NetworkFacts
from histoviewer.domain.recipe import DEFAULT_RECIPE, Recipe
from histoviewer.domain.strict import TableError
from histoviewer.ui.dialogs.recipe_list import RecipeList
from histoviewer.ui.dialogs.train import TrainDialog
from histoviewer.ui.models.panel import Panel
from histoviewer.ui.models.recipes.editor import RecipeEditor
from histoviewer.ui.models.recipes.network_reader import NetworkReader
from histoviewer.ui.models.recipes.network_view import NetworkView
from histoviewer.ui.models.recipes.shelf import Shelf
from histoviewer.ui.pages import PageContext
from histoviewer.ui.review.flow import in_lines
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import heading, label, make_primary, restyle

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace

_LIST_LETTERS: Final = 26
_SHARES: Final = (240, 610, 460)  # pixels of list, form and network at first


class RecipesPanel(Panel):
    """The recipes on the left, the form of the chosen one, its network on the right.

    What is changed and not saved is kept for each recipe until it is saved or reverted. UI thread
    only.

    Args:
        context: What the window has.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._tile_size = 0
        self._drafts: dict[str, Recipe] = {}
        self._fault = ""
        self.shelf = Shelf(context.bench, self)
        self.reader = NetworkReader(context.bench, self)
        self.list = RecipeList([])
        self.editor = RecipeEditor(theme=context.theme)
        self.network = NetworkView()
        self._name = heading("", scale=1.25)
        self._state = label("", role="muted", wraps=True)
        self._problems = label("", role="danger", wraps=True)
        self.revert = QPushButton(self.tr("Revert"))
        self.delete = QPushButton(self.tr("Delete"))
        self.save = QPushButton(self.tr("Save"))
        self.save_as = QPushButton(self.tr("Save as new recipe…"))
        self.train = QPushButton(self.tr("Train this recipe…"))
        self._lay_out()
        self._connect()

    @property
    def recipe(self) -> Recipe | None:
        """Return the chosen recipe with what was changed of it; None before they are listed."""
        return None if self._stored is None else self._drafts.get(self._stored.name, self._stored)

    def choose(self, name: str) -> None:
        """Show a recipe by its name."""
        self.list.choose(name)

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Build networks for the tiles of a project; None for none."""
        self._tile_size = 0 if workspace is None else workspace.project.info.tile_size
        self.reader.forget()
        if workspace is not None and self.isVisible():
            self.shelf.read()

    def showEvent(self, event: QShowEvent) -> None:
        """List the recipes as they are now: files may have been edited elsewhere."""
        super().showEvent(event)
        if self._tile_size:
            self.shelf.read()

    def close_threads(self) -> None:
        """Stop what waits: nothing is read or built any more."""
        self.editor.rest()
        self.reader.forget()

    # --- how it is built

    def _lay_out(self) -> None:
        self.list.setAccessibleName(self.tr("Recipes"))
        self.list.setMinimumWidth(self.fontMetrics().averageCharWidth() * _LIST_LETTERS)
        self.setFocusProxy(self.list)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        for part in (self._make_list(), self._make_editor(), self.network):
            split.addWidget(part)
        split.setSizes(list(_SHARES))
        split.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)

    def _make_list(self) -> QWidget:
        pane = QWidget()
        column = QVBoxLayout(pane)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addWidget(self.list, 1)
        column.addWidget(self._problems)
        self._problems.hide()
        return pane

    def _make_editor(self) -> QWidget:
        tips = {
            self.revert: self.tr("Show the recipe as it was saved."),
            self.delete: self.tr("Remove this recipe of yours; models keep their copy of it."),
            self.save: self.tr("Write the changes into this recipe of yours."),
            self.save_as: self.tr("Keep what is shown as a new recipe of yours."),
            self.train: self.tr("Train a model by this recipe, as it was saved."),
        }
        make_primary(self.train)
        for button, tip in tips.items():
            button.setToolTip(tip)
        head = QVBoxLayout()
        head.setContentsMargins(WIDE, WIDE, WIDE, 0)
        head.setSpacing(GAP)
        head.addWidget(in_lines(self._name, *tips))
        head.addWidget(self._state)
        pane = QWidget()
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addWidget(self.editor, 1)
        return pane

    def _connect(self) -> None:
        self.shelf.listed.connect(self._show_recipes)
        self.shelf.saved.connect(self._take_saved)
        self.shelf.notice.connect(self.notice)
        self.shelf.failed.connect(self._context.notices.show_error)
        self.list.currentRowChanged.connect(self._show_chosen)
        self.editor.recipe_changed.connect(self._take_change)
        self.editor.refused.connect(self._take_fault)
        self.editor.block_chosen.connect(self.network.mark_block)
        self.reader.known.connect(self._take_network)
        self.reader.failed.connect(self._take_no_network)
        self.revert.clicked.connect(self._revert)
        self.delete.clicked.connect(self._delete)
        self.save.clicked.connect(self._save)
        self.save_as.clicked.connect(self._save_as)
        self.train.clicked.connect(self._train)
        self._context.actions["model.train"].changed.connect(self._enable)

    # --- what is shown

    @property
    def _stored(self) -> Recipe | None:
        return self.list.recipe if self.list.currentRow() >= 0 else None

    def _show_recipes(self, recipes: Sequence[Recipe], problems: Sequence[str]) -> None:
        before = self._stored
        self.list.show_recipes(recipes)
        is_there = before is not None and before.name in {recipe.name for recipe in recipes}
        self.list.choose(before.name if before is not None and is_there else DEFAULT_RECIPE)
        if self._tile_size:
            self.reader.survey(recipes, self._tile_size)
        self._problems.setText("\n".join(problems))
        self._problems.setVisible(bool(problems))

    def _show_chosen(self) -> None:
        self.editor.finish()  # what was typed a moment ago belongs to the recipe shown until now
        if (recipe := self.recipe) is not None:
            self._fault = ""
            self.editor.show_recipe(recipe)
            self._ask_network(recipe)
            self._refresh()

    def _refresh(self) -> None:
        stored = self._stored
        if stored is None:
            return
        self._name.setText(stored.name)
        changed = self.tr("Changed, not saved.")
        own = self.tr("Your own recipe.")
        shipped = self.tr("Comes with the program: changes are saved as a new recipe.")
        origin = own if stored.group == "own" else shipped
        parts = [changed] if stored.name in self._drafts else []
        self._state.setText(self._fault or " ".join((*parts, origin)))
        self._state.setProperty("role", "danger" if self._fault else "muted")
        restyle(self._state)
        self._enable()

    def _enable(self) -> None:
        stored = self._stored
        is_own = stored is not None and stored.group == "own"
        is_changed = stored is not None and (stored.name in self._drafts or bool(self._fault))
        self.save.setVisible(is_own)
        self.delete.setVisible(is_own)
        self.save.setEnabled(is_changed and not self._fault)
        self.revert.setEnabled(is_changed)
        self.save_as.setEnabled(stored is not None and not self._fault)
        self.train.setEnabled(
            stored is not None
            and not is_changed
            and self._context.actions["model.train"].isEnabled()
        )

    def _ask_network(self, recipe: Recipe) -> None:
        if self._tile_size:
            self.network.show_waiting()
            self.reader.ask(recipe, self._tile_size)

    # --- what is changed

    def _take_change(self, recipe: Recipe) -> None:
        self._fault = ""
        self._drafts.pop(recipe.name, None)
        if recipe not in self.shelf.recipes:
            self._drafts[recipe.name] = recipe
        self._ask_network(recipe)
        self._refresh()

    def _take_fault(self, error: TableError) -> None:
        self._fault = str(error)
        self.reader.drop()
        self.network.show_nothing()
        self._refresh()

    def _take_network(self, recipe: Recipe, facts: NetworkFacts) -> None:
        self.list.note(recipe.name, f"{facts.parameters:,}")
        if recipe == self.recipe and facts.tile_size == self._tile_size and not self._fault:
            self.network.show_facts(facts)

    def _take_no_network(self, recipe: Recipe, error: Exception) -> None:
        if recipe != self.recipe or self._fault:
            return
        if isinstance(error, TableError):  # only Keras knows what its networks are made of
            self.editor.show_fault(error)
            self._take_fault(error.at(""))
        else:
            self.network.show_problem(str(error))

    # --- what can be done

    def _revert(self) -> None:
        stored = self._stored
        if stored is not None:
            self.editor.rest()
            self._drafts.pop(stored.name, None)
            self._show_chosen()

    def _delete(self) -> None:
        if (stored := self._stored) is not None:
            self.editor.rest()
            self._drafts.pop(stored.name, None)
            self.shelf.delete(stored.name)

    def _save(self) -> None:
        stored, recipe = self._stored, self.recipe
        if stored is not None and recipe is not None:
            self.shelf.save(recipe, stored.name, overwrite=True)

    def _save_as(self) -> None:
        if (recipe := self.recipe) is not None:
            self.shelf.save_as(recipe, self.window())

    def _take_saved(self, recipe: Recipe, draft: Recipe) -> None:
        """Show what was saved, unless the reader has gone on meanwhile, here or to another one.

        The recipe that it was made from is as it was.

        Args:
            recipe: What was saved, by the name that it has now.
            draft: What the reader gave, by the name of what was changed.
        """
        self.editor.finish()
        is_here = self.recipe == draft
        if self._drafts.get(draft.name) == draft:
            del self._drafts[draft.name]
        if is_here and not self._fault:
            self.list.choose(recipe.name)
            self._show_chosen()
        else:
            self._refresh()

    def _train(self) -> None:
        stored, opened = self._stored, self._context.bench.opened
        if stored is None or opened is None:
            return
        dialog = TrainDialog(opened.recipes, self.window())
        dialog.recipes.choose(stored.name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._context.bench.train(dialog.choice))
        dialog.open()
