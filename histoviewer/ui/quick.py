"""Instant retraining from the window: by a command, or by itself after some verdicts."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from histoviewer.errors import NotEmbeddedError
from histoviewer.jobs.job import Lane, Operation
from histoviewer.ui.pages import PageContext
from histoviewer.ui.tasks import Task

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.challenging import Challenge
    from histoviewer.services.opening import Workspace


class QuickRetrain(QObject):
    """Retrains the head of the champion's network in the interactive lane. UI thread only.

    That lane keeps its process, so that Keras is imported once. Where the tiles are not embedded,
    that is done first, as a job of its own.

    Args:
        context: The open project, and where the window says what happened.
        parent: Owner.
    """

    told = Signal(str)  # one sentence on how it goes

    def __init__(self, context: PageContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None
        self._embeds = False  # whether the tiles are being embedded for it
        self._seen = 0  # verdicts in the log when the head was retrained last
        context.opener.opened.connect(self._begin)
        context.saver.saved.connect(self._count)
        context.bench.interactive.operation_cancelled.connect(self._forget)

    @property
    def is_busy(self) -> bool:
        """Return whether a head is being retrained, or will be as soon as tiles are embedded."""
        return self._task is not None or self._embeds

    def ask(self) -> None:
        """Retrain now; asked for again before that has ended, once is enough."""
        workspace = self._context.bench.workspace
        if workspace is None:
            return
        if self.is_busy:
            self._say_what_runs()
            return
        self._seen = workspace.session.log.last_sequence
        self.told.emit(self.tr("Retraining the head…"))
        self._task = Task(
            title=self.tr("Retrain the head"),
            lane=Lane.INTERACTIVE,
            start=lambda: _retrain(workspace),
            on_finished=self._finish,
            on_failed=self._fail,
            project=workspace.project.path,
        )
        self._context.bench.interactive.submit(self._task)

    def _begin(self, *_: object) -> None:
        workspace = self._context.bench.workspace
        self._seen = 0 if workspace is None else workspace.session.log.last_sequence
        self._embeds = False

    def _count(self, *_: object) -> None:
        """Retrain where the reader wants that after so many verdicts, and they have fallen."""
        every = self._context.preferences.settings.quick_retrain_every
        workspace = self._context.bench.workspace
        if not every or workspace is None or workspace.session.ranking.model is None:
            return
        if self.is_busy:
            return
        if workspace.packed is not None and workspace.session.log.last_sequence >= (
            self._seen + every
        ):
            self.ask()

    def _finish(self, outcome: "Challenge") -> None:
        self._task = None
        bench = self._context.bench
        if bench.workspace is None:
            return
        bench.refresh_standing()
        if not outcome.promoted or outcome.champion is None:
            bench.challenged.emit(outcome)  # a notice offers the choice, or says who ranks now
            return
        said = self.tr("Model {number} ranks the grid now: validation AUC {auc}, before {old}.")
        self.told.emit(
            said.format(
                number=outcome.model.number,
                auc=f"{outcome.challenger_auc:.4f}",
                old=f"{outcome.champion_auc:.4f}",
            )
        )

    def _fail(self, error: Exception) -> None:
        self._task = None
        workspace = self._context.bench.workspace
        if workspace is None:
            return
        if isinstance(error, NotEmbeddedError):
            self._embeds = True
            self._say_what_runs()
            self._context.models.embed(None, then=self._go_on, otherwise=self._give_up)
        else:
            self._context.notices.show_error(error)

    def _say_what_runs(self) -> None:
        embeds = self.tr("The tiles are embedded first, which takes a while.")
        self.told.emit(embeds if self._embeds else self.tr("Retraining the head…"))

    def _go_on(self) -> None:
        self._embeds = False
        self.ask()

    def _give_up(self) -> None:
        self._embeds = False

    def _forget(self, task: Task) -> None:
        if task is self._task:
            self._task = None


def _retrain(workspace: "Workspace") -> "Operation[Challenge]":
    from histoviewer.services.quick import retrain_quick

    return retrain_quick(workspace=workspace, embeds=False)
