"""Calm notices above the page: what happened, what to do, and a button that does it."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from histoviewer.errors import UserError
from histoviewer.ui import icons
from histoviewer.ui.theme import GAP, TIGHT, WIDE, Theme
from histoviewer.ui.widgets import frame, heading, label

_MOST = 3
_ICON_SIDE = 20


class LevelSign(QLabel):
    """The sign of a level.

    Args:
        level: 'error', 'warning' or 'info'.
        theme: Its colours; followed when they change.
    """

    def __init__(self, level: str, theme: Theme) -> None:
        super().__init__()
        self._level = level
        self._theme = theme
        self.setAccessibleName(level)
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        tokens = self._theme.tokens
        colour = {"error": tokens.danger, "warning": tokens.caution, "info": tokens.link}
        self.setPixmap(
            icons.pixmap(
                self._level, colour[self._level], _ICON_SIDE, ratio=self.devicePixelRatioF()
            )
        )


class Notice(QWidget):
    """One notice; it is there until it is dismissed or its button is pressed."""

    dismissed = Signal()

    def __init__(
        self,
        *,
        level: str,
        title: str,
        hint: str,
        theme: Theme,
        action: tuple[str, Callable[[], None]] | None,
        stays: bool = False,
    ) -> None:
        super().__init__()
        self.level = level
        self.stays = stays
        self.title = title
        self.hint = hint
        self._theme = theme
        box = frame("notice")
        box.setProperty("level", level)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(box)
        row = QHBoxLayout(box)
        row.setContentsMargins(WIDE, GAP, GAP, GAP)
        row.setSpacing(GAP * 3 // 2)
        row.addWidget(LevelSign(level, theme))
        row.addLayout(self._texts(title, hint), 1)
        self.button = None if action is None else self._button(*action)
        if self.button is not None:
            row.addWidget(self.button)
        if not stays:
            row.addWidget(self._close_button())

    @staticmethod
    def _texts(title: str, hint: str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(TIGHT // 2)
        head = heading(title, scale=1.0)
        head.setWordWrap(True)
        column.addWidget(head)
        if hint:
            column.addWidget(label(hint, role="muted", wraps=True))
        return column

    def _button(self, text: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)

        def press() -> None:
            self.dismissed.emit()
            act()

        button.clicked.connect(press)
        return button

    def _close_button(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon("close", self._theme))
        button.setAccessibleName(self.tr("Dismiss"))
        button.setToolTip(self.tr("Dismiss"))
        button.clicked.connect(self.dismissed)
        return button


class NoticeArea(QWidget):
    """The newest notices, newest on top; nothing at all when there are none.

    Args:
        theme: Colours of the signs.
        parent: Owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    @property
    def notices(self) -> list[Notice]:
        """Return what is shown, newest first."""
        items = (self._column.itemAt(place) for place in range(self._column.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, Notice)]

    def show_error(self, error: Exception) -> None:
        """Show an error: its sentence and what to do."""
        if isinstance(error, UserError):
            self.add("error", error.message, error.hint)
        else:
            self.add("error", str(error).splitlines()[0] if str(error) else type(error).__name__)

    def add(
        self,
        level: str,
        title: str,
        hint: str = "",
        *,
        action: tuple[str, Callable[[], None]] | None = None,
        stays: bool = False,
    ) -> None:
        """Show a notice; the same one is not shown twice.

        Args:
            level: 'error', 'warning' or 'info'.
            title: What happened, one sentence.
            hint: What to do.
            action: Text of a button and what it does.
            stays: Whether it is there until it is cleared: the reader cannot dismiss it.
        """
        for old in self.notices:
            if (old.title, old.hint) == (title, hint):
                self._remove(old)
        for old in [each for each in self.notices if not each.stays][_MOST - 1 :]:
            self._remove(old)
        notice = Notice(
            level=level, title=title, hint=hint, theme=self._theme, action=action, stays=stays
        )
        notice.dismissed.connect(lambda: self._remove(notice))
        self._column.insertWidget(0, notice)
        self.show()

    def clear(self, level: str = "") -> None:
        """Remove the notices of one level; all by default."""
        for notice in self.notices:
            if level in ("", notice.level):
                self._remove(notice)

    def clear_standing(self) -> None:
        """Remove what was said of a project that was left, and what a button does to it.

        That is what stays until it is cleared, and what can be acted upon.
        """
        for notice in self.notices:
            if notice.stays or notice.button is not None:
                self._remove(notice)

    def withdraw(self, title: str) -> None:
        """Remove what was said of something that is over."""
        for notice in self.notices:
            if notice.title == title:
                self._remove(notice)

    def _remove(self, notice: Notice) -> None:
        self._column.removeWidget(notice)
        notice.hide()
        notice.deleteLater()
        self.setVisible(bool(self.notices))
