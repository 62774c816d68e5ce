"""What the grid says in words: the tooltip of a tile, and one notice when tiles have gone."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.tiles import UNUSABLE
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.describing import SIGNS, describe
from histoviewer.ui.review.grid import TileGrid


class Teller(QObject):
    """Gives a grid its words. UI thread only.

    Args:
        grid: The grid.
        parent: Owner.
    """

    notice = Signal(str)  # one sentence for the reader

    def __init__(self, grid: TileGrid, parent: QObject) -> None:
        super().__init__(parent)
        self._grid = grid
        self._session: ReviewSession | None = None
        self._has_told = False
        grid.set_tips(self._tip)
        grid.supply.unreadable.connect(self._note_unreadable)

    def begin(self, session: ReviewSession | None) -> None:
        """Start over with a project; None for none."""
        self._session, self._has_told = session, False

    def _tip(self, tile: int) -> str:
        """Return id, score and label of a tile, as far as they may be shown."""
        if self._session is None:
            return ""
        told = describe(self._session, tile)
        lines = [
            told.id,
            self.tr("Label: {sign} {label} ({state})").format(
                sign=SIGNS[told.label], label=told.effective, state=told.state
            ),
            self.tr("Score: {score}").format(score=told.prediction),
        ]
        if told.group:
            lines.append(self.tr("Group: {group}").format(group=told.group))
        if tile in self._grid.supply.failed:
            reason = self._grid.supply.failed[tile]
            lines.append(self.tr("It cannot be read: {reason}").format(reason=reason))
        elif told.problems:
            lines.append(self.tr("Problem: {problem}").format(problem=told.problems))
        return "\n".join(lines)

    def _note_unreadable(self, failed: Mapping[int, str]) -> None:
        """Say once a project that tiles have gone; those the import has found are known."""
        if self._session is None or self._has_told:
            return
        problems = self._session.tiles.problems
        news = [tile for tile in failed if not problems[tile] & UNUSABLE]
        if news:
            self._has_told = True
            text = self.tr(
                "Tile {id} can no longer be read: {reason}. Put its file back, then refresh the"
                " order; other tiles that have gone say so in their place."
            )
            self.notice.emit(
                text.format(id=self._session.tiles.ids[news[0]], reason=failed[news[0]])
            )
