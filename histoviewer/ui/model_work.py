"""What can be done with models besides training them, sent to the lanes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.models import Combining, ModelRecord
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


class ModelWork(QObject):
    """Scores, blends, imports and exports models of the open project. UI thread only.

    A failure is shown like that of any job, and can be tried again.

    Args:
        bench: The open project and its lanes.
        parent: Owner.
    """

    written = Signal(object, str)  # file, and what it holds in a sentence
    warned = Signal(object)  # sentences on a model that was imported

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench

    def score(self, model: ModelRecord, *, tta: bool) -> None:
        """Score every tile with a model."""
        self._bench.submit(
            self._bench.batch,
            self.tr("Score with model {number}").format(number=model.number),
            lambda: _score(self._workspace, model.id, tta=tta),
            again=lambda: self.score(model, tta=tta),
        )

    def embed(self, model: ModelRecord | None, *, then: Callable[[], None] = lambda: None) -> None:
        """Embed every tile with a model, which what compares tiles needs.

        Args:
            model: Which; the champion for None.
            then: Called when it is done.
        """
        title = self.tr("Embed tiles")
        self._bench.submit(
            self._bench.batch,
            title,
            lambda: _embed(self._workspace, None if model is None else model.id),
            self._bench.while_open(lambda _outcome: then()),
            again=lambda: self.embed(model, then=then),
        )

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


def _score(workspace: "Workspace", model: str, *, tta: bool) -> "Operation[ScoringOutcome]":
    from histoviewer.services.scoring import score

    return score(workspace=workspace, model_id=model, tta=tta)


def _embed(workspace: "Workspace", model: str | None) -> "Operation[EmbeddingOutcome]":
    from histoviewer.services.embedding import embed

    return embed(workspace=workspace, model_id=model)


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
