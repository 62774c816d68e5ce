"""Similar tiles in the grid: the nearest to the selected ones in embedding space."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from histoviewer.domain.arrays import Int64
from histoviewer.errors import NotEmbeddedError
from histoviewer.jobs.job import Operation
from histoviewer.ui.explain.enquiry import Enquiry
from histoviewer.ui.handing_over import HandingOver, Whereabouts
from histoviewer.ui.pages import PageContext
from histoviewer.ui.review.page import ReviewPage

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.similar import SimilarTiles


class SimilarFinder(QObject):
    """Finds tiles like those of a review page and has them shown there. UI thread only.

    The search runs in the interactive lane, beside a training; the newest question is the only one
    that is answered. Where the tiles are not embedded, a notice offers to do that first. What is
    alike tells nothing of scores: it may be asked for in a blind read.

    Args:
        page: Owns the finder.
        context: The open project, and where the window says what happened.
    """

    def __init__(self, page: ReviewPage, context: PageContext) -> None:
        super().__init__(page)
        self._page, self._context = page, context
        self._handing_over = HandingOver(page, context)
        self._enquiry: Enquiry[SimilarTiles]
        self._enquiry = Enquiry(context.bench, self.tr("Find similar tiles"), self)
        page.similar_asked.connect(lambda: self.find(page.judge.targets))
        for signal in (page.began, page.ended):
            signal.connect(self._enquiry.drop)

    def find(self, tiles: Int64, *, asked_at: Whereabouts | None = None) -> None:
        """Show the tiles most like some as soon as they are found.

        Args:
            tiles: (n,) int64 indexes; nothing happens where there are none.
            asked_at: Where the reader was when they were asked for, where that is long ago.
        """
        workspace = self._context.bench.workspace
        if workspace is None or not len(tiles):
            return

        def start() -> "Operation[SimilarTiles]":
            from histoviewer.services.similar import find_similar

            return (yield from find_similar(workspace=workspace, tiles=tiles))

        self._enquiry.ask(
            start,
            show=lambda found: self._hand_over(found, asked_at),
            fail=lambda error: self._refuse(error, tiles),
        )
        self._page.notice.emit(self.tr("Looking for similar tiles…"))

    def _hand_over(self, found: "SimilarTiles", asked_at: Whereabouts | None) -> None:
        """Show at once what took a moment; what took minutes is offered to who has gone on."""
        if asked_at is None:
            self._show(found)
            return
        self._handing_over.deliver(
            lambda: self._go_and_show(found),
            asked_at=asked_at,
            title=self.tr("The similar tiles are found."),
            hint=self._title(found.asked),
        )

    def _go_and_show(self, found: "SimilarTiles") -> None:
        self._context.pages.show_page("review")
        self._show(found)

    def _show(self, found: "SimilarTiles") -> None:
        """Show what was found; a tile alone leads, so that the others are seen beside it."""
        leading = found.asked if len(found.asked) == 1 else found.asked[:0]
        self._page.show_list(np.concatenate([leading, found.tiles]), self._title(found.asked))
        said = self.tr("{count} tiles, the most similar first, as model {number} sees them")
        self._page.notice.emit(said.format(count=len(found.tiles), number=found.model.number))

    def _title(self, asked: Int64) -> str:
        workspace = self._context.bench.workspace
        assert workspace is not None, "answers come while the project is open"
        if len(asked) == 1:
            name = workspace.session.tiles.ids[int(asked[0])]
            return self.tr("Similar to {id}").format(id=name)
        return self.tr("Similar to {count} tiles").format(count=f"{len(asked):,}")

    def _refuse(self, error: Exception, tiles: Int64) -> None:
        notices, workspace = self._context.notices, self._context.bench.workspace
        assert workspace is not None, "answers come while the project is open"
        if not isinstance(error, NotEmbeddedError) or workspace.session.read_only:
            notices.show_error(error)
            return
        hint = self.tr("Embedding goes on in the background; then the similar tiles are shown.")
        action = (self.tr("Embed now"), lambda: self._embed(tiles))
        notices.add("warning", error.message, hint, action=action)

    def _embed(self, tiles: Int64) -> None:
        asked_at = self._handing_over.whereabouts
        self._context.models.embed(None, then=lambda: self.find(tiles, asked_at=asked_at))
