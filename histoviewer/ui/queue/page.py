"""The queue page: every tile that waits for retraining, and what may be done about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent

from histoviewer.domain.arrays import Int64
from histoviewer.domain.queue_weights import LEFT_OUT, USUAL
from histoviewer.domain.source import TileSource
from histoviewer.errors import InputError
from histoviewer.services.changes import Changes
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.queue.layout import QueueParts
from histoviewer.ui.queue.model import QueueModel
from histoviewer.ui.queue.thumbnails import Thumbnails
from histoviewer.ui.queue.wording import preview_text
from histoviewer.ui.review.loading import Original, OriginalLoader
from histoviewer.ui.review.page import ReviewPage

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace
    from histoviewer.services.queue import Preview, QueueEntry

_SETTLE_MS = 200  # verdicts come in bursts: read the queue once after them


class QueuePage(Page):
    """Lists what waits, with old and new label; leaves out, weighs, previews. UI thread only.

    Args:
        context: What the window gives its pages.
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._workspace: Workspace | None = None
        self._asked = 0
        self.thumbnails = Thumbnails(context.bench.background, context.notices.show_error, self)
        self.model = QueueModel(self.thumbnails, self)
        self.parts = QueueParts(self, self.model, context.actions)
        self._loader = OriginalLoader(self._show_original, self)
        self._loader.late.connect(self._ask_for_patience)
        self._wait = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._look = QTimer(self, singleShot=True, interval=0)
        self._connect()
        self._show(None)

    def _connect(self) -> None:
        parts = self.parts
        self._wait.timeout.connect(self._ask)
        self._look.timeout.connect(self._want_pictures)
        parts.list.verticalScrollBar().valueChanged.connect(lambda _: self._look.start())
        parts.list.activated.connect(lambda _: self.show_chosen())
        chosen = parts.list.selectionModel()
        chosen.currentChanged.connect(self._go_to)
        chosen.selectionChanged.connect(self._enable)
        parts.leave_out.clicked.connect(self.leave_out)
        parts.weight.weighed.connect(self.weigh)
        parts.show_tiles.clicked.connect(self.show_chosen)

    # --- what is shown

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show the queue of a project; None for none."""
        self._workspace = workspace
        self._asked += 1
        self._loader.aim(None if workspace is None else workspace.originals)
        self.thumbnails.aim(None if workspace is None else workspace.pixels)
        self._wait.stop()
        self._show(None)
        self._ask()

    def set_pixels(self, source: TileSource | None = None) -> None:
        """Take the pixels from another place, such as the packed store."""
        if source is not None:
            self.thumbnails.aim(source)
            self._look.start()

    def apply_changes(self, changes: Changes) -> None:
        """Read the queue again soon."""
        if (
            self.isVisible()
            and (changes.verdicts or changes.models)
            and (changes.initiator is not self)
        ):
            self._wait.start()
        if changes.hidden:
            self.model.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was done while the page was hidden."""
        super().showEvent(event)
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the pictures of rows that came into view."""
        super().resizeEvent(event)
        self._look.start()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the list."""
        super().focusInEvent(event)
        self.parts.list.setFocus(event.reason())

    def finish_typing(self) -> None:
        """Give the weight that is still being typed."""
        self.parts.weight.finish()

    def close_threads(self) -> None:
        """End the thread that reads originals."""
        self._wait.stop()
        self._look.stop()
        self._loader.close()

    def _ask(self) -> None:
        """Let the queue be read; nobody needs it while the page is hidden."""
        workspace = self._workspace
        if workspace is None or not self.isVisible():
            return
        from histoviewer.services.queue import Waiting, preview, read_queue

        self._asked += 1
        asked, waiting = self._asked, Waiting.of(workspace.session)
        self._context.bench.background.run(
            lambda: (read_queue(waiting), preview(waiting)),
            then=lambda found: self._show(found) if asked == self._asked else None,
            failed=self._context.notices.show_error,
        )

    def _show(self, found: "tuple[list[QueueEntry], Preview] | None") -> None:
        row = self.parts.list.currentIndex().row()
        workspace = self._workspace
        if workspace is None or found is None:
            self.model.show_entries(
                (), hides=lambda _: False, ids=(), classes=self.model.classes, numbers={}
            )
            self.parts.say_empty()
            self._enable()
            return
        (entries, coming), session = found, workspace.session
        standing = self._context.bench.standing
        models = () if standing is None else standing.models
        self.model.show_entries(
            entries,
            hides=lambda tile: bool(session.hidden([tile])[0]),
            ids=session.tiles.ids,
            classes=session.classes,
            numbers={model.id: model.number for model in models},
        )
        self.parts.say_waiting(
            len(entries) - coming.left_out, preview_text(coming, session.classes)
        )
        if entries and not self.parts.list.currentIndex().isValid():
            place = min(max(row, 0), len(entries) - 1)
            self.parts.list.setCurrentIndex(self.model.index(place, 0))
        self._look.start()
        self._enable()

    def _want_pictures(self) -> None:
        """Ask for the pictures of the rows in view."""
        count = self.model.count()
        if not count or not self.isVisible():
            return
        view = self.parts.list
        first = max(view.indexAt(view.viewport().rect().topLeft()).row(), 0)
        bottom = view.indexAt(view.viewport().rect().bottomLeft()).row()
        last = bottom if bottom >= 0 else count - 1
        tiles = [self.model.entry(row).tile for row in range(first, last + 1)]
        self.thumbnails.want(tiles, ratio=self.devicePixelRatioF())

    def _go_to(self, index: QModelIndex) -> None:
        if not index.isValid():
            self._loader.load(None)
            self.parts.picture.show_text("")
            self.parts.caption.clear()
            return
        self._loader.load(self.model.entry(index.row()).tile)
        self.parts.caption.setText(self.model.sentence(index.row()))

    def _ask_for_patience(self) -> None:
        self.parts.picture.show_text(self.tr("Reading the tile…"))

    def _show_original(self, original: Original) -> None:
        if original.raster is None:
            self.parts.picture.show_text(
                self.tr("This tile cannot be shown: {reason}").format(reason=original.fault)
            )
        else:
            self.parts.picture.show_raster(original.raster)

    def _enable(self, *_: object) -> None:
        rows = self._rows()
        weights = {self.model.entry(row).weight for row in rows}
        writes = self._workspace is not None and not self._workspace.session.read_only
        self.parts.show_choice(weights, count=len(rows), writes=writes and self.model.count() > 0)

    def _rows(self) -> Sequence[int]:
        chosen = self.parts.list.selectionModel().selectedRows()
        return sorted({index.row() for index in chosen})

    def _tiles(self) -> Int64:
        return self.model.tiles[np.array(self._rows(), np.int64)]

    # --- what can be done

    def leave_out(self) -> None:
        """Leave the chosen tiles out of retraining; put them back where all are left out."""
        weights = {self.model.entry(row).weight for row in self._rows()}
        self._weigh(USUAL if weights == {LEFT_OUT} else LEFT_OUT)

    def weigh(self, weight: float) -> None:
        """Let the chosen tiles count so often."""
        if {self.model.entry(row).weight for row in self._rows()} != {weight}:
            self._weigh(weight)

    def _weigh(self, weight: float) -> None:
        workspace, tiles = self._workspace, self._tiles()
        if workspace is None or len(tiles) == 0:
            return
        from histoviewer.services.queue import weigh

        try:
            changes, given = weigh(workspace.session, tiles, weight, initiator=self)
        except InputError as error:
            self.notice.emit(str(error))
            return
        self._context.bench.background.write(
            lambda: workspace.project.weigh(given),
            then=lambda _: None,
            failed=self._context.notices.show_error,
        )
        self.model.weigh(self._rows(), weight)
        self._enable()
        self.changed.emit(changes)
        self._ask()

    def show_chosen(self) -> None:
        """Show the chosen tiles, or all that wait, on the review page, from the row on."""
        tiles, row = self._tiles(), self.parts.list.currentIndex().row()
        review = self._context.pages.show_page("review")
        assert isinstance(review, ReviewPage)
        review.show_list(
            tiles if len(tiles) > 1 else self.model.tiles,
            self.tr("Waiting for retraining"),
            start=self.model.entry(row).tile if row >= 0 else None,
        )
