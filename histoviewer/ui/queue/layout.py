"""The widgets of the queue page and where they stand."""

from collections.abc import Collection

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.queue_weights import LEFT_OUT, USUAL
from histoviewer.ui.actions import ActionSet
from histoviewer.ui.queue.model import TILE, QueueModel
from histoviewer.ui.queue.thumbnails import SIDE
from histoviewer.ui.queue.weight_box import WeightBox
from histoviewer.ui.review.picture import TilePicture
from histoviewer.ui.tables import show_rows
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import frame, heading, label

_BUTTONS = ("model.retrain", "model.retrain-quick")


class QueueParts(QObject):
    """Makes the widgets of a page and lays them out. UI thread only.

    Args:
        page: On which.
        model: What the list shows.
        actions: The commands, of which retraining has buttons here.
    """

    def __init__(self, page: QWidget, model: QueueModel, actions: ActionSet) -> None:
        super().__init__(page)
        self.list = QTreeView()
        self.picture = TilePicture()
        self.caption = label("", wraps=True)
        self.count = label("", role="muted")
        self.preview = label("", wraps=True)
        self.leave_out = QPushButton(self.tr("Leave out"))
        self.show_tiles = QPushButton(self.tr("Show in the grid"))
        self.weight = WeightBox()
        self._body = QStackedWidget()
        self._prepare_list(model)
        self._prepare_controls()
        column = QVBoxLayout(page)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(WIDE)
        column.addLayout(self._make_head(actions))
        column.addWidget(self._body, 1)
        self._body.addWidget(self._make_empty())
        self._body.addWidget(self._make_body())

    def _prepare_list(self, model: QueueModel) -> None:
        show_rows(self.list, model, self.tr("Tiles that wait for retraining"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setIconSize(QSize(SIDE, SIDE))
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(TILE, QHeaderView.ResizeMode.Stretch)

    def _prepare_controls(self) -> None:
        self.show_tiles.setToolTip(
            self.tr("Show the selected tiles, or all that wait, on the page Review (Enter)")
        )

    def _make_head(self, actions: ActionSet) -> QHBoxLayout:
        head = QHBoxLayout()
        head.addWidget(heading(self.tr("Queue")))
        head.addSpacing(GAP)
        head.addWidget(self.count)
        head.addStretch(1)
        for name in _BUTTONS:
            button = QToolButton()
            button.setDefaultAction(actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            head.addWidget(button)
        return head

    def _make_empty(self) -> QLabel:
        empty = label(
            self.tr(
                "Nothing waits. Training tiles whose label you correct or confirm are listed here"
                " until the model has learned them."
            ),
            role="muted",
            wraps=True,
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return empty

    def _make_body(self) -> QWidget:
        left, right = QWidget(), QWidget()
        tiles = QVBoxLayout(left)
        tiles.setContentsMargins(0, 0, GAP, 0)
        tiles.setSpacing(GAP)
        tiles.addWidget(self.list, 1)
        tiles.addLayout(self._make_bar())
        card = frame("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        inner.setSpacing(GAP)
        inner.addWidget(heading(self.tr("What retraining will learn"), scale=1.0))
        inner.addWidget(self.preview)
        shown = QVBoxLayout(right)
        shown.setContentsMargins(GAP, 0, 0, 0)
        shown.setSpacing(GAP)
        shown.addWidget(card)
        shown.addWidget(self.picture, 1)
        shown.addWidget(self.caption)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.addWidget(left)
        body.addWidget(right)
        body.setChildrenCollapsible(False)
        body.setStretchFactor(0, 3)
        body.setStretchFactor(1, 1)
        return body

    def _make_bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setSpacing(GAP)
        counts = label(self.tr("&Weight"))
        counts.setTextFormat(Qt.TextFormat.AutoText)
        counts.setBuddy(self.weight)
        for part in (self.leave_out, counts, self.weight):
            bar.addWidget(part)
        bar.addStretch(1)
        bar.addWidget(self.show_tiles)
        return bar

    # --- what they show

    def say_empty(self) -> None:
        """Say that nothing waits."""
        self.count.clear()
        self._body.setCurrentIndex(0)

    def say_waiting(self, count: int, preview: str) -> None:
        """Say how many tiles wait, and what retraining will learn of them."""
        self.count.setText(self.tr("{count} tiles wait").format(count=f"{count:,}"))
        self.preview.setText(preview)
        self._body.setCurrentIndex(1)

    def show_choice(self, weights: Collection[float], *, count: int, writes: bool) -> None:
        """Show what the selected tiles weigh, and offer what can be done with them.

        Args:
            weights: The weights they have.
            count: How many are selected.
            writes: Whether the project can be written to.
        """
        back = set(weights) == {LEFT_OUT}
        self.leave_out.setText(self.tr("Put back") if back else self.tr("Leave out"))
        self.leave_out.setToolTip(
            self.tr("Let retraining learn from the selected tiles after all")
            if back
            else self.tr("Let retraining not learn from the selected tiles; it can be undone here")
        )
        self.leave_out.setEnabled(writes and count > 0)
        self.weight.setEnabled(writes and count > 0)
        one = len(set(weights)) == 1
        self.weight.show_weight(next(iter(weights)) if one else None if count else USUAL)
