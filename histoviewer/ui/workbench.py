"""The open project and the work on it: what the window does, without its widgets."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.models import ModelRecord
from histoviewer.errors import UserError
from histoviewer.jobs.job import Lane, Operation
from histoviewer.ui import operations
from histoviewer.ui.background import Background
from histoviewer.ui.dialogs.export import ExportChoice
from histoviewer.ui.dialogs.export_verdicts import VerdictExportChoice
from histoviewer.ui.dialogs.train import TrainChoice
from histoviewer.ui.lanes import TaskLane
from histoviewer.ui.standing import Opened, Standing, ranks_alike, read_standing
from histoviewer.ui.tasks import Task

if TYPE_CHECKING:  # these import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.domain.tiles import Problem, TileTable
    from histoviewer.project.project import Project
    from histoviewer.services.dataset_report import DatasetReport
    from histoviewer.services.interchange.importing import VerdictFile
    from histoviewer.services.opening import Workspace
    from histoviewer.tiles.measures import Measures
    from histoviewer.tiles.store import PackedTiles

_WARM = {"KERAS_BACKEND": "tensorflow"}


class Workbench(QObject):
    """Sends work on the open project to the lanes and tells what changed. UI thread only.

    Args:
        parent: Owner.
    """

    changed = Signal(object)
    pixels_changed = Signal(object)
    standing_changed = Signal()
    challenged = Signal(object)
    exported = Signal(object)
    verdicts_exported = Signal(object)
    verdicts_imported = Signal(object, object)  # outcome, names of the classes
    updated = Signal(int, object)  # how many files came, what was found wrong with the data set
    triage_changed = Signal()  # label errors are kept that a page has found
    packing_stopped = Signal()
    outgrown = Signal(object)  # path of the project: it has more tiles now, open it anew
    failed = Signal(object)
    became_idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.opened: Opened | None = None
        self.standing: Standing | None = None
        self.background = Background(self)
        self.batch = TaskLane(Lane.BATCH, self)
        self.files = TaskLane(Lane.FILES, self)
        self.looks = TaskLane(Lane.LOOKS, self)
        self.interactive = TaskLane(Lane.INTERACTIVE, self)
        self._packing: Task | None = None
        self.files.operation_failed.connect(self._note_stop)
        self.files.operation_cancelled.connect(self._note_stop)
        for signal in (
            self.batch.operation_finished,
            self.batch.operation_failed,
            self.batch.operation_cancelled,
        ):
            signal.connect(self.refresh_standing)
        for lane in self.lanes:
            lane.became_idle.connect(self._tell_when_idle)

    @property
    def lanes(self) -> tuple[TaskLane, ...]:
        """Return all lanes."""
        return *self.listed_lanes, self.interactive

    @property
    def listed_lanes(self) -> tuple[TaskLane, ...]:
        """Return the lanes whose tasks are listed as jobs.

        What the interactive lane does comes and goes with the tile on screen. It says how it went
        where it is shown: hundreds of rows, or a notice for each tile, would tell nobody anything.
        """
        return self.batch, self.files, self.looks

    @property
    def workspace(self) -> "Workspace | None":
        """Return the open project; None without one."""
        return None if self.opened is None else self.opened.workspace

    @property
    def is_busy(self) -> bool:
        """Return whether a job runs or waits."""
        return any(lane.is_busy for lane in self.lanes)

    @property
    def champion(self) -> ModelRecord | None:
        """Return the model that ranks the grid; None without one."""
        return None if self.workspace is None else self.workspace.session.ranking.model

    @property
    def is_packing(self) -> bool:
        """Return whether the tiles of the open project are being packed."""
        return self._packing is not None

    def warm_up(self) -> None:
        """Start the compute process, so that the first training need not wait for Keras."""
        self.batch.warm(_WARM)

    def take(self, opened: Opened) -> None:
        """Work on a project from now on; pack its tiles where that has not been finished."""
        self.opened = opened
        self.standing = opened.standing
        self.standing_changed.emit()
        if opened.workspace.packed is None and opened.read_only_because is None:
            self.pack()
        elif opened.workspace.measures is None and not opened.workspace.session.read_only:
            self.measure()

    def read_as(self, reader: str) -> None:
        """Let another reader go on with the open project."""
        session = None if self.workspace is None else self.workspace.session
        if session is not None and session.reader != reader:
            self.changed.emit(session.read_as(reader))

    def let_go(self) -> "Workspace | None":
        """Begin nothing more on the project and end what runs; `became_idle` tells when it has.

        What runs tells nobody its result any more: it would be taken for that of the next project.
        """
        workspace = self.workspace
        self.opened = self.standing = self._packing = None
        for lane in self.lanes:
            lane.abandon()
        return workspace

    def close(self) -> None:
        """End every job, waiting some seconds for it."""
        self.opened = self.standing = self._packing = None
        for lane in self.lanes:
            lane.close()

    def submit(
        self,
        lane: TaskLane,
        title: str,
        start: Callable[[], Operation[Any]],
        on_finished: Callable[[Any], None] = lambda _result: None,
        *,
        again: Callable[[], None] | None = None,
        trains: bool = False,
    ) -> Task:
        """Queue an operation.

        Args:
            lane: Where.
            title: What it is called.
            start: Makes the operation when its turn has come.
            on_finished: Takes its result.
            again: Asks for the same once more after a failure.
            trains: Whether it trains a model.
        """
        project = None if self.workspace is None else self.workspace.project.path
        task = Task(
            title=title,
            lane=lane.lane,
            start=start,
            on_finished=on_finished,
            project=project,
            again=again,
            trains=trains,
        )
        lane.submit(task)
        return task

    def can_repeat(self, task: Task) -> bool:
        """Return whether a task can be asked for again: its project must be the open one."""
        path = None if self.workspace is None else self.workspace.project.path
        return task.again is not None and task.project == path

    # --- work on the open project

    def pack(self) -> None:
        """Pack the tiles in the background; the grid shows the originals meanwhile."""
        project = self._workspace().project
        self._packing = Task(
            title=self.tr("Pack tiles"),
            lane=self.files.lane,
            start=lambda: operations.pack(self._workspace()),
            on_finished=self.while_open(lambda _report: self._read_packed(project)),
            project=project.path,
            again=self.pack,
        )
        self.files.submit(self._packing)

    def measure(self) -> None:
        """Measure the packed tiles in the background, as after packing by an earlier version."""
        project = self._workspace().project
        self.submit(
            self.files,
            self.tr("Measure tiles"),
            lambda: operations.measure(self._workspace()),
            self.while_open(lambda _result: self._read_packed(project)),
        )

    def update(self) -> None:
        """Add the files that are new in the data set; `outgrown` tells where there were some."""
        self._packing = Task(
            title=self.tr("Add new files"),
            lane=self.files.lane,
            start=lambda: operations.update(self._workspace()),
            on_finished=self.while_open(self._take_update),
            project=self._workspace().project.path,
            again=self.update,
        )
        self.files.submit(self._packing)

    def read_problems(self, then: Callable[[list["Problem"]], None]) -> None:
        """Read what was found wrong with the data set and hand it on."""
        project = self._workspace().project
        self._in_background(project.problems, then)

    def train(self, choice: TrainChoice) -> None:
        """Train a recipe, score every tile, and make the model champion if it is not worse."""
        self.submit(
            self.batch,
            self.tr("Train {recipe}").format(recipe=choice.recipe.name),
            lambda: operations.train(self._workspace(), choice),
            self.while_open(self.challenged.emit),
            again=lambda: self.train(choice),
            trains=True,
        )

    def score(self) -> None:
        """Score the tiles that the champion has not scored."""
        self.submit(
            self.batch,
            self.tr("Score tiles"),
            lambda: operations.score(self._workspace()),
            again=self.score,
        )

    def retrain(self) -> None:
        """Let the champion learn what waits in the queue."""
        self.submit(
            self.batch,
            self.tr("Retrain"),
            lambda: operations.retrain(self._workspace()),
            self.while_open(self.challenged.emit),
            again=self.retrain,
            trains=True,
        )

    def export(self, choice: ExportChoice) -> None:
        """Write a submission."""
        self.submit(
            self.batch,
            self.tr("Export"),
            lambda: operations.export(self._workspace(), choice),
            self.while_open(self.exported.emit),
            again=lambda: self.export(choice),
        )

    def export_verdicts(self, choice: VerdictExportChoice) -> None:
        """Write the verdicts in some form."""
        self.submit(
            self.files,
            self.tr("Export verdicts"),
            lambda: operations.export_verdicts(self._workspace(), choice),
            self.while_open(self.verdicts_exported.emit),
            again=lambda: self.export_verdicts(choice),
        )

    def import_verdicts(self, path: Path) -> None:
        """Take verdicts in from a file: it is read in the background and recorded here."""
        read = operations.reading_verdicts(path, self._workspace().session)
        self._in_background(read, self._record_verdicts)

    def promote(self, model_id: str) -> None:
        """Make a model champion."""
        project = self._workspace().project

        def act() -> Standing:
            operations.promote(project, model_id)
            return read_standing(project)

        take = self.while_open(self._take_standing)
        self.background.write(act, then=take, failed=self.failed.emit)

    def _workspace(self) -> "Workspace":
        """Return the workspace as it is by now: packing may have ended while a task waited."""
        assert self.workspace is not None, "commands are off without a project"
        return self.workspace

    # --- what came of it

    def _record_verdicts(self, file: "VerdictFile") -> None:
        session = self._workspace().session
        if operations.is_outdated(file, session):  # another import came in between
            self.import_verdicts(file.path)
            return
        try:
            outcome = operations.record_verdicts(session, file)
        except UserError as error:
            self.failed.emit(error)
            return
        self.changed.emit(outcome.changes)
        self._in_background(
            operations.telling_conflicts(outcome, session),
            lambda told: self.verdicts_imported.emit(told, session.classes),
        )

    def refresh_standing(self, *_: object) -> None:
        """Read what a batch job changed, however it ended: a cancelled one may keep a model."""
        if self.workspace is not None:
            project = self.workspace.project
            self._in_background(lambda: read_standing(project), self._take_standing)

    def _take_standing(self, standing: Standing) -> None:
        self.standing = standing
        session = self._workspace().session
        ranking = standing.ranking.of_first(len(session.tiles))  # more may have come from the disk
        if not ranks_alike(session.ranking, ranking):  # else the grid would be sorted anew
            self.changed.emit(session.rank_by(ranking))
        self.standing_changed.emit()

    def _take_update(self, outcome: "tuple[int, DatasetReport]") -> None:
        self.updated.emit(*outcome)
        self._read_packed(self._workspace().project)

    def _read_packed(self, project: "Project") -> None:
        self.background.run(
            lambda: operations.read_packed(project),
            then=self.while_open(self._use_packed),
            failed=self.while_open(self._miss_packed),
        )

    def _miss_packed(self, error: Exception) -> None:
        self.failed.emit(error)
        self._stop_packing()

    def _note_stop(self, task: Task, _error: object = None) -> None:
        if task is self._packing:
            self._stop_packing()

    def _stop_packing(self) -> None:
        self._packing = None
        workspace = self._workspace()
        if workspace.project.tile_count != len(workspace.session.tiles):
            self.outgrown.emit(workspace.project.path)  # opened anew it is packed to its end
        elif workspace.packed is None:
            self.packing_stopped.emit()

    def _use_packed(self, found: "tuple[TileTable, PackedTiles | None, Measures | None]") -> None:
        tiles, packed, measures = found
        assert self.opened is not None
        self._packing = None
        if len(tiles) != len(self._workspace().session.tiles):
            self.outgrown.emit(self._workspace().project.path)
            return
        workspace = replace(self.opened.workspace, packed=packed, measures=measures)
        self.opened = replace(self.opened, workspace=workspace)
        workspace.session.measures = measures
        self.changed.emit(workspace.session.replace_tiles(tiles))
        self.pixels_changed.emit(workspace)

    def _in_background(self, act: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do something in the background; forget the result where the project was closed since."""
        self.background.run(act, then=self.while_open(then), failed=self.failed.emit)

    def while_open(self, then: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return what hands a result on only where the project of now is still open by then."""
        project = self._workspace().project

        def deliver(result: object) -> None:
            if self.workspace is not None and self.workspace.project is project:
                then(result)

        return deliver

    def _tell_when_idle(self) -> None:
        if not self.is_busy:
            self.became_idle.emit()
