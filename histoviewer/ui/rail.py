"""The rail at the left: one button a page."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QButtonGroup,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from histoviewer.ui import icons
from histoviewer.ui.actions import ActionSet
from histoviewer.ui.pages import PAGES
from histoviewer.ui.theme import GAP, TIGHT, Theme

_ICON_SIDE = 22
_BETWEEN = 2  # pixels
_START = "start"


class Rail(QScrollArea):
    """Goes to the pages that there are now: those of the project, or the start page without one.

    Where a low window or a large text leaves no room for all of them, it scrolls.

    Args:
        actions: The commands that go to the pages.
        theme: Colours of the icons.
        parent: Owner.
    """

    start_asked = Signal()

    def __init__(self, actions: ActionSet, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._theme = theme
        self._choices = QButtonGroup(self)
        self._buttons = {_START: self._make_start()}
        for entry in PAGES:
            self._buttons[entry.id] = self._make_button(actions[f"page.{entry.id}"])
        self._inner = QWidget()
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(TIGHT, GAP, TIGHT, GAP)
        column.setSpacing(_BETWEEN)
        for name, button in self._buttons.items():
            button.setObjectName(f"go-{name}")
            self._choices.addButton(button)
            column.addWidget(button)
        column.addStretch(1)
        self._make_room()
        theme.changed.connect(self._draw_start)
        self._draw_start()
        self.show_pages(of_project=False)

    def button(self, page_id: str) -> QToolButton:
        """Return the button of a page; 'start' for the start page."""
        return self._buttons[page_id]

    def show_pages(self, *, of_project: bool) -> None:
        """Offer the pages of a project, or those that need none and the start page."""
        self._buttons[_START].setVisible(not of_project)
        for entry in PAGES:
            self._buttons[entry.id].setVisible(of_project or not entry.needs_project)

    def mark(self, page_id: str) -> None:
        """Show which page is shown; '' for the start page."""
        self._buttons[page_id or _START].setChecked(True)

    def _make_room(self) -> None:
        self._inner.setObjectName("rail-inner")
        self._inner.installEventFilter(self)
        self.setWidget(self._inner)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(lambda *_: self.updateGeometry())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the width of the buttons, which a larger text makes wider."""
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """Return the room for all buttons, and for the scroll bar where there is one."""
        bar = self.verticalScrollBar()
        edge = 2 * self.frameWidth()
        beside = bar.sizeHint().width() if bar.maximum() else 0
        return self._inner.sizeHint() + QSize(edge + beside, edge)

    def minimumSizeHint(self) -> QSize:
        """Return their width and the height of one."""
        return QSize(self.sizeHint().width(), self._buttons[_START].sizeHint().height())

    def _make_start(self) -> QToolButton:
        button = _button()
        button.setText(self.tr("Start"))
        button.setToolTip(self.tr("Open a project, the demo, or what was open before."))
        button.clicked.connect(self.start_asked)
        return button

    def _make_button(self, action: QAction) -> QToolButton:
        button = _button()
        button.clicked.connect(action.trigger)

        def follow() -> None:
            button.setText(action.text().replace("&", ""))
            button.setAccessibleName(button.text())
            button.setToolTip(action.toolTip())
            button.setIcon(action.icon())
            button.setEnabled(action.isEnabled())

        action.changed.connect(follow)
        follow()
        return button

    def _draw_start(self) -> None:
        self._buttons[_START].setIcon(icons.icon("home", self._theme))


def _button() -> QToolButton:
    button = QToolButton()
    button.setCheckable(True)
    button.setIconSize(QSize(_ICON_SIDE, _ICON_SIDE))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the page
    return button
