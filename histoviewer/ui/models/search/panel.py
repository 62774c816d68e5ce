"""The panel on which variants of a recipe compete."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.recipe import DEFAULT_RECIPE, Recipe, read_recipe
from histoviewer.domain.recipe_text import write_recipe
from histoviewer.domain.search import METHODS, Method, Trial, apply, best_of, read_trials, space_of
from histoviewer.jobs.job import Operation
from histoviewer.jobs.messages import Progress
from histoviewer.ui.dialogs.train import TrainChoice
from histoviewer.ui.dialogs.weights import WeightsField
from histoviewer.ui.models.panel import Panel
from histoviewer.ui.models.recipes.shelf import Shelf
from histoviewer.ui.models.search.table import REMARK, TrialTable
from histoviewer.ui.pages import PageContext
from histoviewer.ui.tables import show_table
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate
from histoviewer.ui.widgets import heading, inset, label, make_primary

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace
    from histoviewer.services.searching import Search

_FORM_LETTERS: Final = 40
_MOST_TRIALS: Final = 500
_MOST_MINUTES: Final = 10_000
_ANOTHER_SEED: Final = 1
_METHODS: Final = {
    "random": QT_TRANSLATE_NOOP("search", "At random"),
    "hyperband": QT_TRANSLATE_NOOP("search", "Hyperband"),
    "bayesian": QT_TRANSLATE_NOOP("search", "Bayesian"),
}


@dataclass(frozen=True, kw_only=True)
class _Form:
    """What tells one search from another, besides the tiles and their labels."""

    recipe: Recipe | None
    method: Method
    epochs: int | None
    weights: Path | None

    def folder(self, workspace: "Workspace") -> Path:
        """Return where its trials are, with the labels of now."""
        from histoviewer.services.searching import search_folder

        assert self.recipe is not None, "a search has a recipe"
        return search_folder(
            workspace,
            self.recipe,
            space_of(self.recipe),
            method=self.method,
            seed=0,
            epochs=self.epochs,
            weights=self.weights,
        )


class SearchPanel(Panel):
    """A form at the left, the trials at the right. UI thread only.

    Trials of the same recipe, method, seed, weights, tiles and labels are those of one search,
    whenever they were run: what was found before is shown at once, and *Search* goes on. A verdict
    makes it another search; that which was begun here stays in the table until *Search* begins the
    next.

    Args:
        context: What the window has.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._bench = context.bench
        self._workspace: Workspace | None = None
        self._begun: tuple[_Form, Path] | None = None
        self._shown: Path | None = None  # the search whose trials are in the table
        self._done = -1
        self._fields = QFormLayout()
        self.shelf = Shelf(context.bench, self)
        self.recipe, self.method = QComboBox(), QComboBox()
        self.trials, self.epochs, self.minutes = QSpinBox(), QSpinBox(), QSpinBox()
        self.weights = WeightsField()
        self.start = QPushButton(self.tr("Search"))
        self.save = QPushButton(self.tr("Save the best as recipe…"))
        self.train = QPushButton(self.tr("Train the best"))
        self.table, self.list = TrialTable(self), QTableView()
        self._prepare()
        self._lay_out()
        self._connect()
        self._enable()

    def _prepare(self) -> None:
        for method in METHODS:
            self.method.addItem(translate("search", _METHODS[method]), method)
        self.trials.setRange(1, _MOST_TRIALS)
        self.trials.setValue(20)
        self.epochs.setRange(0, _MOST_TRIALS)
        self.epochs.setSpecialValueText(self.tr("as the recipe says"))
        self.minutes.setRange(0, _MOST_MINUTES)
        self.minutes.setSpecialValueText(self.tr("no limit"))
        self.minutes.setSuffix(self.tr(" minutes"))
        for box in (self.trials, self.epochs, self.minutes):
            inset(box)
        make_primary(self.start)
        self.start.setToolTip(self.tr("Begin, or go on where this search was"))
        self.save.setToolTip(self.tr("Keep it among your own recipes"))
        self.train.setToolTip(self.tr("Train it once more, with another seed than the search had"))
        show_table(self.list, self.table, self.tr("Trials"), widest=REMARK)
        self.list.setObjectName("models")
        self.setFocusProxy(self.recipe)

    def _lay_out(self) -> None:
        form = self._fields
        form.setHorizontalSpacing(GAP)
        form.setVerticalSpacing(GAP)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.weights.setMinimumWidth(self._width)  # below its title: a path is long
        for box in (self.recipe, self.method):  # as wide as the form: a long name would go below
            policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            box.setSizeAdjustPolicy(policy)
        for text, field, tip in (
            (self.tr("Recipe"), self.recipe, self.tr("What the search varies")),
            (self.tr("Method"), self.method, self.tr("Who chooses the next trial")),
            (self.tr("Trials"), self.trials, self.tr("How many there are to be in all")),
            (self.tr("Epochs"), self.epochs, self.tr("Of each trial, at most")),
            (self.tr("Time limit"), self.minutes, self.tr("Of the whole search")),
            (self.tr("Weights"), self.weights, self.tr("What each trial starts from")),
        ):
            title = label(text)
            title.setBuddy(field)
            field.setAccessibleName(text)
            field.setToolTip(tip)
            form.addRow(title, field)
        hint = self.tr(
            "The filters of each stage, learning rate, dropout and batch vary around those of the "
            "recipe. The best of many trials is partly the luckiest: train it "
            "once more before you believe in it."
        )
        left = QWidget()
        left.setFixedWidth(self._width)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE)
        column.addWidget(heading(self.tr("Search for a better recipe"), scale=1.0))
        column.addLayout(form)
        column.addWidget(self.start)
        column.addWidget(label(hint, role="muted", wraps=True))
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.save)
        buttons.addWidget(self.train)
        right = QVBoxLayout()
        right.setSpacing(GAP)
        right.addLayout(buttons)
        right.addWidget(self.list, 1)
        line = QHBoxLayout(self)
        line.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        line.setSpacing(2 * WIDE)
        line.addWidget(left, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(right, 1)

    def _connect(self) -> None:
        self.shelf.listed.connect(lambda recipes, _faults: self._offer(recipes))
        self.shelf.notice.connect(self.notice)
        self.shelf.failed.connect(self._context.notices.show_error)
        for box in (self.recipe, self.method):
            box.currentIndexChanged.connect(self._read)
        self.epochs.valueChanged.connect(self._read)
        self.weights.edit.editingFinished.connect(self._read)
        self.weights.chosen.connect(self._read)
        self.start.clicked.connect(self._search)
        self.save.clicked.connect(lambda: self.shelf.save_as(self._best(), self.window()))
        self.train.clicked.connect(self._train)
        self._bench.batch.progressed.connect(self._follow)
        self._bench.batch.operation_failed.connect(lambda *_: self._read())
        self._context.actions["model.train"].changed.connect(self._enable)

    @property
    def _width(self) -> int:
        return self.fontMetrics().averageCharWidth() * _FORM_LETTERS

    # --- what is shown

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show the searches of a project; None for none."""
        self._workspace, self._begun = workspace, None
        self._read()

    def showEvent(self, event: QShowEvent) -> None:
        """List recipes that were saved meanwhile."""
        super().showEvent(event)
        self.shelf.read()
        self._read()

    def _offer(self, recipes: Sequence[Recipe]) -> None:
        chosen = self.recipe.currentText() or DEFAULT_RECIPE
        with QSignalBlocker(self.recipe):
            self.recipe.clear()
            for recipe in recipes:
                if recipe.training.solver == "gradient":
                    self.recipe.addItem(recipe.name, recipe)
            self.recipe.setCurrentIndex(max(0, self.recipe.findText(chosen)))
        self._read()

    @property
    def _form(self) -> "_Form":
        """Return what the form asks for."""
        recipe: Recipe | None = self.recipe.currentData()
        return _Form(
            recipe=recipe,
            method=self.method.currentData(),
            epochs=self.epochs.value() or None,
            weights=self.weights.path if recipe is not None and recipe.pretrained else None,
        )

    @property
    def _folder(self) -> Path | None:
        """Return the folder of the search that the form describes; None without project."""
        form, workspace = self._form, self._workspace
        if workspace is None or form.recipe is None:
            return None
        if self._begun is not None and self._begun[0] == form:
            return self._begun[1]
        return form.folder(workspace)

    def _read(self) -> None:
        """Read the trials that were run before; ask for weights where the recipe starts from some.

        A file that is typed is looked at when it is whole: half a path is no search.
        """
        recipe: Recipe | None = self.recipe.currentData()
        pretrained = None if recipe is None else recipe.pretrained
        self._fields.setRowVisible(self.weights, pretrained is not None)
        if pretrained is not None:
            self.weights.explain(pretrained.name)
        folder = self._folder if self.isVisible() else None
        if folder != self._shown:
            # At once: the best of one search must not be taken for that of another.
            self._show(folder, [])
        if folder is None:
            return
        self._bench.background.run(
            lambda: read_trials(folder),
            then=lambda trials: self._show(folder, trials) if folder == self._folder else None,
            failed=self._context.notices.show_error,
        )

    def _show(self, folder: Path | None, trials: Sequence[Trial]) -> None:
        self._shown = folder
        self.table.show_trials(trials)
        self._enable()

    def _follow(self, progress: Progress) -> None:
        """Read the table again when another trial has ended."""
        if progress.phase == "searching" and progress.done != self._done:
            self._done = progress.done
            self._read()

    def _enable(self) -> None:
        can_train = self._workspace is not None and self._context.actions["model.train"].isEnabled()
        has_best = best_of(self.table.trials) is not None
        self.start.setEnabled(can_train and self.recipe.currentData() is not None)
        self.save.setEnabled(has_best)
        self.train.setEnabled(has_best and can_train)

    # --- what is done

    def _search(self) -> None:
        form, recipe = self._form, self._form.recipe
        assert recipe is not None, "the button is off without one"
        trials, minutes = self.trials.value(), self.minutes.value()

        def start() -> "Operation[Search]":
            from histoviewer.services.searching import tune

            workspace = self._bench.workspace
            assert workspace is not None, "a job of a project that was closed does not begin"
            operation = tune(
                workspace=workspace,
                recipe=recipe,
                trials=trials,
                method=form.method,
                epochs=form.epochs,
                max_seconds=minutes * 60.0 if minutes else None,
                weights=form.weights,
            )
            self._begun = form, form.folder(workspace)
            return operation

        self._done = -1
        self._bench.submit(
            self._bench.batch,
            self.tr("Search around {recipe}").format(recipe=recipe.name),
            start,
            self._bench.while_open(self._take),
        )

    def _take(self, found: "Search") -> None:
        self._read()
        best = best_of(found.outcome.trials)
        if best is not None and best.val_auc is not None:
            text = self.tr("Trial {number} of {count} is the best: validation AUC {auc}.")
            self.notice.emit(
                text.format(
                    number=best.number, count=len(found.outcome.trials), auc=f"{best.val_auc:.4f}"
                )
            )
        elif found.outcome.trials:
            self.notice.emit(self.tr("No trial has succeeded so far: the table says why."))

    def _best(self) -> Recipe:
        recipe, best = self.recipe.currentData(), best_of(self.table.trials)
        assert best is not None, "the buttons are off without one"
        name = f"{recipe.name}-tuned"
        return read_recipe(write_recipe(apply(recipe, best.values)), name)

    def _train(self) -> None:
        self._bench.train(
            TrainChoice(
                recipe=self._best(),
                epochs=None,
                max_seconds=None,
                seed=_ANOTHER_SEED,
                weights=self._form.weights,
            )
        )
