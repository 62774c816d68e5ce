"""Tells the reader what came of a job."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from histoviewer.ui.eight_views import unlike_text
from histoviewer.ui.import_words import details, headline
from histoviewer.ui.model_work import ModelWork
from histoviewer.ui.notices import NoticeArea
from histoviewer.ui.opening import Opener
from histoviewer.ui.standing import Opened
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:
    from histoviewer.domain.tiles import Problem
    from histoviewer.services.challenging import Challenge
    from histoviewer.services.dataset_report import DatasetReport
    from histoviewer.services.exporting import ExportOutcome
    from histoviewer.services.interchange.exporting import VerdictExport
    from histoviewer.services.interchange.importing import ImportOutcome


class OutcomeNotices(QObject):
    """Turns the outcomes of jobs into notices, with a button where there is something to choose.

    Args:
        bench: Whose jobs.
        opener: Opens a project anew that has more tiles by now.
        notices: Where it says so.
        models: Work on whole models.
        parent: Owner.
    """

    problems_asked = Signal()

    def __init__(
        self,
        bench: Workbench,
        opener: Opener,
        notices: NoticeArea,
        *,
        models: ModelWork,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._arrived: tuple[Path, int, int] | None = None  # project, new files, problems
        self._notices = notices
        bench.challenged.connect(self._tell_challenge)
        bench.exported.connect(self._tell_export)
        bench.verdicts_exported.connect(self._tell_verdicts)
        bench.verdicts_imported.connect(self._tell_import)
        models.written.connect(self._tell_written)
        models.warned.connect(self._tell_warnings)
        bench.pixels_changed.connect(lambda _: bench.read_problems(self._tell_problems))
        bench.updated.connect(self._note_update)
        opener.opened.connect(self._tell_grown)
        bench.packing_stopped.connect(self._tell_packing_stopped)
        bench.files.task_started.connect(lambda: notices.withdraw(self._unpacked))

    def _tell_problems(self, problems: "list[Problem]") -> None:
        if not problems:
            return
        title = self.tr("Problems found in the data set: {count}.")
        hint = self.tr("Damaged tiles are shown as placeholders and kept out of training.")
        action = (self.tr("Show"), self.problems_asked.emit)
        self._notices.add("warning", title.format(count=f"{len(problems):,}"), hint, action=action)

    def _note_update(self, count: int, report: "DatasetReport") -> None:
        """Say what came; where files did, the project is opened anew first."""
        assert self._bench.workspace is not None
        project = self._bench.workspace.project.path
        self._arrived = (project, count, len(report.problems))
        if not count:
            self._tell_arrived()

    def _tell_grown(self, opened: Opened) -> None:
        if self._arrived is not None and opened.workspace.project.path == self._arrived[0]:
            self._tell_arrived()

    def _tell_arrived(self) -> None:
        assert self._arrived is not None
        (_, count, problems), self._arrived = self._arrived, None
        if not count:  # what is wrong with the data set is told once its tiles have been read
            title = self.tr("There are no new files: the project has all of the data set.")
            self._notices.add("info", title)
            return
        came = self.tr("New files added: {count}. Every verdict is kept.")
        title = came.format(count=f"{count:,}")
        if not problems:
            self._notices.add("info", title, self.tr("No problem was found in the data set."))
            return
        hint = self.tr("Problems found in the whole data set: {count}.")
        action = (self.tr("Show"), self.problems_asked.emit)
        self._notices.add("warning", title, hint.format(count=f"{problems:,}"), action=action)

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

    def _tell_challenge(self, outcome: "Challenge") -> None:
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
            title = title.format(number=model.number, auc=auc, old=old)
            self._notices.add("info", title, _told_mixed(outcome))
        else:
            self._tell_kept(outcome, champion.number)

    def _tell_kept(self, outcome: "Challenge", champion: int) -> None:
        model = outcome.model
        if not outcome.is_compared:
            why = (
                self.tr(
                    "Models {new} and {old} cannot be compared: together they were trained on too "
                    "many of the validation tiles."
                )
                if outcome.left_out
                else self.tr(
                    "Models {new} and {old} cannot be compared: there are no labelled validation "
                    "tiles of both classes."
                )
            )
            title = why.format(new=model.number, old=champion)
        else:
            title = self._told_unproven(outcome, champion)
        hint = self.tr(
            "Model {old} goes on ranking the grid and the queue is kept; the choice is yours."
        ).format(old=champion)
        hint = " ".join(filter(None, (_told_mixed(outcome), hint)))
        button = self.tr("Make model {new} champion").format(new=model.number)
        self._notices.add("warning", title, hint, action=(button, lambda: self._promote(model.id)))

    def _told_unproven(self, outcome: "Challenge", champion: int) -> str:
        """Say why the gate stayed shut: worse beyond doubt and not known to be as good differ."""
        assert outcome.gate is not None
        if math.isnan(outcome.gate.comparison.at_least):
            said = self.tr(
                "Model {new} has AUC {auc:.4f} on validation, model {old} has {best:.4f}: there "
                "are too few groups to tell chance from a loss."
            )
        else:
            said = self.tr(
                "Model {new} has AUC {auc:.4f} on validation, model {old} has {best:.4f}: it may "
                "be worse by up to {loss:.4f}."
            )
        return said.format(
            new=outcome.model.number,
            auc=outcome.challenger_auc,
            old=champion,
            best=outcome.champion_auc,
            loss=-outcome.gate.comparison.at_least,
        )

    def _tell_written(self, path: Path, said: str) -> None:
        self._notices.add("info", said, action=self._folder_action(path))

    def _tell_warnings(self, warnings: Sequence[str]) -> None:
        """Say what is to be known of a model from elsewhere; how it did is told as of any other."""
        title = self.tr("The imported model needs a look.")
        self._notices.add("warning", title, " ".join(warnings))

    def _promote(self, model_id: str) -> None:
        if self._bench.workspace is not None:
            self._bench.promote(model_id)

    def _tell_export(self, outcome: "ExportOutcome") -> None:
        title = self.tr("Wrote {rows} rows to {path}.").format(
            rows=f"{outcome.rows:,}", path=outcome.path
        )
        level = "warning" if outcome.warnings else "info"
        action = self._folder_action(outcome.path)
        self._notices.add(level, title, " ".join(outcome.warnings), action=action)

    def _tell_verdicts(self, export: "VerdictExport") -> None:
        title = (
            self.tr("Wrote {count} verdicts to {path}.")
            if export.counts_verdicts
            else self.tr("Wrote {count} tiles with their verdicts to {path}.")
        ).format(count=f"{export.rows:,}", path=export.path)
        left_out = self.tr("Tiles that cannot be read are left out: {count}.").format(
            count=f"{len(export.unreadable):,}"
        )
        level = "warning" if export.unreadable else "info"
        hint = left_out if export.unreadable else ""
        self._notices.add(level, title, hint, action=self._folder_action(export.path))

    def _tell_import(self, outcome: "ImportOutcome") -> None:
        """Say what was imported where nothing is to be listed: else a dialog says it."""
        if not (outcome.conflicts or outcome.rejected):
            self._notices.add("info", headline(outcome), details(outcome))

    def _folder_action(self, path: Path) -> tuple[str, Callable[[], None]]:
        folder = QUrl.fromLocalFile(str(path.absolute().parent))
        return self.tr("Show folder"), lambda: _open(folder)


def _told_mixed(outcome: "Challenge") -> str:
    """Return that one of both alone was compared by means of 8 views; '' where they were alike."""
    return unlike_text() if outcome.gate is not None and outcome.gate.is_mixed else ""


def _open(url: QUrl) -> None:
    QDesktopServices.openUrl(url)
