"""Reading the original of the current tile in the background, and those it leads to."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from histoviewer.domain.arrays import UInt8
from histoviewer.errors import HistoViewerError
from histoviewer.tiles.adjusting import NEUTRAL, Adjustments, adjust
from histoviewer.ui.review.latest import LatestTask
from histoviewer.ui.review.raster import Raster

_MOST_BYTES: Final = 128 << 20  # three chest X-rays of 2000 x 2000 pixels, thousands of small tiles
_MOST_TILES: Final = 16
_AT_ONCE: Final = 256 * 256 * 3  # bytes of pixels that are adjusted within a millisecond
# A tile that takes longer than this makes place for a sentence: the pixels of one tile must not be
# judged by the name of the next. Less would flicker on every key.
_PATIENCE_MS: Final = 120


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
        pixels: (H, W, 3) uint8 RGB as in the file; None where it cannot be read.
        raster: The pixels as the reader wants to see them; None where it cannot be read.
        adjustments: How the reader wanted to see them.
        fault: Why it cannot be read.
    """

    tile: int
    pixels: UInt8 | None = None
    raster: Raster | None = None
    adjustments: Adjustments = NEUTRAL
    fault: str = ""

    @property
    def image(self) -> QImage | None:
        """Return the image at its own size; None where it cannot be read."""
        return None if self.raster is None else self.raster.image

    @property
    def nbytes(self) -> int:
        """Return how much memory it holds."""
        if self.pixels is None or self.raster is None:
            return 0
        return self.pixels.nbytes + self.raster.nbytes


def load(source: Originals, tile: int, adjustments: Adjustments = NEUTRAL) -> Original:
    """Read an original. Any thread."""
    try:
        return _developed(tile, source.original(tile), adjustments)
    except (HistoViewerError, OSError) as error:
        return Original(tile=tile, adjustments=adjustments, fault=str(error))


def _developed(tile: int, pixels: UInt8, adjustments: Adjustments) -> Original:
    """Return pixels that were read, made ready for painting. Any thread."""
    raster = Raster.of(adjust(pixels, adjustments))
    return Original(tile=tile, pixels=pixels, raster=raster, adjustments=adjustments)


class OriginalLoader(QObject):
    """Loads the original of the newest tile asked for; UI thread only.

    What will probably be asked for next is read ahead in a second thread, so that going on shows it
    at once. Everything that takes longer with a larger image happens in these threads.

    Args:
        on_loaded: Called in the UI thread; from within `load` where the tile was read ahead.
        parent: Owner.
    """

    late = Signal()  # the tile takes its time: what is still shown is of the one before

    def __init__(self, on_loaded: Callable[[Original], None], parent: QObject) -> None:
        super().__init__(parent)
        self._on_loaded = on_loaded
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self.late)
        self._task: LatestTask[Original] = LatestTask(self._arrive, name="original", parent=self)
        self._ahead: LatestTask[Original] = LatestTask(self._keep_ahead, name="ahead", parent=self)
        self._source: Originals | None = None
        self._tile: int | None = None
        self._waits = False
        self._soon: list[int] = []
        self._adjustments = NEUTRAL
        self._kept: OrderedDict[int, Original] = OrderedDict()

    def aim(self, source: Originals | None) -> None:
        """Read from here from now on, forgetting what was read."""
        self._stop()
        self._source = source
        self._tile = None
        self._kept.clear()

    def load(self, tile: int | None, *, soon: Sequence[int] = ()) -> None:
        """Load a tile.

        Args:
            tile: Its index; None for no tile.
            soon: Tiles that may be asked for next, the likeliest first.
        """
        self._stop()
        self._tile, self._soon = tile, list(soon)
        self._show()
        if self._waits:
            self._patience.start()

    def adjust(self, adjustments: Adjustments) -> None:
        """Show the tile, and those after it, in this way from now on."""
        if adjustments != self._adjustments:
            self._adjustments = adjustments
            self._show()

    def close(self) -> None:
        """End the threads."""
        self._patience.stop()
        self._task.close()
        self._ahead.close()

    @property
    def is_waiting(self) -> bool:
        """Return whether the tile asked for is still being read."""
        return self._waits

    def _stop(self) -> None:
        self._waits = False
        self._patience.stop()
        self._task.cancel()
        self._ahead.cancel()
        self._soon.clear()

    def _show(self) -> None:
        if self._tile is None or self._source is None:
            return
        kept = self._kept.get(self._tile)
        work = self._work(self._source, self._tile)
        if kept is not None and kept.adjustments == self._adjustments:
            self._task.cancel()
            self._arrive(kept)
        elif kept is not None and kept.pixels is not None and kept.pixels.size <= _AT_ONCE:
            self._task.cancel()
            self._arrive(work())
        else:
            self._waits = kept is None
            self._task.submit(work)

    def _work(self, source: Originals, tile: int) -> Callable[[], Original]:
        """Return what reads a tile, or only develops it anew where it has been read."""
        adjustments, kept = self._adjustments, self._kept.get(tile)
        pixels = None if kept is None else kept.pixels
        if pixels is None:
            return lambda: load(source, tile, adjustments)
        return lambda: _developed(tile, pixels, adjustments)

    def _arrive(self, original: Original) -> None:
        self._waits = False
        self._patience.stop()
        self._keep(original)
        self._on_loaded(original)
        self._read_ahead()

    def _keep_ahead(self, original: Original) -> None:
        self._keep(original)
        self._read_ahead()

    def _read_ahead(self) -> None:
        """Read the likeliest of the next tiles that has not been read."""
        while self._soon and self._source is not None:
            tile = self._soon.pop(0)
            kept = self._kept.get(tile)
            if kept is None or kept.adjustments != self._adjustments:
                self._ahead.submit(self._work(self._source, tile))
                return

    def _keep(self, original: Original) -> None:
        """Keep a tile as the newest; let go of the oldest ones beyond the limits.

        What could not be read is not kept: its file may be back when the reader is.
        """
        if original.raster is None:
            return
        self._kept[original.tile] = original
        self._kept.move_to_end(original.tile)
        total = sum(each.nbytes for each in self._kept.values())
        while len(self._kept) > 1 and (len(self._kept) > _MOST_TILES or total > _MOST_BYTES):
            total -= self._kept.popitem(last=False)[1].nbytes
