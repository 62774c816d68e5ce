"""Asks what to train."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QSpinBox, QWidget

from histoviewer.domain.recipe import DEFAULT_RECIPE, Recipe
from histoviewer.ui.dialogs.form import FormDialog
from histoviewer.ui.dialogs.recipe_list import RecipeList
from histoviewer.ui.dialogs.weights import WeightsField
from histoviewer.ui.widgets import label

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
        weights: File of pretrained weights; None for Keras' cache or a download, and always where
            the recipe starts from none.
    """

    recipe: Recipe
    epochs: int | None
    max_seconds: float | None
    seed: int
    weights: Path | None = None


class TrainDialog(FormDialog):
    """Lists the recipes; the rest has defaults that do. Weights are asked for where some are used.

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
        self.weights = WeightsField()
        self._hint = label("", role="muted", wraps=True)
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
            weights=self.weights.path if self.recipes.recipe.pretrained else None,
        )

    def _fill(self) -> None:
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
        self.add_row(self.tr("Weights"), self.weights)
        self.form.addRow("", self._hint)
        self.recipes.currentRowChanged.connect(self._take_recipe)
        self.recipes.choose(DEFAULT_RECIPE)

    def _take_recipe(self) -> None:
        """Name the recipe's number of epochs; ask for weights where it starts from some."""
        recipe = self.recipes.recipe
        count = recipe.epochs
        self.epochs.setSpecialValueText(self.tr("as the recipe says ({count})").format(count=count))
        pretrained = recipe.pretrained
        for row in (self.weights, self._hint):
            self.form.setRowVisible(row, pretrained is not None)
        if pretrained is not None:
            self._hint.setText(self.weights.explain(pretrained.name))
        self.fit_height()
