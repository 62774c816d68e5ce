"""The bar above the grid: order, the model it is by, size of the tiles, counts."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tile_list import Tells, TileList
from histoviewer.domain.triage import SortKey
from histoviewer.ui.actions import ActionSet
from histoviewer.ui.model_menu import describe
from histoviewer.ui.review.choices import ChoiceBox
from histoviewer.ui.review.filter_words import sorts
from histoviewer.ui.review.flow import FlowLayout, together
from histoviewer.ui.review.grid import LARGEST, SMALLEST
from histoviewer.ui.theme import TIGHT, WIDE
from histoviewer.ui.widgets import command_button

_SEVERAL: Final = 2
_PAGE: Final = 32  # pixels


class SortBar(QWidget):
    """The bar above the grid. UI thread only.

    Args:
        parent: Owner.
    """

    sort_changed = Signal(object)  # SortKey; None for the order that a list has of its own
    reshuffle_asked = Signal()
    size_changed = Signal(int)  # logical pixels
    refresh_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blind = False
        self._ranked_by: ModelRecord | None = None
        self._sort = next(iter(sorts()))
        self._list: TileList | None = None
        self.sort: ChoiceBox[SortKey | None] = ChoiceBox(self._orders(), self.tr("Sort"))
        self.sort.setToolTip(self.tr("In what order the tiles are shown"))
        self.shuffle = self._button(
            self.tr("Shuffle"), self.tr("Put the tiles into another random order")
        )
        self.size_slider = self._make_slider()
        self.refresh = self._button(
            self.tr("Sort again"),
            self.tr(
                "Verdicts do not move tiles: sort and filter again with what you have decided since"
            ),
        )
        self.model = command_button()
        self.model.setObjectName("link")
        self.model.hide()
        self.batch, self.maps = command_button(), command_button()
        self.counts = QLabel()
        self.counts.setAccessibleName(self.tr("Tiles shown"))
        self._lay_out()
        self.refresh.clicked.connect(self.refresh_asked)
        self.shuffle.clicked.connect(self.reshuffle_asked)
        self.sort.chosen.connect(self.sort_changed)
        self.size_slider.valueChanged.connect(self.size_changed)
        self.offer_refresh(offered=False)
        self.set_sort(self._sort)

    def _make_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(SMALLEST, LARGEST)
        slider.setPageStep(_PAGE)
        slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        slider.setAccessibleName(self.tr("Tile size"))
        slider.setFixedWidth(QFontMetrics(self.font()).averageCharWidth() * 22)
        return slider

    def _lay_out(self) -> None:
        """Put parts that belong together side by side; a narrow window has them in two lines."""
        flow = FlowLayout(self)
        flow.setContentsMargins(WIDE, TIGHT, WIDE, TIGHT)
        flow.setSpacing(WIDE)
        sort, size = _label_for(self.tr("&Sort"), self.sort), self.size_slider
        flow.addWidget(together(sort, self.sort, self.model, self.shuffle))
        flow.addWidget(self.batch)
        flow.addWidget(together(_label_for(self.tr("Si&ze"), size), size, self.maps))
        flow.addWidget(together(self.refresh, self.counts, at_end=True))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def follow(self, actions: ActionSet) -> None:
        """Let the buttons of commands do what these do.

        Args:
            actions: The commands.
        """
        self.batch.setDefaultAction(actions["triage.next-batch"])
        self.maps.setDefaultAction(actions["view.maps"])
        self.model.clicked.connect(actions["page.models"].trigger)

    def set_sort(self, sort: SortKey) -> None:
        """Show the order of a query; says nothing about it."""
        self._sort = sort
        self._show_order()

    def show_list(self, tile_list: TileList | None) -> None:
        """Offer the order that a list has of its own, and show whether it is in force."""
        self._list = tile_list
        self.sort.set_texts(self._orders())
        self._show_order()

    def name_model(self, model: ModelRecord | None) -> None:
        """Say whose scores the tiles show and are ranked by; None where nothing scored them."""
        self._ranked_by = model
        self._show_model()

    def set_blind(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Leave out the orders that tell the scores, or offer them again."""
        self._blind = on
        self.sort.set_texts(self._orders())
        self._show_model()

    def set_size(self, size: int) -> None:
        """Show a tile size, logical pixels."""
        self.size_slider.setValue(size)
        self.size_slider.setToolTip(self.tr("{size} pixels").format(size=size))

    def set_counts(self, *, shown: int, total: int, selected: int) -> None:
        """Show how many tiles there are.

        Args:
            shown: In the grid.
            total: In the project.
            selected: Selected; mentioned from two on.
        """
        words = self.tr("{shown} of {total} shown").format(shown=f"{shown:,}", total=f"{total:,}")
        if selected >= _SEVERAL:
            chosen = self.tr("{count} selected").format(count=f"{selected:,}")
            words = f"{chosen}  ·  {words}"
        self.counts.setText(words)

    def offer_refresh(self, *, offered: bool) -> None:
        """Offer to sort again, where verdicts have fallen since."""
        self.refresh.setEnabled(offered)

    def _orders(self) -> dict[SortKey | None, str]:
        named: dict[SortKey | None, str] = {}
        if self._list is not None and not (self._blind and self._list.tells is not Tells.NOTHING):
            named[None] = self.tr("As listed")
        return named | sorts(blind=self._blind)

    @property
    def _in_force(self) -> SortKey | None:
        """Return the order in force; None for that of the list."""
        listed = self._list is not None and self._list.ordered
        return None if listed else self._sort

    def _show_order(self) -> None:
        self.sort.show_value(self._in_force)
        self.shuffle.setVisible(self._in_force is SortKey.RANDOM)
        self._show_model()

    def _show_model(self) -> None:
        """Say that a model ranks the tiles only where it does; in a blind read none is named."""
        model, order = self._ranked_by, self._in_force
        self.model.setVisible(model is not None and not self._blind)
        if model is None:
            return
        ranks = order is not None and order.tells_score
        text = self.tr("by model {number}") if ranks else self.tr("scores: model {number}")
        self.model.setText(text.format(number=model.number))
        tip = (
            self.tr("Ranked by {model}. Click to see all models, to promote or to roll back")
            if ranks
            else self.tr("Scored by {model}. Click to see all models, to promote or to roll back")
        )
        self.model.setToolTip(tip.format(model=describe(model)))

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


def _label_for(text: str, control: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(control)
    return label
