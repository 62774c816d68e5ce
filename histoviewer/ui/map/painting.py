"""What points look like now: labels, scores and the selection as a scene, off the UI thread."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from histoviewer.domain.arrays import Bool, Int64
from histoviewer.domain.map_colouring import ColourBy, Colouring, colouring
from histoviewer.domain.palettes import Palette
from histoviewer.services.embedding_map.scene import MapPoints, Scene, emphasise
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.latest import LatestTask


@dataclass(frozen=True, kw_only=True, eq=False)
class Shading:
    """How points are to be painted, beside their colours.

    Args:
        points: Where they are.
        hides: Returns (count,) bool by code: categories that are left out.
        shown: (n,) tiles that the grid shows; None for all.
        chosen: (n,) tiles that are selected.
        palette: The colours.
    """

    points: MapPoints
    hides: Callable[[int], Bool]
    shown: Int64 | None
    chosen: Int64
    palette: Palette

    def scene(self, coloured: Colouring) -> Scene:
        """Return the scene. O(N): any thread but the UI thread."""
        absent = self.hides(len(coloured.categories))[coloured.codes]
        emphasis = emphasise(
            len(coloured.codes), absent=absent, shown=self.shown, chosen=self.chosen
        )
        return Scene.of(self.points, coloured, emphasis, self.palette)


class ScenePainter(QObject):
    """Works out colours and scenes in a thread; the newest wish counts. UI thread only.

    Args:
        parent: Owner.
    """

    coloured = Signal(object)  # Colouring
    shaded = Signal(object)  # Scene

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.colouring: Colouring | None = None
        self._colours: LatestTask[Colouring] = LatestTask(
            self._take, name="map-colours", parent=self
        )
        self._shades: LatestTask[Scene] = LatestTask(
            self.shaded.emit, name="map-shades", parent=self
        )

    def forget(self) -> None:
        """Want nothing any more, and know no colours."""
        self.colouring = None
        self._colours.cancel()
        self._shades.cancel()

    def colour(self, session: ReviewSession, by: ColourBy) -> None:
        """Put the tiles of a session into categories, as they are now."""
        columns = session.columns()
        count = len(session.tiles)
        hidden = (
            session.hidden(np.arange(count, dtype=np.int64))
            if session.blind
            else np.zeros(count, bool)
        )
        self._colours.submit(lambda: colouring(by, columns, hidden=hidden))

    def shade(self, shading: Shading) -> None:
        """Work out a scene of the colours that are known; nothing happens before there are any."""
        coloured = self.colouring
        if coloured is not None and len(coloured.codes) == len(shading.points):
            self._shades.submit(lambda: shading.scene(coloured))

    def close(self) -> None:
        """End the threads."""
        self._colours.close()
        self._shades.close()

    def _take(self, coloured: Colouring) -> None:
        self.colouring = coloured
        self.coloured.emit(coloured)
