"""Says in the corner of the window whether every verdict is on the disk."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from histoviewer.ui import icons
from histoviewer.ui.saving import Saver
from histoviewer.ui.theme import Theme

_ICON_SIDE = 18


class SaveState(QToolButton):
    """'saved', 'saving 3…', 'read only', or why not; a click tries again what failed.

    Args:
        saver: What it shows.
        theme: Colours of the signs.
        parent: Owner.
    """

    def __init__(self, saver: Saver, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saver = saver
        self._theme = theme
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(_ICON_SIDE, _ICON_SIDE))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(saver.retry)
        saver.changed.connect(self.refresh)
        theme.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the state as it is now."""
        tokens, failed = self._theme.tokens, self._saver.error is not None
        name, colour = "saved", tokens.success
        if self._saver.pending:
            name, colour = "saving", tokens.muted
        if self._saver.is_read_only:
            name, colour = "lock", tokens.caution
        if failed:
            name, colour = "warning", tokens.danger
        ratio = self.devicePixelRatioF()
        self.setIcon(icons.pixmap(name, colour, _ICON_SIDE, ratio=ratio))
        self.setText(self._saver.text)
        self.setAccessibleName(self._saver.text)
        self.setToolTip(self._explain())

    def _explain(self) -> str:
        error = self._saver.error
        if self._saver.is_read_only:
            return self.tr("The project is open for reading only: verdicts cannot be given.")
        if error is None:
            return self.tr("Every verdict is written to the project at once.")
        return self.tr("{error} Click to try again; nothing is lost meanwhile.").format(error=error)
