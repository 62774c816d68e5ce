"""Asks what a recipe's network is made of; only the newest recipe matters."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from histoviewer.domain.network import NetworkFacts
from histoviewer.domain.recipe import Recipe
from histoviewer.ui.tasks import Task
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:
    from histoviewer.jobs.job import Operation

_SETTLE_MS: Final = 200
_KEPT: Final = 200  # networks: some kilobytes each

Question = tuple[Recipe, int]


class NetworkReader(QObject):
    """Builds networks in the interactive lane and remembers them. UI thread only.

    A recipe that is asked for while another is being built waits for it, and takes the place of one
    that waits already.

    Args:
        bench: Whose lane.
        parent: Owner.
    """

    known = Signal(object, object)  # the recipe, its NetworkFacts
    failed = Signal(object, object)  # the recipe, the error

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = bench.interactive
        self._facts: dict[Question, NetworkFacts] = {}
        self._wanted: Question | None = None
        self._rest: deque[Question] = deque()
        self._task: Task | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._begin)
        self._lane.operation_cancelled.connect(self._note_cancelled)

    def ask(self, recipe: Recipe, tile_size: int) -> None:
        """Answer by `known` or `failed`: at once for a network that was built before."""
        question = (_anonymous(recipe), tile_size)
        if (facts := self._facts.get(question)) is not None:
            self._wanted = None
            self.known.emit(recipe, facts)
            return
        self._wanted = (recipe, tile_size)
        self._settle.start()

    def survey(self, recipes: Sequence[Recipe], tile_size: int) -> None:
        """Answer for all of some recipes, one by one, whenever nothing else is asked."""
        self._rest = deque((recipe, tile_size) for recipe in recipes)
        self._settle.start()

    def drop(self) -> None:
        """Want no answer to what was asked last."""
        self._wanted = None

    def forget(self) -> None:
        """Want no answer any more."""
        self._wanted = None
        self._rest.clear()
        self._settle.stop()

    def _begin(self) -> None:
        if self._task is not None or (question := self._next()) is None:
            return
        recipe, tile_size = question
        self._task = Task(
            title=self.tr("Build the network of {recipe}").format(recipe=recipe.name),
            lane=self._lane.lane,
            start=lambda: _describe(recipe, tile_size),
            on_finished=lambda facts: self._take(recipe, tile_size, facts),
            on_failed=lambda error: self._fail(recipe, error),
        )
        self._lane.submit(self._task)

    def _next(self) -> Question | None:
        if (wanted := self._wanted) is not None:
            self._wanted = None
            return wanted
        while self._rest:
            recipe, tile_size = self._rest.popleft()
            if (facts := self._facts.get((_anonymous(recipe), tile_size))) is None:
                return recipe, tile_size
            self.known.emit(recipe, facts)
        return None

    def _take(self, recipe: Recipe, tile_size: int, facts: NetworkFacts) -> None:
        self._task = None
        if len(self._facts) >= _KEPT:
            del self._facts[next(iter(self._facts))]
        self._facts[_anonymous(recipe), tile_size] = facts
        self.known.emit(recipe, facts)
        self._begin()

    def _fail(self, recipe: Recipe, error: Exception) -> None:
        self._task = None
        self.failed.emit(recipe, error)
        self._begin()

    def _note_cancelled(self, task: Task) -> None:
        if task is self._task:  # the project was closed
            self._task = None
            self.forget()


def _anonymous(recipe: Recipe) -> Recipe:
    """Return a recipe as what decides over its network: neither name nor text do."""
    return replace(recipe, name="", source="", title="")


def _describe(recipe: Recipe, tile_size: int) -> "Operation[NetworkFacts]":
    from histoviewer.services.recipes import describe_recipe

    return describe_recipe(recipe=recipe, tile_size=tile_size)
