"""Reading the original of the current tile in the background."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from histoviewer.domain.arrays import UInt8
from histoviewer.errors import HistoViewerError
from histoviewer.ui.review.latest import LatestTask
from histoviewer.ui.review.picture import to_image


class Originals(Protocol):
    """Where original tiles come from."""

    def original(self, index: int) -> UInt8:
        """Return one tile at its own size, (H, W, 3) uint8 RGB; raises `HistoViewerError`."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Original:
    """The original of a tile.

    Args:
        tile: Its index.
        image: The pixels at their own size; None where it cannot be read.
        fault: Why it cannot be read.
    """

    tile: int
    image: QImage | None
    fault: str = ""


def load(source: Originals, tile: int) -> Original:
    """Read an original. Any thread."""
    try:
        return Original(tile=tile, image=to_image(source.original(tile)))
    except (HistoViewerError, OSError) as error:
        return Original(tile=tile, image=None, fault=str(error))


class OriginalLoader(QObject):
    """Loads the original of the newest tile asked for; UI thread only.

    Args:
        on_loaded: Called in the UI thread.
        parent: Owner.
    """

    def __init__(self, on_loaded: Callable[[Original], None], parent: QObject) -> None:
        super().__init__(parent)
        self._task: LatestTask[Original] = LatestTask(on_loaded, name="original", parent=self)
        self._source: Originals | None = None

    def aim(self, source: Originals | None) -> None:
        """Read from here from now on."""
        self._task.cancel()
        self._source = source

    def load(self, tile: int | None) -> None:
        """Load a tile; None for no tile."""
        source = self._source
        if source is None or tile is None:
            self._task.cancel()
        else:
            self._task.submit(lambda: load(source, tile))

    def close(self) -> None:
        """End the thread."""
        self._task.close()
