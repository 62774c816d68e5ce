"""Reading what every model says of the current tile, in the background."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from histoviewer.errors import HistoViewerError
from histoviewer.project.project import Project
from histoviewer.services.tile_scores import TileScore, tile_scores
from histoviewer.ui.review.latest import LatestTask


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelScores:
    """What every model says of a tile.

    Args:
        tile: Its index.
        scores: The champion first.
        fault: Why they cannot be read, '' where they could.
    """

    tile: int
    scores: Sequence[TileScore] = ()
    fault: str = ""


class ScoreReader(QObject):
    """Reads the scores of the newest tile asked for; UI thread only.

    Args:
        on_read: Called in the UI thread.
        parent: Owner.
    """

    def __init__(self, on_read: Callable[[ModelScores], None], parent: QObject) -> None:
        super().__init__(parent)
        self._task: LatestTask[ModelScores] = LatestTask(on_read, name="scores", parent=self)
        self._project: Project | None = None

    def aim(self, project: Project | None) -> None:
        """Read from here from now on."""
        self._task.cancel()
        self._project = project

    def read(self, tile: int | None) -> None:
        """Read the scores of a tile; None for no tile."""
        project = self._project
        if project is None or tile is None:
            self._task.cancel()
        else:
            self._task.submit(lambda: _read(project, tile))

    def close(self) -> None:
        """End the thread."""
        self._task.close()


def _read(project: Project, tile: int) -> ModelScores:
    try:
        return ModelScores(tile=tile, scores=tile_scores(project, tile))
    except HistoViewerError as error:
        return ModelScores(tile=tile, fault=str(error))
