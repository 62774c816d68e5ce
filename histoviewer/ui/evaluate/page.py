"""The evaluate page: how good models are, one or several beside each other."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from histoviewer.domain.assessment import Assessment
from histoviewer.domain.models import KaggleScores, ModelRecord
from histoviewer.domain.source import TileSource
from histoviewer.errors import UserError
from histoviewer.services.changes import Changes
from histoviewer.ui.dialogs.save_file import ask_save_path
from histoviewer.ui.eight_views import scored_name
from histoviewer.ui.evaluate.assessor import Assessor
from histoviewer.ui.evaluate.comparer import Comparer
from histoviewer.ui.evaluate.error_commands import ErrorCommands
from histoviewer.ui.evaluate.layout import EvaluateLayout, Tab
from histoviewer.ui.evaluate.reading import ModelsRead, read_models
from histoviewer.ui.model_table import ModelTable
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.tables import finish_editing

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace
    from histoviewer.ui.evaluate.views import PlotViews

_SETTLE_MS = 300
_MOST = 6


class EvaluatePage(ErrorCommands, Page):
    """Shows what `services.evaluating` finds of the marked models. UI thread only.

    Errors are of one of the marked models, which the reader chooses; all else is of all of them.
    pyqtgraph is imported when the page is first shown: its 0.3 s would delay every opening.

    Args:
        context: What the window gives its pages.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._workspace: Workspace | None = None
        self._read: ModelsRead | None = None
        self._reading = 0  # number of the newest request; an answer to an older one is dropped
        self._plots: PlotViews | None = None
        self.assessor = Assessor(context.bench, self)
        self.table = ModelTable(most=_MOST, parent=self)
        self.parts = EvaluateLayout(self.table, self)
        self.comparer = Comparer(self.parts.compare, context.bench, self._name, self)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._connect()
        self._enable_scoring()

    def _connect(self) -> None:
        parts = self.parts
        self._settle.timeout.connect(self._ask)
        # It tells of work on any model; `apply_changes` of the champion's scores only.
        self._context.bench.standing_changed.connect(self._settle.start)
        self._context.actions["model.train"].changed.connect(self._enable_scoring)
        self.table.marked_changed.connect(self._show_marked)
        self.assessor.changed.connect(self._show_found)
        self.table.score_typed.connect(self._note_kaggle)
        self.table.score_refused.connect(self.notice)
        parts.refresh.clicked.connect(self._ask)
        parts.refresh.clicked.connect(self.assessor.again)
        parts.score.clicked.connect(self._score)
        for button in (parts.refresh, parts.score):  # soon hidden or off: Qt would pick a neighbour
            button.clicked.connect(self.take_keyboard)
        parts.explorer.moved.connect(self._move)
        parts.chosen.connect(self._show_errors)
        parts.gallery.judged.connect(self._judged)
        parts.gallery.notice.connect(self.notice)
        parts.gallery.targets_changed.connect(self._tell_targets)
        parts.gallery.shown.connect(self.situation_changed)
        parts.tab_changed.connect(self._show_tab)
        parts.save_asked.connect(self._save_plot)
        parts.numbers_asked.connect(self._save_numbers)

    # --- the project

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show the models of a project; None for none."""
        self._workspace = workspace
        self._reading += 1
        self._settle.stop()
        self._read = None
        self.table.show_rows(())
        self.table.is_editable = workspace is not None and not workspace.session.read_only
        self.parts.gallery.show_workspace(workspace)
        self.parts.show_models()
        self.parts.offer_scoring("")
        self.comparer.show_workspace(workspace)
        self.assessor.show_workspace(workspace)
        self._ask()

    def apply_changes(self, changes: Changes) -> None:
        """Read models anew; say where labels have changed since."""
        if changes.data:
            self._settle.start()
        if changes.verdicts:
            self.parts.gallery.refresh()
            self._tell_outdated()

    def set_pixels(self, source: TileSource | None = None) -> None:
        """Take the pixels of the errors from another place, such as the packed store."""
        if self._workspace is not None:
            self.parts.gallery.set_source(source or self._workspace.pixels)

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was done while the page was hidden."""
        super().showEvent(event)
        self.parts.gallery.arrange()  # at once: a blind read may have begun
        self._ask()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the errors where they are seen, else to the table."""
        super().focusInEvent(event)
        self.parts.take_keyboard(event.reason())

    def finish_typing(self) -> None:
        """Keep the score that is still being typed."""
        finish_editing(self.parts.models)

    def close_threads(self) -> None:
        """End the threads that read tiles."""
        self._settle.stop()
        self.table.is_editable = False
        self.parts.gallery.close_threads()

    # --- reading and assessing

    def _ask(self) -> None:
        """Let the models be read; nobody needs them while the page is hidden."""
        workspace = self._workspace
        if workspace is None or not self.isVisible():
            return

        background, failed = self._context.bench.background, self._context.notices.show_error
        if self._plots is None:  # done before the models, which wait in the same queue
            background.run(_import, then=self._add_plots, failed=failed)
        self._reading += 1
        asked, project, tiles = self._reading, workspace.project, workspace.session.tiles
        rows = workspace.session.validation_labels().tiles
        background.run(
            lambda: read_models(project, tiles, rows),
            then=lambda read: self._take(read) if asked == self._reading else None,
            failed=failed,
        )

    def _add_plots(self, make: "type[PlotViews]") -> None:
        if self._plots is None:
            self._plots = make(self._context.theme, self.parts)
            self._draw()

    def _take(self, read: ModelsRead) -> None:
        self._read = read
        self.table.show_rows(read.rows)
        self.comparer.show_models(read)
        self._show_marked()

    def _show_marked(self) -> None:
        """Let the marked models be assessed, and draw how they learned."""
        read = self._read
        if read is None:
            return
        unscored = [name for name in self.table.marked if name in read.unscored]
        wanted = [name for name in self.table.marked if name not in read.unscored]
        self.parts.offer_scoring(self._name(unscored[0]) if unscored else "")
        self.assessor.want(wanted, read.basis(wanted))
        self.parts.show_models()
        self._draw()

    def _enable_scoring(self) -> None:
        # As training, it writes to the project, and it stands behind nothing that trains.
        self.parts.score.setEnabled(self._context.actions["model.train"].isEnabled())

    def _score(self) -> None:
        if self._read is None:
            return
        for row in self.table.rows:
            if row.model.id in self.table.marked and row.model.id in self._read.unscored:
                self._context.models.score(row.model)

    def _note_kaggle(self, export: int, scores: KaggleScores) -> None:
        """Keep what was typed in, and show it as it was kept."""
        workspace = self._workspace
        assert workspace is not None, "only rows of an open project can be typed into"
        project = workspace.project
        self._context.bench.background.write(
            lambda: project.note_kaggle_scores(export, **scores),
            then=lambda _: self._ask(),
            failed=self._context.notices.show_error,
        )

    # --- what is shown

    def _name(self, model: str) -> str:
        for row in self.table.rows:
            if row.model.id == model:
                return self.tr("{number} {recipe}").format(
                    number=row.model.number, recipe=row.model.recipe
                )
        return model

    def _show_found(self) -> None:
        workspace = self._workspace
        self.parts.say_instead(self.assessor.words)
        self.parts.show_found(self._named, None if workspace is None else workspace.session.classes)
        self._show_groups()
        self._show_errors()
        self._tell_outdated()
        self._draw()

    @property
    def _named(self) -> Sequence[tuple[str, Assessment]]:
        return [
            (scored_name(self._name(each.model), tta=each.tta), each)
            for each in self.assessor.found
        ]

    def _draw(self) -> None:
        workspace, runs = self._workspace, {} if self._read is None else self._read.curves
        self._offer_export()
        if self._plots is None or workspace is None:
            return
        marked = [(self._name(name), runs[name]) for name in self.table.marked if name in runs]
        others = [run for name, run in runs.items() if name not in self.table.marked]
        self._plots.draw(self._named, workspace.session.classes, self.parts.explorer.points)
        self._plots.learning.draw(marked, others)

    def _offer_export(self) -> None:
        has_plots, read = self._plots is not None, self._read
        self.parts.offer_export(
            has_figures=has_plots and bool(self.assessor.found),
            has_curves=has_plots and read is not None and bool(read.curves),
        )

    def _tell_outdated(self) -> None:
        """Say where labels are others than those that figures rest on."""
        assessor, workspace = self.assessor, self._workspace
        if workspace is None:
            self.parts.offer_again(outdated=False, failed=False)
            return

        now = workspace.session.validation_labels()
        self.parts.offer_again(outdated=assessor.is_outdated(now), failed=assessor.has_failed)
        self.comparer.tell_outdated(now)

    def _show_groups(self) -> None:
        names = () if self._workspace is None else self._workspace.session.tiles.group_names
        self.parts.groups.show_found(self._named, names, self.parts.explorer.points)

    def _show_errors(self) -> None:
        self.parts.gallery.show_errors(self._chosen, self.parts.explorer.value)

    @property
    def _chosen(self) -> Assessment | None:
        """Return the marked model that errors are shown of; None for none."""
        chosen = self.parts.model
        return next((each for each in self.assessor.found if each.model == chosen), None)

    def _move(self) -> None:
        if self._plots is not None:
            self._plots.scores.set_thresholds(self.parts.explorer.points)
        if self.parts.current is Tab.ERRORS:
            self._show_errors()

    def _show_tab(self, tab: Tab) -> None:
        if tab is Tab.ERRORS:
            self._show_errors()
            self.parts.gallery.setFocus()
        elif tab is Tab.GROUPS:
            self._show_groups()
        self._offer_export()
        self._tell_targets()
        self.situation_changed.emit()

    # --- files

    def _save_plot(self, suffix: str) -> None:
        assert self._plots is not None, "it is offered only where something is drawn"
        plots = self._plots.of(self.parts.current)
        chosen = ask_save_path(
            self,
            caption=self.tr("Save the plot"),
            proposed=f"{self.parts.current}{suffix}",
            kind=f"*{suffix}",
            suffix=suffix,
        )
        if chosen is None:
            return
        from histoviewer.ui.evaluate.exporting import save_plot

        try:
            save_plot(plots, chosen)
        except UserError as error:
            self._context.notices.show_error(error)

    def _save_numbers(self) -> None:
        workspace = self._workspace
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for the tables"))
        if not chosen or workspace is None:
            return
        found, names = self.assessor.found, workspace.session.tiles.group_names
        points, read = self.parts.explorer.points, self._read

        def write() -> int:
            from histoviewer.ui.evaluate.exporting import write_numbers

            return write_numbers(Path(chosen), found, names, points, read)

        text = self.tr("Wrote {count} tables to {folder}.")
        self._context.bench.background.write(
            write,
            then=lambda count: self.notice.emit(text.format(count=count, folder=chosen)),
            failed=self._context.notices.show_error,
        )

    # --- errors: see also `ErrorCommands`

    @property
    def shown_model(self) -> ModelRecord | None:
        """Return the model whose errors are shown; None for none."""
        shown = self.parts.model
        return next((row.model for row in self.table.rows if row.model.id == shown), None)

    @property
    def maps_barred(self) -> str:
        """Return why maps cannot be laid over errors now; '' where they can."""
        if self.parts.current is not Tab.ERRORS:
            return self.tr("Maps lie over the tiles of the tab Errors: go there first.")
        if self.shown_model is None:
            return self.tr("Choose a model that has scored the validation tiles.")
        return ""

    def answer(self, agree: bool) -> None:  # noqa: FBT001 - called by the key map with its argument
        """Confirm what the champion says of the errors, or reject it (keys A and X)."""
        champion = self._context.bench.champion
        if not self.target_count:
            return
        if champion is None or champion.id != self.parts.model:
            self.notice.emit(
                self.tr("A and X speak of the champion, which is not shown here: use 1 and 0.")
            )
            return
        self.parts.gallery.judge.answer(agree=agree)

    def _judged(self, changes: Changes) -> None:
        self._tell_outdated()
        self.changed.emit(changes)

    def _tell_targets(self) -> None:
        self.targets_changed.emit(self.target_count)


def _import() -> "type[PlotViews]":
    from histoviewer.ui.evaluate.views import PlotViews

    return PlotViews
