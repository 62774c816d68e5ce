"""Tiles of each class drawn at random, beside each other."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from histoviewer.domain.arrays import Int64
from histoviewer.domain.source import TileSource
from histoviewer.domain.triage import Query
from histoviewer.ui.review import filter_words
from histoviewer.ui.review.facts import cell_facts
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.sections import Sections
from histoviewer.ui.theme import GAP
from histoviewer.ui.widgets import label

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace

_EVERY = -1


class SamplesView(QWidget):
    """A grid with some tiles of each class, of all tiles or of one split or group.

    UI thread only.

    Args:
        parent: Owner.
    """

    tiles_asked = Signal(object)  # (n,) int64

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace: Workspace | None = None
        self._seed = 0
        self._groups: list[int] = []  # their numbers, in the order of the list
        self.grid = TileGrid()
        self.split, self.group = QComboBox(), QComboBox()
        self.again = QPushButton(self.tr("Draw others"))
        self.show_all = QPushButton(self.tr("Show in the grid"))
        self._count = label("", role="muted")
        self._prepare()
        head = QHBoxLayout()
        head.setSpacing(GAP)
        for part in (self.split, self.group, self.again, self.show_all):
            head.addWidget(part)
        head.addWidget(self._count, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addWidget(self.grid, 1)

    def _prepare(self) -> None:
        self.grid.setAccessibleName(self.tr("Samples of each class"))
        self.split.setAccessibleName(self.tr("Split"))
        self.split.setToolTip(self.tr("Draw from this split only"))
        self.group.setAccessibleName(self.tr("Group"))
        self.group.setToolTip(self.tr("Draw from this slide or patient only"))
        self.again.setToolTip(self.tr("Draw other tiles at random"))
        self.show_all.setToolTip(self.tr("Show these tiles on the page Review"))
        for split, text in filter_words.splits(unassigned=False).items():
            name = self.tr("All splits") if split is None else text
            self.split.addItem(name, _EVERY if split is None else int(split))
        self.split.currentIndexChanged.connect(self.draw)
        self.group.currentIndexChanged.connect(self.draw)
        self.again.clicked.connect(self._draw_others)
        self.show_all.clicked.connect(lambda: self.tiles_asked.emit(self.grid.order))
        self.grid.activated.connect(lambda tile: self.tiles_asked.emit(np.array([tile])))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the tiles."""
        super().focusInEvent(event)
        self.grid.setFocus(event.reason())

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Take pixels and labels from a project; None for none."""
        self._workspace, self._seed = workspace, 0
        self._offer_groups()
        if workspace is None:
            self.grid.show_project(0, None, None)
            return
        session = workspace.session
        self.grid.show_project(
            len(session.tiles),
            lambda tiles: cell_facts(session, Query(), tiles),
            workspace.pixels,
        )

    def set_pixels(self, source: TileSource) -> None:
        """Take the pixels from another place, such as the packed store."""
        self.grid.set_source(source)

    def close_threads(self) -> None:
        """End the threads that read tiles."""
        self.grid.tiles.close()

    def draw(self) -> None:
        """Draw tiles as it is chosen above; the same ones for the same choice and seed."""
        if self._workspace is None:
            return
        from histoviewer.services.data_report.basis import DataBasis
        from histoviewer.services.data_report.samples import Sampling, draw_samples

        split, place = self.split.currentData(), self.group.currentIndex()
        basis = DataBasis.of(self._workspace)
        drawn = draw_samples(
            basis,
            Sampling(
                seed=self._seed,
                split=None if split == _EVERY else split,
                group=self._groups[place - 1] if place > 0 else None,
            ),
        )
        titles = [basis.classes.of(which) for which in drawn]
        parts = list(drawn.values())
        starts = np.cumsum([0, *map(len, parts)], dtype=np.int64)
        order: Int64 = np.concatenate([*parts, np.zeros(0, np.int64)])
        self.grid.set_order(order, sections=Sections(starts[:-1], titles))
        self.show_all.setEnabled(bool(len(order)))
        self._count.setText(self.tr("{count} tiles").format(count=f"{len(order):,}"))

    def _draw_others(self) -> None:
        self._seed += 1
        self.draw()

    def _offer_groups(self) -> None:
        index = None if self._workspace is None else self._workspace.session.tiles.group_index
        self._groups = [] if index is None else index.ordered.tolist()
        names = [] if index is None else [index.names[number] for number in self._groups]
        with QSignalBlocker(self.group):
            self.group.clear()
            self.group.addItems([self.tr("All groups"), *names])
        self.group.setVisible(self.group.count() > 1)
