"""Tiles that were long in coming: they never take the grid from who has gone on meanwhile."""

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QObject

from histoviewer.ui.pages import PageContext
from histoviewer.ui.review.page import ReviewPage

Whereabouts: TypeAlias = tuple[object, ...]


class HandingOver(QObject):
    """Shows what a reader asked for on a review page, or offers it. UI thread only.

    Whether a reader has gone on is told by what is seen and decided, and not by the time it took.

    Args:
        page: Owns it.
        context: The open project, and where the window says what happened.
    """

    def __init__(self, page: ReviewPage, context: PageContext) -> None:
        super().__init__(page)
        self._page, self._context = page, context

    @property
    def whereabouts(self) -> Whereabouts:
        """Return what the reader sees and has decided: while it stays, nobody has gone on."""
        workspace, filters = self._context.bench.workspace, self._page.filters
        decided = None if workspace is None else workspace.session.log.next_number
        asked = filters.query, filters.tile_list
        return self._context.pages.current_id, decided, self._page.grid.current, *asked

    def deliver(
        self, show: Callable[[], None], *, asked_at: Whereabouts, title: str, hint: str
    ) -> None:
        """Show something; who has gone on keeps page, grid and keyboard, and is told.

        Args:
            show: Shows it.
            asked_at: Where the reader was when it was asked for.
            title: That it is ready; what was ready before by that title is offered no more.
            hint: What it is.
        """
        notices = self._context.notices
        notices.withdraw(title)
        if self.whereabouts == asked_at:
            show()
        else:
            notices.add("info", title, hint, action=(self.tr("Show"), show))
