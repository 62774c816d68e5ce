"""Reading the maps of the open project, and having them made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.embedding_map import Layout
from histoviewer.errors import UserError
from histoviewer.services.embedding_map.scene import MapPoints
from histoviewer.ui.notices import NoticeArea
from histoviewer.ui.tasks import Task
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # these import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.domain.embedding_map import EmbeddingMap
    from histoviewer.jobs.job import Operation
    from histoviewer.project.project import Project
    from histoviewer.services.embedding_map.making import MapsRead
    from histoviewer.services.opening import Workspace


@dataclass(frozen=True, kw_only=True, eq=False)
class MapsAtHand:
    """The maps of a project, ready to be painted.

    Args:
        read: What was on disk.
        points: By layout.
    """

    read: "MapsRead"
    points: Mapping[Layout, MapPoints]


class MapWork(QObject):
    """Reads maps in the background and makes them in the batch lane. UI thread only.

    Args:
        bench: The open project and its lanes.
        notices: Where faults of ours are shown.
        parent: Owner.
    """

    read = Signal(object)  # MapsAtHand
    refused = Signal()  # the maps cannot be read; `refusal` says why
    making_changed = Signal()  # a map is being made, or no longer

    def __init__(self, bench: Workbench, notices: NoticeArea, parent: QObject) -> None:
        super().__init__(parent)
        self._bench, self._notices = bench, notices
        self._asked = 0
        self.refusal: Exception | None = None
        self._task: Task | None = None
        lane = bench.batch
        for signal in (lane.operation_finished, lane.operation_failed, lane.operation_cancelled):
            signal.connect(self._note_end)

    @property
    def is_making(self) -> bool:
        """Return whether a map waits to be made, or is."""
        return self._task is not None

    def forget(self) -> None:
        """Want nothing any more of what was asked: the project is another."""
        self._asked += 1
        self._task = self.refusal = None

    def ask(self) -> None:
        """Read the maps; `read` hands them on."""
        workspace = self._bench.workspace
        if workspace is None:
            return
        self._asked += 1
        asked, project = self._asked, workspace.project
        self._bench.background.run(
            lambda: _read(project),
            then=lambda found: self._hand_on(found) if asked == self._asked else None,
            failed=lambda error: self._fail(error) if asked == self._asked else None,
        )

    def read_again(self) -> None:
        """Read what could not be read, as if nothing were known of it."""
        self.refusal = None
        self.ask()

    def make(self) -> None:
        """Make both maps, PCA first: it is shown while UMAP is worked out."""
        self._make(Layout.PCA)

    def _make(self, layout: Layout) -> None:
        titles = {
            Layout.PCA: self.tr("Embedding map by PCA"),
            Layout.UMAP: self.tr("Embedding map by UMAP"),
        }
        self._task = self._bench.submit(
            self._bench.batch,
            titles[layout],
            lambda: _make_map(self._workspace, layout),
            self._bench.while_open(self._go_on),
            again=self.make,
        )
        self.making_changed.emit()

    def _go_on(self, made: "EmbeddingMap") -> None:
        self.ask()
        if made.layout is Layout.PCA:
            self._make(Layout.UMAP)

    @property
    def _workspace(self) -> "Workspace":
        assert self._bench.workspace is not None, "buttons are off without a project"
        return self._bench.workspace

    def _note_end(self, task: Task, _outcome: object = None) -> None:
        if task is self._task:
            self._task = None
            self.making_changed.emit()

    def _hand_on(self, found: MapsAtHand) -> None:
        self.refusal = None
        self.read.emit(found)

    def _fail(self, error: Exception) -> None:
        self.refusal = error
        if not isinstance(error, UserError):
            self._notices.show_error(error)
        self.refused.emit()


def _read(project: "Project") -> MapsAtHand:
    """Read the maps and index their points (thread)."""
    from histoviewer.services.embedding_map.making import read_maps

    found = read_maps(project)
    points = {layout: MapPoints.of(each.places) for layout, each in found.maps.items()}
    return MapsAtHand(read=found, points=points)


def _make_map(workspace: "Workspace", layout: Layout) -> "Operation[EmbeddingMap]":
    from histoviewer.services.embedding_map.making import make_map

    return make_map(workspace=workspace, layout=layout)
