"""The start page: open something, look at the demo, go on with what was open before."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from histoviewer.ui import icons
from histoviewer.ui.dropping import dropped_path
from histoviewer.ui.recent import RecentList
from histoviewer.ui.remembering import RecentProject
from histoviewer.ui.theme import GAP, TIGHT, WIDE, Theme
from histoviewer.ui.widgets import frame, heading, label, restyle

_WIDTH_LETTERS = 116
_MARK_SIDE = 56
_ICON_SIDE = 20


class WelcomePage(QWidget):
    """Shown while no project is open. Takes folders and files that are dropped on it.

    Args:
        actions: The commands offered as buttons, the first as the main one.
        theme: Colours of the icons.
        parent: Owner.
    """

    path_chosen = Signal(Path)
    forget_asked = Signal(Path)

    def __init__(
        self, actions: Sequence[QAction], *, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._buttons = [
            self._button(action, primary=not place) for place, action in enumerate(actions)
        ]
        self.recent = RecentList(theme)
        self._drop = frame("drop")
        self._build()
        self.setAcceptDrops(True)

    @property
    def recent_paths(self) -> list[Path]:
        """Return the projects offered to go on with."""
        return self.recent.paths

    def show_recent(self, projects: Sequence[RecentProject]) -> None:
        """Offer projects that were open before, newest first."""
        self.recent.show_projects(projects)

    def focus_first(self) -> None:
        """Let the keyboard begin at the main button."""
        self._buttons[0].setFocus()

    def _build(self) -> None:
        self.recent.chosen.connect(self.path_chosen)
        self.recent.forget_asked.connect(self.forget_asked)
        content = QWidget()
        content.setMaximumWidth(self.fontMetrics().averageCharWidth() * _WIDTH_LETTERS)
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(content)
        column.setSpacing(WIDE)
        column.addLayout(self._masthead())
        column.addLayout(self._cards())
        column.addWidget(self._drop_zone())
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(content, 20)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(row)
        outer.addStretch(3)

    def _masthead(self) -> QHBoxLayout:
        mark = label("")
        mark.setPixmap(icons.pixmap("histoviewer", "", _MARK_SIDE, ratio=self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(TIGHT)
        words.addWidget(heading("HistoViewer", scale=2.0))
        words.addWidget(
            label(self.tr("Review the tiles, correct the labels, retrain the model."), role="muted")
        )
        row = QHBoxLayout()
        row.setSpacing(WIDE)
        row.addWidget(mark)
        row.addLayout(words, 1)
        return row

    def _cards(self) -> QHBoxLayout:
        start = frame("card")
        column = QVBoxLayout(start)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addWidget(heading(self.tr("Start")))
        for button in self._buttons:
            column.addWidget(button)
        column.addStretch(1)
        recent = frame("card")
        column = QVBoxLayout(recent)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addWidget(heading(self.tr("Recent projects")))
        column.addWidget(self.recent, 1)
        row = QHBoxLayout()
        row.setSpacing(WIDE)
        row.addWidget(start, 2)
        row.addWidget(recent, 3)
        return row

    def _drop_zone(self) -> QWidget:
        row = QHBoxLayout(self._drop)
        row.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        text = self.tr(
            "Or drop a folder anywhere on the window: a project, or a data set of tiles in folders "
            "by class, in the Kaggle layout, as a manifest CSV or as HDF5."
        )
        hint = label(text, role="muted", wraps=True)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row.addWidget(hint)
        return self._drop

    def _button(self, action: QAction, *, primary: bool) -> QPushButton:
        button = QPushButton(action.text().replace("&", ""))
        button.setToolTip(action.toolTip())
        button.setProperty("primary", primary)
        button.setIconSize(QSize(_ICON_SIDE, _ICON_SIDE))
        button.clicked.connect(action.trigger)
        button.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        if not primary:  # an icon in the colour of text would not stand out on the accent
            button.setIcon(action.icon())
            action.changed.connect(lambda: button.setIcon(action.icon()))
        return button

    def _mark_drop(self, *, active: bool) -> None:
        self._drop.setProperty("active", active)
        restyle(self._drop)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one folder or file."""
        if dropped_path(event) is not None:
            event.acceptProposedAction()
            self._mark_drop(active=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Forget it."""
        self._mark_drop(active=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        self._mark_drop(active=False)
        path = dropped_path(event)
        if path is not None:
            event.acceptProposedAction()
            self.path_chosen.emit(path)
