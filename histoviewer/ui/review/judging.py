"""Verdicts as keys give them: on the selection, else on the current tile, then on to the next."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.arrays import Int64
from histoviewer.domain.batches import Batch
from histoviewer.domain.verdicts import VerdictLog
from histoviewer.errors import UserError
from histoviewer.services.changes import Changes
from histoviewer.services.review_state import OnScreen
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.advancing import next_undecided, previous_undecided
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.steps import step_name


class Advance:
    """Whether a verdict leads on to the next undecided tile: one answer for all grids."""

    is_on: bool = True


class Judge(QObject):
    """Turns what the reader says into verdicts of the session. UI thread only.

    Args:
        grid: Where tiles are selected.
        initiator: Named in the changes made here.
        is_single: Returns whether only the current tile is seen: then verdicts fall on it alone.
        seen: Returns what a model says on screen, to be kept with verdicts; None for the champion.

    Attributes:
        advance: Whether verdicts lead on; judges may share one.
    """

    judged = Signal(object)  # Changes
    notice = Signal(str)

    def __init__(
        self,
        grid: TileGrid,
        initiator: QObject,
        *,
        is_single: Callable[[], bool] = lambda: False,
        seen: Callable[[], OnScreen | None] = lambda: None,
    ) -> None:
        super().__init__(initiator)
        self.advance = Advance()
        self.session: ReviewSession | None = None
        self._grid = grid
        self._initiator = initiator
        self._is_single = is_single
        self._seen = seen

    @property
    def advances(self) -> bool:
        """Return whether a verdict leads on to the next undecided tile."""
        return self.advance.is_on

    @advances.setter
    def advances(self, on: bool) -> None:
        self.advance.is_on = on

    def label(self, label: int) -> None:
        """Give the tiles a label."""
        self._judge(partial(ReviewSession.label, label=label))

    def answer(self, *, agree: bool) -> None:
        """Confirm what the model says, or reject it."""
        self._judge(partial(ReviewSession.answer, agree=agree))

    def skip(self) -> None:
        """Pass over the tiles for now."""
        self._judge(ReviewSession.skip)

    def flag(self) -> None:
        """Flag the tiles, or take the flag off where all have it; stays on the tile."""
        self._judge(ReviewSession.flag, leads_on=False)

    def clear(self) -> None:
        """Take back what was said of the tiles; stays on the tile."""
        self._judge(ReviewSession.clear, leads_on=False)

    def undo(self) -> None:
        """Take back the newest step, and go to its tiles."""
        said = self.tr("Undone: {step}.")
        self._step(said, lambda log: log.undoable, ReviewSession.undo)

    def redo(self) -> None:
        """Bring back the step taken back last, and go to its tiles."""
        said = self.tr("Redone: {step}.")
        self._step(said, lambda log: log.redoable, ReviewSession.redo)

    def go_to_undecided(self, step: int) -> None:
        """Go to the next undecided tile, or with a step of -1 to the one before."""
        place = self._grid.selection.current_place
        if self.session is not None and place is not None:
            self._go_on(self.session, place, step)

    @property
    def targets(self) -> Int64:
        """Return the tiles that a verdict would fall on."""
        selection = self._grid.selection
        return selection.target() if self._is_single() else selection.targets()

    @property
    def target_count(self) -> int:
        """Return how many tiles a verdict would fall on."""
        selection = self._grid.selection
        count = 0 if self._is_single() else selection.count
        return count or len(selection.target())

    def _judge(self, act: Callable[..., Changes], *, leads_on: bool = True) -> None:
        session, tiles = self.session, self.targets
        if session is None or len(tiles) == 0:
            return
        try:
            changes = act(session, tiles, seen=self._seen(), initiator=self._initiator)
        except UserError as error:
            self.notice.emit(str(error))
            return
        if leads_on and self.advances and len(tiles) == 1:
            self._lead_on(session, int(tiles[0]))
        self.judged.emit(changes)

    def _lead_on(self, session: ReviewSession, judged: int) -> None:
        place = self._grid.selection.place(judged)
        if place is not None:
            self._go_on(session, place)

    def _go_on(self, session: ReviewSession, place: int, step: int = 1) -> None:
        find = next_undecided if step > 0 else previous_undecided
        following = find(self._grid.order, place, session.states)
        if following is None:
            self.notice.emit(self.tr("Every tile shown has been decided or skipped."))
        else:
            self._grid.go_to_place(following)

    def _step(
        self, said: str, find: Callable[[VerdictLog], Batch | None], act: Callable[..., Changes]
    ) -> None:
        batch = None if self.session is None else find(self.session.log)
        if batch is None:
            return
        try:
            changes = act(self.session, initiator=self._initiator)
        except UserError as error:
            self.notice.emit(str(error))
            return
        self._go_to(changes.tiles)
        self.notice.emit(said.format(step=step_name(batch)))
        self.judged.emit(changes)

    def _go_to(self, tiles: Int64) -> None:
        """Select what a step was about; where one tile is seen, go to the first of them."""
        self._grid.choose(tiles)
        place = self._grid.selection.current_place
        if self._is_single() and place is not None:
            self._grid.go_to_place(place)
