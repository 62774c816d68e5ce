"""Has two models compared for the panel of the evaluate page, on the labels of then."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from histoviewer.domain.assessment import Match
from histoviewer.domain.label_set import LabelSet
from histoviewer.jobs.job import Operation
from histoviewer.ui.evaluate.comparing import ComparePanel
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace


class Comparer(QObject):
    """Answers what the panel asks, and says where labels have changed since. UI thread only.

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
        self._labels: LabelSet | None = None  # what the result that is shown rests on
        panel.asked.connect(self._compare)

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Begin with a project, of which no model is known yet; None for none."""
        self._workspace, self._labels = workspace, None
        self._panel.offer(())

    def tell_outdated(self, now: LabelSet) -> None:
        """Say whether the labels are others now than those that the result rests on."""
        self._panel.tell_outdated(
            outdated=self._labels is not None and not self._labels.is_same(now)
        )

    def _compare(self, first: str, second: str) -> None:
        workspace, bench = self._workspace, self._bench
        assert workspace is not None, "models are offered of an open project only"
        session = workspace.session
        labels = session.validation_labels()

        def start() -> Operation[Match]:
            from histoviewer.services.evaluating import compare_models

            nonlocal labels
            labels = session.validation_labels()
            return compare_models(workspace=workspace, first=first, second=second)

        def show(match: Match) -> None:
            if self._panel.chosen == (first, second):
                self._labels = labels
                self._panel.show_match(match, (self._name(first), self._name(second)))
                self.tell_outdated(session.validation_labels())

        bench.submit(bench.looks, self.tr("Compare two models"), start, bench.while_open(show))
