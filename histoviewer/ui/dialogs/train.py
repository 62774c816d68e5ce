"""Asks what to train."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QSpinBox, QWidget

from histoviewer.domain.recipe import Recipe
from histoviewer.ui.dialogs.form import FormDialog
from histoviewer.ui.dialogs.recipe_list import RecipeList

DEFAULT_RECIPE = "histo-fast"
_MOST_EPOCHS = 1000
_MOST_MINUTES = 7 * 24 * 60
_MOST_SEED = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class TrainChoice:
    """What the reader chose.

    Args:
        recipe: The net and how it is trained.
        epochs: In place of the recipe's number; None for that.
        max_seconds: Time limit; None for none.
        seed: Seed of weights, order and augmentation.
    """

    recipe: Recipe
    epochs: int | None
    max_seconds: float | None
    seed: int


class TrainDialog(FormDialog):
    """Lists the recipes; the rest has defaults that do.

    Args:
        recipes: What can be trained, at least one.
        parent: The window.
    """

    def __init__(self, recipes: Sequence[Recipe], parent: QWidget | None = None) -> None:
        super().__init__(
            title=self.tr("Train a model"),
            lead=self.tr(
                "It learns from the labels as they are now, then scores every tile. "
                "You can go on reviewing meanwhile."
            ),
            accept=self.tr("Train"),
            parent=parent,
        )
        self.recipes = RecipeList(recipes)
        self.epochs = QSpinBox()
        self.minutes = QSpinBox()
        self.seed = QSpinBox()
        self._fill()

    @property
    def choice(self) -> TrainChoice:
        """Return what is chosen now."""
        minutes = self.minutes.value()
        return TrainChoice(
            recipe=self.recipes.recipe,
            epochs=self.epochs.value() or None,
            max_seconds=minutes * 60.0 if minutes else None,
            seed=self.seed.value(),
        )

    def _fill(self) -> None:
        self.recipes.currentRowChanged.connect(self._name_default_epochs)
        self.recipes.choose(DEFAULT_RECIPE)
        self.recipes.itemDoubleClicked.connect(self.accept)
        self.epochs.setRange(0, _MOST_EPOCHS)
        self.minutes.setRange(0, _MOST_MINUTES)
        self.minutes.setSuffix(self.tr(" minutes"))
        self.minutes.setSpecialValueText(self.tr("no limit"))
        self.seed.setRange(0, _MOST_SEED)
        self.add_row(self.tr("Recipe"), self.recipes)
        self.add_row(self.tr("Epochs"), self.epochs)
        self.add_row(
            self.tr("Time limit"),
            self.minutes,
            self.tr("The learning rate schedule is fitted to it; the best model so far is kept."),
        )
        self.add_row(
            self.tr("Seed"), self.seed, self.tr("The same seed and tiles give the same model.")
        )

    def _name_default_epochs(self) -> None:
        count = self.recipes.recipe.training.epochs
        self.epochs.setSpecialValueText(self.tr("as the recipe says ({count})").format(count=count))
