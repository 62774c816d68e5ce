"""The panel beside the grid: the current tile at its own resolution, and what is known of it."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from histoviewer.services.tile_scores import TileScore
from histoviewer.ui.review.describing import Description
from histoviewer.ui.review.fact_form import FactForm
from histoviewer.ui.review.lists import (
    FittedList,
    Section,
    TwoLines,
    history_item,
    without_selection,
)
from histoviewer.ui.review.loading import Original
from histoviewer.ui.review.look import CentreSquare
from histoviewer.ui.review.look_panel import LookPanel
from histoviewer.ui.review.picture import TilePicture
from histoviewer.ui.theme import GAP, TIGHT

_MARGIN: Final = 12
_LEAST_PICTURE: Final = 140  # logical pixels
_PICTURE_SHARE: Final = 0.45  # of the height, at most
_FIRST: Final = 100  # stretch: the picture takes what it may, the rest what is left


class Inspector(QWidget):
    """Shows one tile: its pixels, labels, scores, duplicates and history. UI thread only.

    The picture and its controls stay in sight; what is below them scrolls where there is little
    room.

    Args:
        parent: Owner.
    """

    tile_asked = Signal(int)  # index of a tile to go to
    large_asked = Signal()  # double click on the picture

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = TilePicture()
        self.picture.setMinimumHeight(_LEAST_PICTURE)
        self.look = LookPanel()
        self.facts = FactForm()
        self.scores = without_selection(FittedList(self.tr("Score by each model")))
        self.duplicates = FittedList(self.tr("Tiles with the same pixels"))
        self.history = without_selection(FittedList(self.tr("Verdict history")))
        self.history.setItemDelegate(TwoLines(self.history))
        self._sections = {
            self.scores: Section(self.tr("Scores"), self.scores),
            self.duplicates: Section(self.tr("Same pixels"), self.duplicates),
            self.history: Section(self.tr("Verdicts"), self.history),
        }
        self._lay_out()
        self.duplicates.asked.connect(self.tile_asked)
        self.show_nothing()

    @property
    def centre_button(self) -> QPushButton:
        """Return the button that cycles through the ways of showing the centre square."""
        return self.look.centre_button

    def _lay_out(self) -> None:
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(_MARGIN, TIGHT, _MARGIN, _MARGIN)
        column.setSpacing(GAP)
        self._column = column
        column.addWidget(self.facts)
        for section in self._sections.values():
            column.addWidget(section)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scroll.setAccessibleName(self.tr("What is known of the tile"))
        scroll.setWidget(below)
        for rows in self._sections:
            rows.row_moved.connect(partial(_bring_into_view, scroll, rows))
        head = QVBoxLayout()
        head.setContentsMargins(_MARGIN, GAP, _MARGIN, 0)
        head.setSpacing(GAP)
        head.addWidget(self.picture, 1)
        head.addWidget(self.look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(head, _FIRST)
        layout.addWidget(scroll, 1)

    def add_part(self, part: QWidget) -> None:
        """Put something above the facts of the tile."""
        self._column.insertWidget(0, part)

    def sizeHint(self) -> QSize:
        """Return the width that suits the texts."""
        return QSize(QFontMetrics(self.font()).averageCharWidth() * 46, 600)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture square where there is room, and never most of the height."""
        super().resizeEvent(event)
        side = min(self.width() - 2 * _MARGIN, round(self.height() * _PICTURE_SHARE))
        self.picture.setMaximumHeight(max(_LEAST_PICTURE, side))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the large view where the picture was clicked."""
        if self.picture.geometry().contains(event.position().toPoint()):
            self.large_asked.emit()

    # -- what is shown ------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """Show that there is no current tile."""
        self.picture.show_text(self.tr("Select a tile to see it here."))
        self.facts.clear()
        for rows in self._sections:
            self._show_items(rows, [])

    def describe(self, description: Description) -> None:
        """Show what is known of a tile; its pixels come with `show_original`."""
        self.facts.describe(description)
        self._show_items(self.history, [history_item(row) for row in description.history])

    def show_original(self, original: Original, fitted_to: int) -> None:
        """Show the pixels of the tile.

        Args:
            original: What was read.
            fitted_to: Side of the project's tiles; another size is mentioned.
        """
        if original.raster is None:
            fault = self.tr("This tile cannot be shown: {fault}").format(fault=original.fault)
            self.picture.show_text(fault)
            self.facts.hide_size()
            return
        self.picture.show_raster(original.raster)
        size = original.raster.image.size()
        self.facts.show_size((size.width(), size.height()), fitted_to)

    def show_scores(self, scores: Sequence[TileScore], *, fault: str = "") -> None:
        """Show what every model says of the tile.

        Args:
            scores: In this order; the section is hidden where there are none.
            fault: Shown in their place where they could not be read.
        """
        if fault:
            self._say_of_scores(fault)
        else:
            self._show_items(self.scores, [self._score_item(each) for each in scores])

    def hide_scores(self) -> None:
        """Say that the scores are hidden in a blind read."""
        self._say_of_scores(self.tr("Hidden until your verdict"))

    def _say_of_scores(self, text: str) -> None:
        self._show_items(self.scores, [_read_only_item(text)])
        self._sections[self.scores].set_count(0)

    def show_duplicates(self, tiles: Sequence[tuple[int, str]]) -> None:
        """Offer the tiles with the same pixels.

        Args:
            tiles: Index and text of each.
        """
        items = []
        for index, text in tiles:
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, index)
            item.setToolTip(self.tr("Go to {tile}").format(tile=text))
            items.append(item)
        self._show_items(self.duplicates, items)

    def set_centre(self, centre: CentreSquare) -> None:
        """Show the centre square in this way."""
        self.picture.set_centre(centre)
        self.look.set_centre(centre)

    def _score_item(self, each: TileScore) -> QListWidgetItem:
        score = self.tr("not scored") if np.isnan(each.score) else f"{each.score:.3f}"
        text = self.tr("{score}  {recipe}, model {number}").format(
            score=score, recipe=each.model.recipe, number=each.model.number
        )
        if each.is_champion:
            text += "  " + self.tr("(champion)")
        return _read_only_item(text)

    def _show_items(self, rows: FittedList, items: Sequence[QListWidgetItem]) -> None:
        rows.show_items(items)
        section = self._sections[rows]
        section.set_count(len(items))
        section.setVisible(bool(items))


def _read_only_item(text: str) -> QListWidgetItem:
    item = QListWidgetItem(text)
    item.setToolTip(text)
    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsSelectable)
    return item


def _bring_into_view(scroll: QScrollArea, rows: FittedList, row: QRect) -> None:
    """Scroll to a row that the keyboard went to."""
    inside = scroll.widget()
    assert inside is not None
    place = rows.viewport().mapTo(inside, row.center())
    scroll.ensureVisible(place.x(), place.y(), 0, row.height())
