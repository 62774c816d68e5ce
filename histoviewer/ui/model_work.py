"""What can be done with models besides training them, sent to the lanes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.models import Combining, ModelRecord
from histoviewer.ui.tasks import Task
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # these import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.jobs.job import Operation
    from histoviewer.services.bundles.exporting import BundleOutcome
    from histoviewer.services.bundles.importing import ImportOutcome
    from histoviewer.services.challenging import Challenge
    from histoviewer.services.embedding import EmbeddingOutcome
    from histoviewer.services.onnx_export import OnnxOutcome
    from histoviewer.services.opening import Workspace
    from histoviewer.services.scoring import ScoringOutcome


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, kw_only=True)
class _Waiter:
    """Who waits until tiles are embedded: what is called when they are, and where they are not."""

    then: Callable[[], None]
    otherwise: Callable[[], None]


class ModelWork(QObject):
    """Scores, blends, imports and exports models of the open project. UI thread only.

    A failure is shown like that of any job, and can be tried again.

    Args:
        bench: The open project and its lanes.
        parent: Owner.
    """

    written = Signal(object, str)  # file, and what it holds in a sentence
    warned = Signal(object)  # sentences on a model that was imported
    told = Signal(str)  # one sentence on how it goes

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._embeddings: dict[str | None, tuple[Task, list[_Waiter]]] = {}
        bench.batch.operation_cancelled.connect(self._cancel_embedding)

    def score(self, model: ModelRecord, *, tta: bool | None = None) -> None:
        """Score every tile with a model.

        Args:
            model: The model.
            tta: By the mean over flips and turns, or not; None for as it has scored before.
        """
        self._bench.submit(
            self._bench.batch,
            self.tr("Score with model {number}").format(number=model.number),
            lambda: _score(self._workspace, model.id, tta=tta),
            again=lambda: self.score(model, tta=tta),
        )

    def embed(
        self,
        model: ModelRecord | None,
        *,
        then: Callable[[], None] = _nothing,
        otherwise: Callable[[], None] = _nothing,
    ) -> None:
        """Embed every tile with a model, which what compares tiles needs.

        Asked for again before that has ended, once is enough for all who wait for it.

        Args:
            model: Which; whoever is champion when the turn has come for None.
            then: Called when it is done and the project is still open; the same only once.
            otherwise: Called where it failed or was cancelled.
        """
        waiter = _Waiter(then=then, otherwise=otherwise)
        key = None if model is None else model.id
        if key in self._embeddings:
            _, waiting = self._embeddings[key]
            if waiter not in waiting:
                waiting.append(waiter)
            self.told.emit(self.tr("The tiles are being embedded already, which takes a while."))
            return
        waiting = [waiter]
        task = self._embedding(model, waiting)
        self._embeddings[key] = task, waiting
        self._bench.batch.submit(task)

    def _embedding(self, model: ModelRecord | None, waiting: Sequence[_Waiter]) -> Task:
        key = None if model is None else model.id

        def again() -> None:
            for each in waiting:
                self.embed(model, then=each.then, otherwise=each.otherwise)

        def go_on(_outcome: object) -> None:
            for each in waiting:
                each.then()

        done = self._bench.while_open(go_on)

        def finish(outcome: object) -> None:
            del self._embeddings[key]
            done(outcome)

        return Task(
            title=self.tr("Embed tiles"),
            lane=self._bench.batch.lane,
            start=lambda: _embed(self._workspace, key),
            on_finished=finish,
            on_failed=lambda _: self._give_up_embedding(key),
            project=self._workspace.project.path,
            again=again,
        )

    def _cancel_embedding(self, task: Task) -> None:
        keys = [key for key, (embedding, _) in self._embeddings.items() if embedding is task]
        for key in keys:
            self._give_up_embedding(key)

    def _give_up_embedding(self, key: str | None) -> None:
        _, waiting = self._embeddings.pop(key)
        for each in waiting:
            each.otherwise()

    def blend(self, members: Sequence[ModelRecord], how: Combining, *, tta: bool) -> None:
        """Make a model of others."""
        names = [model.id for model in members]
        self._bench.submit(
            self._bench.batch,
            self.tr("Make an ensemble of {count}").format(count=len(names)),
            lambda: _blend(self._workspace, names, how, tta=tta),
            self._bench.while_open(self._bench.challenged.emit),
            again=lambda: self.blend(members, how, tta=tta),
        )

    def compare_again(self, model: ModelRecord) -> None:
        """Compare a model with the champion of now; what the gate finds is kept with it."""
        self._bench.submit(
            self._bench.batch,
            self.tr("Compare model {number} with the champion").format(number=model.number),
            lambda: _compare_again(self._workspace, model.id),
            again=lambda: self.compare_again(model),
        )

    def take_bundle(self, path: Path | None) -> None:
        """Take a model in from a bundle; None for the one that comes with the program."""
        self._bench.submit(
            self._bench.batch,
            self.tr("Import a model"),
            lambda: _take(self._workspace, path),
            self._bench.while_open(self._tell_import),
            again=lambda: self.take_bundle(path),
        )

    def write_bundle(self, model: ModelRecord, out: Path) -> None:
        """Write a model as one file for another machine."""
        said = self.tr("Wrote model {number} to {path}.")
        self._bench.submit(
            self._bench.files,
            self.tr("Export model {number}").format(number=model.number),
            lambda: _bundle(self._workspace, model.id, out),
            self._bench.while_open(lambda done: self._tell_file(done, said)),
            again=lambda: self.write_bundle(model, out),
        )

    def write_onnx(self, model: ModelRecord, out: Path) -> None:
        """Write a model for programs without Keras."""
        said = self.tr("Wrote model {number} as ONNX to {path}; its scores are those of Keras.")
        self._bench.submit(
            self._bench.batch,
            self.tr("Export model {number} as ONNX").format(number=model.number),
            lambda: _onnx(self._workspace, model.id, out),
            self._bench.while_open(lambda done: self._tell_file(done, said)),
            again=lambda: self.write_onnx(model, out),
        )

    @property
    def _workspace(self) -> "Workspace":
        assert self._bench.workspace is not None, "buttons are off without a project"
        return self._bench.workspace

    def _tell_import(self, outcome: "ImportOutcome") -> None:
        self._bench.challenged.emit(outcome.challenge)
        if outcome.warnings:
            self.warned.emit(outcome.warnings)

    def _tell_file(self, done: "BundleOutcome | OnnxOutcome", said: str) -> None:
        self.written.emit(done.path, said.format(number=done.model.number, path=done.path))


def _score(workspace: "Workspace", model: str, *, tta: bool | None) -> "Operation[ScoringOutcome]":
    from histoviewer.services.scoring import score

    return score(workspace=workspace, model_id=model, tta=tta)


def _embed(workspace: "Workspace", model: str | None) -> "Operation[EmbeddingOutcome]":
    from histoviewer.services.embedding import embed

    return embed(workspace=workspace, model_id=model)


def _compare_again(workspace: "Workspace", model: str) -> "Operation[Challenge]":
    from histoviewer.services.challenging import compare_again

    return compare_again(workspace=workspace, model_id=model)


def _blend(
    workspace: "Workspace", members: Sequence[str], how: Combining, *, tta: bool
) -> "Operation[Challenge]":
    from histoviewer.services.ensembles import make_ensemble

    return make_ensemble(workspace=workspace, members=members, how=how, tta=tta)


def _take(workspace: "Workspace", path: Path | None) -> "Operation[ImportOutcome]":
    from histoviewer.services.bundles.importing import import_bundle
    from histoviewer.services.bundles.starter import import_starter

    if path is None:
        return import_starter(workspace=workspace)
    return import_bundle(workspace=workspace, path=path)


def _bundle(workspace: "Workspace", model: str, out: Path) -> "Operation[BundleOutcome]":
    from histoviewer.services.bundles.exporting import export_bundle

    return export_bundle(workspace=workspace, out=out, model_id=model)


def _onnx(workspace: "Workspace", model: str, out: Path) -> "Operation[OnnxOutcome]":
    from histoviewer.services.onnx_export import export_onnx

    return export_onnx(workspace=workspace, out=out, model_id=model)
