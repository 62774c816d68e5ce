"""Lists and labels of the inspector: as high as what they hold, since the panel scrolls."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from histoviewer.ui.review.describing import HistoryRow
from histoviewer.ui.theme import TIGHT
from histoviewer.ui.widgets import heading

ModelIndex = QModelIndex | QPersistentModelIndex
_ROW_PADDING: Final = 3
_ROW_INSET: Final = 6  # where the text of other rows begins, by the style sheet
_STRUCK_OUT: Final = Qt.ItemDataRole.UserRole + 1
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ElidedLabel(QLabel):
    """A line of text that is cut in the middle where it does not fit; its tip has it whole."""

    def __init__(self) -> None:
        super().__init__()
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        make_selectable(self)

    def set_full(self, text: str) -> None:
        """Show this text."""
        self._full = text
        self.setToolTip(text)
        self.setAccessibleDescription(text)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        """Cut the text anew where its size changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._elide()

    def _elide(self) -> None:
        metrics = QFontMetrics(self.font())
        self.setText(metrics.elidedText(self._full, Qt.TextElideMode.ElideMiddle, self.width()))


class FittedList(QListWidget):
    """A list without a scroll bar of its own. A click or Enter on a row asks for it.

    Args:
        name: For screen readers.
    """

    asked = Signal(int)  # what the row stands for, such as a tile
    row_moved = Signal(QRect)  # where the row is that the keyboard went to

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the grid
        self.setTabKeyNavigation(False)
        self.setObjectName("plain")
        self.itemClicked.connect(self._ask)

    def show_items(self, items: Sequence[QListWidgetItem]) -> None:
        """Show these rows."""
        self.ensurePolished()  # heights are those of the font in force, hidden or not
        self.clear()
        for item in items:
            self.addItem(item)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        rows = sum(max(0, self.sizeHintForRow(row)) for row in range(self.count()))
        return QSize(super().sizeHint().width(), rows + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        """Return the same height: rows are never hidden."""
        return QSize(0, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        """Keep Enter, which else is the key of a command."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() in _ENTER:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask for the current row with Enter."""
        item = self.currentItem()
        if event.key() in _ENTER and item is not None:
            self._ask(item)
        else:
            super().keyPressEvent(event)
            if self.currentItem() is not item:
                self.row_moved.emit(self.visualItemRect(self.currentItem()))

    def _ask(self, item: QListWidgetItem) -> None:
        stands_for = item.data(Qt.ItemDataRole.UserRole)
        if stands_for is not None:
            self.asked.emit(stands_for)


class TwoLines(QStyledItemDelegate):
    """Paints the first line of a row as text, and the second one muted."""

    def sizeHint(self, option: QStyleOptionViewItem, index: ModelIndex) -> QSize:
        """Return the room of two lines."""
        del index
        return QSize(0, 2 * option.fontMetrics.height() + 2 * _ROW_PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: ModelIndex) -> None:
        """Paint both lines, each cut at its end where there is little room."""
        first, _, second = str(index.data(Qt.ItemDataRole.DisplayRole)).partition("\n")
        struck = QFont(option.font)
        struck.setStrikeOut(bool(index.data(_STRUCK_OUT)))
        painter.save()
        box = option.rect.adjusted(_ROW_INSET, _ROW_PADDING, -_ROW_INSET, -_ROW_PADDING)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(option.palette.color(QPalette.ColorRole.Accent))
            painter.drawRoundedRect(option.rect.adjusted(0, 0, -1, -1), TIGHT, TIGHT)
        for text, role, font in (
            (first, QPalette.ColorRole.Text, struck),
            (second, QPalette.ColorRole.PlaceholderText, option.font),
        ):
            painter.setFont(font)
            painter.setPen(option.palette.color(role))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, shown)
            box.setTop(box.top() + painter.fontMetrics().height())
        painter.restore()


class Section(QWidget):
    """A heading above something; hidden where there is nothing to show.

    Args:
        title: The heading.
        body: What stands below it.
    """

    def __init__(self, title: str, body: QWidget) -> None:
        super().__init__()
        self._title = title
        self._heading = heading(title, scale=1.0)
        self._heading.setBuddy(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, TIGHT, 0, 0)
        layout.setSpacing(TIGHT)
        layout.addWidget(self._heading)
        layout.addWidget(body)

    def set_count(self, count: int) -> None:
        """Say in the heading how many there are."""
        self._heading.setText(f"{self._title} ({count:,})" if count else self._title)


def history_item(row: HistoryRow) -> QListWidgetItem:
    """Return the two lines of a verdict; struck out where it was undone, which they also say."""
    item = QListWidgetItem(f"{row.what}\n{row.circumstances}")
    item.setToolTip(item.text())
    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsSelectable)
    item.setData(_STRUCK_OUT, not row.stands)
    return item


def make_selectable(label: QLabel) -> None:
    """Let the mouse select its text; the keyboard stays with the grid."""
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Qt has just made it take clicks


def without_selection(made: FittedList) -> FittedList:
    """Return a list that is only read."""
    made.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    return made
