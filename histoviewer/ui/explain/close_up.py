"""The tile that the review page shows large, for a map to be laid over it."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from histoviewer.ui.review.current import CurrentTile
from histoviewer.ui.review.views import Views


class CloseUp(QObject):
    """One tile in place of the grid; a page may have none. UI thread only.

    Args:
        views: The grid and the large view.
        current: Tells whose pixels the large view shows.
        parent: Owner.
    """

    changed = Signal()  # it is seen or not by now, or shows another tile

    def __init__(self, views: Views, current: CurrentTile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views, self._current = views, current
        current.pictured.connect(self.changed)
        views.switched.connect(self.changed)

    @property
    def is_open(self) -> bool:
        """Return whether a tile is shown in place of the grid."""
        return self._views.is_large

    @property
    def tile(self) -> int | None:
        """Return the tile whose pixels are seen; None while there are none, or another's."""
        return self._current.pictured_tile if self.is_open else None

    def lay_over(self, veil: QImage | None, words: str = "") -> None:
        """Lay a map over the picture; None for none.

        Args:
            veil: As `LargeView.lay_over`.
            words: What it is.
        """
        self._views.large.lay_over(veil, words)
