"""The recipes as the panel knows them: read, saved and removed in the background."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from histoviewer.domain.recipe import Recipe
from histoviewer.ui.models.recipes.save_dialog import SaveRecipeDialog
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:
    from histoviewer.services.recipes import KnownRecipes


class Shelf(QObject):
    """Lists recipes, and keeps those that the window offers for training in step. UI thread only.

    Args:
        bench: Whose background reads and writes.
        parent: Owner.
    """

    listed = Signal(object, object)  # all recipes; what is wrong with files that are none, as text
    saved = Signal(object, object)  # as it is now, as it was given; after `listed`
    notice = Signal(str)  # one sentence for the reader
    failed = Signal(object)

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._found: KnownRecipes | None = None

    @property
    def recipes(self) -> Sequence[Recipe]:
        """Return what was listed last."""
        return () if self._found is None else self._found.recipes

    @property
    def own_names(self) -> list[str]:
        """Return the names of the reader's own."""
        return [recipe.name for recipe in self.recipes if recipe.group == "own"]

    def free_name(self, wanted: str) -> str:
        """Return a name that no recipe has: 'histo-fast-2'."""
        taken = {recipe.name.casefold() for recipe in self.recipes}
        numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
        return next(name for name in numbered if name.casefold() not in taken)

    def read(self) -> None:
        """List the recipes; nothing is told where they are those that were listed last."""
        self._bench.background.run(_read, then=self._take, failed=self.failed.emit)

    def save_as(self, recipe: Recipe, window: QWidget) -> None:
        """Ask what a recipe is to be called, and write it among the reader's own by that name."""
        dialog = SaveRecipeDialog(self.free_name(recipe.name), self.own_names, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.save(recipe, dialog.choice, overwrite=False))
        dialog.open()

    def save(self, recipe: Recipe, name: str, *, overwrite: bool) -> None:
        """Write a recipe among the reader's own.

        Args:
            recipe: The recipe.
            name: What it is called from now on.
            overwrite: Replace one of that name.
        """

        def act() -> "tuple[Recipe, KnownRecipes]":
            from histoviewer.services.recipes import save_recipe

            return save_recipe(recipe=recipe, name=name, overwrite=overwrite), _read()

        def take(done: "tuple[Recipe, KnownRecipes]") -> None:
            self._take(done[1])
            self.saved.emit(done[0], recipe)
            self.notice.emit(self.tr("Saved as {name}.").format(name=done[0].name))

        self._write(act, take)

    def delete(self, name: str) -> None:
        """Remove a recipe of the reader's own."""

        def act() -> "KnownRecipes":
            from histoviewer.services.recipes import delete_recipe

            delete_recipe(name)
            return _read()

        self._write(act, self._take)

    def _write(self, act: "Callable[[], object]", take: "Callable[..., None]") -> None:
        self._bench.background.write(act, then=take, failed=self.failed.emit)

    def _take(self, found: "KnownRecipes") -> None:
        if self._found is not None and _texts(found) == _texts(self._found):
            return
        self._found = found
        if self._bench.opened is not None:
            self._bench.opened = replace(self._bench.opened, recipes=found.recipes)
        self.listed.emit(found.recipes, [str(problem) for problem in found.problems])


def _read() -> "KnownRecipes":
    from histoviewer.services.recipes import list_recipes

    return list_recipes()


def _texts(found: "KnownRecipes") -> tuple[object, ...]:
    return found.recipes, tuple(map(str, found.problems))
