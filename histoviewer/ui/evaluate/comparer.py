"""Has two models compared for the panel of the evaluate page, on labels and scores of then."""

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from histoviewer.domain.assessment import Match
from histoviewer.domain.label_set import LabelSet
from histoviewer.jobs.job import Operation
from histoviewer.ui.evaluate.comparing import ComparePanel
from histoviewer.ui.evaluate.reading import ModelsRead
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace


class Comparer(QObject):
    """Answers what the panel asks, and says where that is no longer so. UI thread only.

    Args:
        panel: Where two models are chosen.
        bench: The open project and the work on it.
        name: Returns what a model is called, of its id.
        parent: Owner.
    """

    def __init__(
        self, panel: ComparePanel, bench: Workbench, name: Callable[[str], str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._panel, self._bench, self._name = panel, bench, name
        self._workspace: Workspace | None = None
        self._read: ModelsRead | None = None
        # What the result that is shown rests on.
        self._labels: LabelSet | None = None
        self._basis: Hashable = None
        panel.asked.connect(self._compare)

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Begin with a project, of which no model is known yet; None for none."""
        self._workspace, self._labels = workspace, None
        self._read = self._basis = None
        self._panel.offer(())

    def show_models(self, read: ModelsRead) -> None:
        """Offer the models of a project as they were read last."""
        self._read = read
        names = [row.model.id for row in read.rows]
        self._panel.offer([(name, self._name(name)) for name in names])
        if self._workspace is not None:
            self.tell_outdated(self._workspace.session.validation_labels())

    def tell_outdated(self, now: LabelSet) -> None:
        """Say whether labels or scores are others now than those that the result rests on."""
        self._panel.tell_outdated(outdated=self._is_outdated(now))

    def _is_outdated(self, now: LabelSet) -> bool:
        if self._labels is None:
            return False
        return not self._labels.is_same(now) or self._basis != self._basis_of(self._panel.chosen)

    def _basis_of(self, models: Sequence[str | None]) -> Hashable:
        """Return what models are compared by besides labels, as it was read last."""
        known = [model for model in models if model is not None]
        return None if self._read is None else self._read.basis(known)

    def _compare(self, first: str, second: str) -> None:
        workspace, bench = self._workspace, self._bench
        assert workspace is not None, "models are offered of an open project only"
        session = workspace.session
        labels, basis = session.validation_labels(), self._basis_of((first, second))

        def start() -> Operation[Match]:
            from histoviewer.services.evaluating import compare_models

            nonlocal labels, basis
            labels, basis = session.validation_labels(), self._basis_of((first, second))
            return compare_models(workspace=workspace, first=first, second=second)

        def show(match: Match) -> None:
            if self._panel.chosen == (first, second):
                self._labels, self._basis = labels, basis
                self._panel.show_match(match, (self._name(first), self._name(second)))
                self.tell_outdated(session.validation_labels())

        bench.submit(bench.looks, self.tr("Compare two models"), start, bench.while_open(show))
