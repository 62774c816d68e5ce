"""Work on whole models: ensembles, bundles, ONNX, the model that comes with the program."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.models import Combining
from histoviewer.jobs.job import Operation
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.bundles.importing import ImportOutcome
    from histoviewer.services.opening import Workspace


class ModelWork(QObject):
    """Sends work on models to the batch lane and tells what came of it. UI thread only.

    A model that was made or taken in challenges the champion: `Workbench.challenged` tells how.

    Args:
        bench: The open project and its lanes.
        parent: Owner.
    """

    imported = Signal(object)  # ImportOutcome
    bundle_written = Signal(object)  # BundleOutcome
    onnx_written = Signal(object)  # OnnxOutcome

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench

    def make_ensemble(self, members: Sequence[str], how: Combining, *, tta: bool) -> None:
        """Make a model of others.

        Args:
            members: Their ids.
            how: How their scores are put together.
            tta: Whether each score is the mean over the eight flips and quarter turns.
        """

        def start(workspace: "Workspace") -> Operation[Any]:
            from histoviewer.services.ensembles import make_ensemble

            return make_ensemble(workspace=workspace, members=members, how=how, tta=tta)

        self._submit(self.tr("Make an ensemble"), start, self._bench.challenged.emit)

    def score(self, model: str, *, tta: bool) -> None:
        """Score every tile with a model that need not be champion."""

        def start(workspace: "Workspace") -> Operation[Any]:
            from histoviewer.services.scoring import score

            return score(workspace=workspace, model_id=model, tta=tta)

        self._submit(self.tr("Score tiles"), start, lambda _outcome: None)

    def import_bundle(self, path: Path) -> None:
        """Take a model in from a file."""

        def start(workspace: "Workspace") -> Operation[Any]:
            from histoviewer.services.bundles.importing import import_bundle

            return import_bundle(workspace=workspace, path=path)

        self._submit(self.tr("Import a model"), start, self._take_import)

    def import_starter(self) -> None:
        """Take in the model that comes with the program."""

        def start(workspace: "Workspace") -> Operation[Any]:
            from histoviewer.services.bundles.starter import import_starter

            return import_starter(workspace=workspace)

        self._submit(self.tr("Rank with the starter model"), start, self._take_import)

    def export_bundle(self, model: str, out: Path) -> None:
        """Write a model as one file for another machine."""

        def start(workspace: "Workspace") -> Operation[Any]:
            from histoviewer.services.bundles.exporting import export_bundle

            return export_bundle(workspace=workspace, out=out, model_id=model)

        self._submit(self.tr("Export a model"), start, self.bundle_written.emit)

    def export_onnx(self, model: str, out: Path) -> None:
        """Write a model as ONNX."""

        def start(workspace: "Workspace") -> Operation[Any]:
            from histoviewer.services.onnx_export import export_onnx

            return export_onnx(workspace=workspace, out=out, model_id=model)

        self._submit(self.tr("Export as ONNX"), start, self.onnx_written.emit)

    def _submit(
        self,
        title: str,
        start: Callable[["Workspace"], Operation[Any]],
        then: Callable[[Any], None],
    ) -> None:
        bench = self._bench

        def begin() -> Operation[Any]:
            assert bench.workspace is not None, "commands are off without a project"
            return start(bench.workspace)

        bench.submit(
            bench.batch,
            title,
            begin,
            bench.while_open(then),
            again=lambda: self._submit(title, start, then),
        )

    def _take_import(self, outcome: "ImportOutcome") -> None:
        self._bench.challenged.emit(outcome.challenge)
        self.imported.emit(outcome)
