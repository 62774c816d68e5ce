"""Tells the reader what came of a job."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from histoviewer.ui.notices import NoticeArea
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:
    from histoviewer.domain.tiles import Problem
    from histoviewer.services.exporting import ExportOutcome
    from histoviewer.services.retraining import RetrainOutcome


class OutcomeNotices(QObject):
    """Turns the outcomes of jobs into notices, with a button where there is something to choose.

    Args:
        bench: Whose jobs.
        notices: Where it says so.
        parent: Owner.
    """

    problems_asked = Signal()

    def __init__(
        self, bench: Workbench, notices: NoticeArea, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._notices = notices
        bench.challenged.connect(self._tell_challenge)
        bench.exported.connect(self._tell_export)
        bench.pixels_changed.connect(lambda _: bench.read_problems(self._tell_problems))
        bench.packing_stopped.connect(self._tell_packing_stopped)
        bench.files.task_started.connect(lambda: notices.withdraw(self._unpacked))

    def _tell_problems(self, problems: "list[Problem]") -> None:
        if not problems:
            return
        title = self.tr("Problems found in the data set: {count}.")
        hint = self.tr("Damaged tiles are shown as placeholders and kept out of training.")
        action = (self.tr("Show"), self.problems_asked.emit)
        self._notices.add("warning", title.format(count=f"{len(problems):,}"), hint, action=action)

    @property
    def _unpacked(self) -> str:
        return self.tr("The tiles are not packed.")

    def _tell_packing_stopped(self) -> None:
        hint = self.tr("They can be reviewed all the same; training and scoring need them packed.")
        action = (self.tr("Pack again"), self._pack)
        self._notices.add("warning", self._unpacked, hint, action=action)

    def _pack(self) -> None:
        if self._bench.workspace is not None and not self._bench.is_packing:
            self._bench.pack()

    def _tell_challenge(self, outcome: "RetrainOutcome") -> None:
        model, champion = outcome.model, outcome.champion
        auc = f"{outcome.challenger_auc:.4f}"
        if champion is None:
            title = self.tr("Model {number} ranks the grid: validation AUC {auc}.")
            self._notices.add("info", title.format(number=model.number, auc=auc))
        elif outcome.promoted:
            title = self.tr(
                "Model {number} ranks the grid now: validation AUC {auc}, before {old}."
            )
            old = f"{outcome.champion_auc:.4f}"
            self._notices.add("info", title.format(number=model.number, auc=auc, old=old))
        else:
            self._tell_kept(outcome, champion.number)

    def _tell_kept(self, outcome: "RetrainOutcome", champion: int) -> None:
        model = outcome.model
        title = self.tr(
            "Model {new} is worse on validation: AUC {auc:.4f}, model {old} has {best:.4f}."
        ).format(
            new=model.number,
            auc=outcome.challenger_auc,
            old=champion,
            best=outcome.champion_auc,
        )
        hint = self.tr(
            "Model {old} goes on ranking the grid and the queue is kept; the choice is yours."
        ).format(old=champion)
        button = self.tr("Make model {new} champion").format(new=model.number)
        self._notices.add("warning", title, hint, action=(button, lambda: self._promote(model.id)))

    def _promote(self, model_id: str) -> None:
        if self._bench.workspace is not None:
            self._bench.promote(model_id)

    def _tell_export(self, outcome: "ExportOutcome") -> None:
        title = self.tr("Wrote {rows} rows to {path}.").format(
            rows=f"{outcome.rows:,}", path=outcome.path
        )
        folder = QUrl.fromLocalFile(str(outcome.path.absolute().parent))
        action = (self.tr("Show folder"), lambda: _open(folder))
        level = "warning" if outcome.warnings else "info"
        self._notices.add(level, title, " ".join(outcome.warnings), action=action)


def _open(url: QUrl) -> None:
    QDesktopServices.openUrl(url)
