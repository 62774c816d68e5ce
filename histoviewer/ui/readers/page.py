"""The readers page: kappa between readers, and a third verdict where they differ."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QSplitter,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.arrays import Int64
from histoviewer.errors import InputError
from histoviewer.services.changes import Changes
from histoviewer.ui.agreement_table import AgreementTable
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.readers.differences import Differences, read_differences
from histoviewer.ui.readers.model import DisputeModel
from histoviewer.ui.review.loading import Original, OriginalLoader
from histoviewer.ui.review.picture import TilePicture
from histoviewer.ui.tables import show_rows
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import frame, heading, label

if TYPE_CHECKING:
    from histoviewer.services.opening import Workspace

_ID_SAMPLE = "0" * 42  # a SHA-1 and some air
_SETTLE_MS = 200  # verdicts come in bursts: read the differences once after them


class ReadersPage(Page):
    """Shows what each reader said; the keys of the labels settle a tile. UI thread only.

    Args:
        context: What the window gives its pages.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._workspace: Workspace | None = None
        self._asked = 0
        self.pairs = AgreementTable(self.tr("Readers"), self.tr("Agreement between readers"))
        self.model = DisputeModel(self)
        self.list = QTreeView()
        self.picture = TilePicture()
        self.caption = label("", wraps=True)
        self._count = label("", role="muted")
        self._empty = label("", role="muted", wraps=True)
        self._loader = OriginalLoader(self._show_original, self)
        self._loader.late.connect(self._ask_for_patience)
        self._wait = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._wait.timeout.connect(self._ask)
        self._lay_out()
        chosen = self.list.selectionModel()
        chosen.currentChanged.connect(self._go_to)
        chosen.selectionChanged.connect(lambda: self.targets_changed.emit(self.target_count))
        self._show(None)

    def _lay_out(self) -> None:
        self._prepare_list()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body = QStackedWidget()
        self._body.addWidget(self._empty)
        self._body.addWidget(self._make_body())
        card = frame("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        inner.addWidget(self.pairs)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(WIDE)
        column.addWidget(heading(self.tr("Readers")))
        column.addWidget(card)
        column.addWidget(self._body, 1)

    def _make_body(self) -> QWidget:
        left, right = QWidget(), QWidget()
        tiles = QVBoxLayout(left)
        tiles.setContentsMargins(0, 0, GAP, 0)
        tiles.setSpacing(GAP)
        for part in (heading(self.tr("Tiles on which readers differ"), scale=1.0), self._count):
            tiles.addWidget(part)
        tiles.addWidget(self.list, 1)
        shown = QVBoxLayout(right)
        shown.setContentsMargins(GAP, 0, 0, 0)
        shown.setSpacing(GAP)
        shown.addWidget(self.picture, 1)
        shown.addWidget(self.caption)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.addWidget(left)
        body.addWidget(right)
        body.setChildrenCollapsible(False)
        return body

    def _prepare_list(self) -> None:
        show_rows(self.list, self.model, self.tr("Tiles on which readers differ"))
        self.list.header().setStretchLastSection(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    # --- what is shown

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show the differences of a project; None for none."""
        self._workspace = workspace
        self._asked += 1
        self._loader.aim(None if workspace is None else workspace.originals)
        self._wait.stop()
        self._show(None)
        self._ask()

    def apply_changes(self, changes: Changes) -> None:
        """Read the differences again soon; what is being read is of before."""
        if changes.verdicts:
            self._asked += 1
            if self.isVisible():
                self._wait.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was done while the page was hidden."""
        super().showEvent(event)
        self._ask()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the list."""
        super().focusInEvent(event)
        self.list.setFocus(event.reason())

    def close_threads(self) -> None:
        """End the thread that reads originals."""
        self._wait.stop()
        self._loader.close()

    def _ask(self) -> None:
        """Let the differences be read; nobody needs them while the page is hidden."""
        workspace = self._workspace
        if workspace is None or not self.isVisible():
            return
        self._asked += 1
        asked, session = self._asked, workspace.session
        self._context.bench.background.run(
            lambda: read_differences(session),
            then=lambda found: self._show(found) if asked == self._asked else None,
            failed=self._context.notices.show_error,
        )

    def _show(self, differences: Differences | None) -> None:
        row = self.list.currentIndex().row()
        if self._workspace is None or differences is None:
            self.model.show_nothing()
        else:
            session = self._workspace.session
            self.model.show_differences(differences, session.tiles.ids, session.classes)
        pairs = () if differences is None else differences.pairs
        text = self.tr("{a} and {b}")
        self.pairs.show_rows([(text.format(a=a, b=b), found) for a, b, found in pairs])
        self._explain(differences)
        self._go_on(row)

    def _go_on(self, row: int) -> None:
        """Go to the tile in a row, or to the last one, once other tiles are listed."""
        count = self.model.rowCount()
        text = self.tr("{count} tiles. Give the label that holds: it settles the tile.")
        self._count.setText(text.format(count=f"{count:,}"))
        self.list.setColumnWidth(0, self.fontMetrics().horizontalAdvance(_ID_SAMPLE))
        self._body.setCurrentIndex(1 if count else 0)
        if count:
            self.list.setCurrentIndex(self.model.index(min(max(row, 0), count - 1), 0))

    def _explain(self, differences: Differences | None) -> None:
        readers = () if differences is None else differences.opinions.readers
        several = len(readers) > 1
        self._empty.setText(
            self.tr("The readers agree on every tile that they both labelled.")
            if several
            else self.tr(
                "Only one reader has judged tiles so far. Let another one read under their own"
                " name, or import their verdicts (File > Import verdicts)."
            )
        )

    def _go_to(self, index: QModelIndex) -> None:
        if not index.isValid():
            self._loader.load(None)
            self.picture.show_text("")
            self.caption.clear()
            return
        self._loader.load(int(self.model.tiles[index.row()]))
        self.caption.setText(self.model.sentence(index.row()))

    def _ask_for_patience(self) -> None:
        self.picture.show_text(self.tr("Reading the tile…"))

    def _show_original(self, original: Original) -> None:
        if original.raster is None:
            self.picture.show_text(
                self.tr("This tile cannot be shown: {reason}").format(reason=original.fault)
            )
        else:
            self.picture.show_raster(original.raster)

    # --- verdicts

    def label(self, label: int) -> None:
        """Settle the selected tiles with a label (keys 1 and 0), and go on to the next."""
        tiles = self._selected()
        if self._workspace is None or len(tiles) == 0:
            return
        try:
            changes = self._workspace.session.settle(tiles, label, initiator=self)
        except InputError as error:
            self.notice.emit(str(error))
            return
        row = self.list.currentIndex().row()
        self.model.drop(tiles)
        self._go_on(row)
        self.changed.emit(changes)

    @property
    def target_count(self) -> int:
        """Return how many tiles the next verdict would settle."""
        return len(self._selected())

    def _selected(self) -> Int64:
        rows = sorted({index.row() for index in self.list.selectionModel().selectedRows()})
        return self.model.tiles[np.array(rows, np.int64)]
