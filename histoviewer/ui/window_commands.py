"""What the commands of the window do: they ask what must be asked and pass it on."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from histoviewer import __version__
from histoviewer.logs import log_file
from histoviewer.ui.dialogs.cheat_sheet import CheatSheet
from histoviewer.ui.dialogs.export import ExportDialog
from histoviewer.ui.dialogs.export_verdicts import ExportVerdictsDialog
from histoviewer.ui.dialogs.import_outcome import ImportOutcomeDialog
from histoviewer.ui.dialogs.new_project import NewProjectDialog
from histoviewer.ui.dialogs.problems import ProblemsDialog
from histoviewer.ui.dialogs.reader import ReaderDialog
from histoviewer.ui.dialogs.train import TrainDialog
from histoviewer.ui.jobs.curves import CurvesPanel
from histoviewer.ui.opening import Opener
from histoviewer.ui.preferences import Preferences
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:
    from histoviewer.domain.labels import ClassNames
    from histoviewer.services.interchange.importing import ImportOutcome
    from histoviewer.services.opening import Workspace
    from histoviewer.tiles.work import Found
    from histoviewer.ui.standing import Opened


class WindowCommands(QObject):
    """Carries out every command whose target is the window; its methods are named in the table.

    Args:
        window: Parent of the dialogs.
        bench: Work on the open project.
        opener: Opens projects.
        curves: The panel of the learning curves.
        preferences: The keys in force, the reader, where projects go.
    """

    palette_asked = Signal()
    quick_retrain_asked = Signal()
    embedding_asked = Signal()
    _incomplete_read = Signal(object)  # ids of the models that cannot be exported
    _unread = Signal(str)  # why these are not known

    def __init__(
        self,
        window: QWidget,
        *,
        bench: Workbench,
        opener: Opener,
        curves: CurvesPanel,
        preferences: Preferences,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bench = bench
        self._opener = opener
        self._curves = curves
        self._preferences = preferences
        self._to_update: Path | None = None  # a project that is opened to add new files to it
        opener.opened.connect(self._update_opened)
        opener.failed.connect(self._update_nothing)
        opener.stayed.connect(self._update_nothing)
        opener.dataset_found.connect(self.offer_project)
        bench.verdicts_imported.connect(self.show_import)

    def choose_folder(self) -> None:
        """Ask for a project or data set folder and open it."""
        title = self.tr("Open a project or a data set folder")
        if chosen := QFileDialog.getExistingDirectory(self._window, title):
            self._opener.open(Path(chosen))

    def choose_file(self) -> None:
        """Ask for a data set file and make a project of it."""
        title = self.tr("Open a data set file")
        kinds = self.tr("Data sets (*.csv *.h5 *.hdf5)")
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, "", kinds)
        if chosen:
            self._opener.open(Path(chosen))

    def open_demo(self) -> None:
        """Open the demo project."""
        self._opener.open_demo()

    def offer_project(self, dataset: Path, found: "Found") -> None:
        """Offer to make a project of a data set that was found."""
        chosen = self._preferences.settings.projects
        dialog = NewProjectDialog(
            catalogue=found.catalogue,
            tile_size=found.tile_size,
            folder=Path(chosen) if chosen else dataset.absolute().parent,
            background=self._bench.background,
            parent=self._window,
        )
        dialog.open_asked.connect(self._opener.open)
        dialog.update_asked.connect(self._open_and_update)
        self._run(dialog, lambda: self._opener.make_project(dataset, dialog.choice))

    def add_new_files(self) -> None:
        """Import what is new in the data set of the project."""
        self._bench.update()

    def show_problems(self) -> None:
        """List what was found wrong with the data set."""
        self._bench.read_problems(
            lambda found: self._run(ProblemsDialog(found, self._window), lambda: None)
        )

    def _open_and_update(self, path: Path) -> None:
        self._to_update = path
        self._opener.open(path)

    def _update_opened(self, opened: "Opened") -> None:
        """Add new files where that was what the project was opened for."""
        path, self._to_update = self._to_update, None
        if opened.workspace.project.path == path:  # and not another one, opened since
            self._bench.update()

    def _update_nothing(self, *_: object) -> None:
        self._to_update = None

    def pack(self) -> None:
        """Pack the tiles."""
        self._bench.pack()

    def train(self) -> None:
        """Ask what to train and train it."""
        assert self._bench.opened is not None
        dialog = TrainDialog(self._bench.opened.recipes, self._window)
        self._run(dialog, lambda: self._bench.train(dialog.choice))

    def score(self) -> None:
        """Score the tiles."""
        self._bench.score()

    def retrain(self) -> None:
        """Retrain from the queue."""
        self._bench.retrain()

    def embed(self) -> None:
        """Embed the tiles with the champion."""
        self.embedding_asked.emit()

    def retrain_quick(self) -> None:
        """Ask for an instant retraining, which the window carries out."""
        self.quick_retrain_asked.emit()

    def export(self) -> None:
        """Ask whose scores are submitted and where, and write them."""
        opened, standing = self._bench.opened, self._bench.standing
        champion = self._bench.champion
        assert opened is not None
        assert standing is not None
        assert champion is not None
        project = opened.workspace.project
        dialog = ExportDialog(
            models=standing.models,
            champion=champion,
            propose=lambda model: (
                project.exports_folder / f"{project.info.name}-model-{model.number}.csv"
            ),
            has_sample=opened.has_sample,
            parent=self._window,
        )
        self._run(dialog, lambda: self._bench.export(dialog.choice))
        self._refuse_incomplete(dialog, opened.workspace)

    def _refuse_incomplete(self, dialog: ExportDialog, workspace: "Workspace") -> None:
        """Let the dialog refuse models that have not scored all test tiles, once that was read."""
        project, tiles = workspace.project, workspace.session.tiles

        def read() -> frozenset[str]:
            from histoviewer.services.exporting import incomplete_models

            return incomplete_models(project, tiles)

        self._incomplete_read.connect(dialog.refuse)  # a dialog that is gone hears nothing
        self._unread.connect(dialog.show_fault)
        self._bench.background.run(
            read,
            then=self._incomplete_read.emit,
            failed=lambda error: self._unread.emit(str(error)),
        )

    def export_verdicts(self) -> None:
        """Ask in which form verdicts are wanted and write them."""
        assert self._bench.opened is not None
        project = self._bench.opened.workspace.project
        dialog = ExportVerdictsDialog(
            folder=project.path.parent, name=project.info.name, parent=self._window
        )
        self._run(dialog, lambda: self._bench.export_verdicts(dialog.choice))

    def import_verdicts(self) -> None:
        """Ask for a file of verdicts and take them in."""
        title = self.tr("Import verdicts")
        kinds = self.tr("Verdicts (*.csv *.tsv *.txt);;All files (*)")
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, "", kinds)
        if chosen:
            self._bench.import_verdicts(Path(chosen))

    def show_import(self, outcome: "ImportOutcome", classes: "ClassNames") -> None:
        """List what needs a look after an import of verdicts, if anything does."""
        if outcome.conflicts or outcome.rejected:
            self._run(ImportOutcomeDialog(outcome, classes, self._window), lambda: None)

    def choose_reader(self) -> None:
        """Ask who reads."""
        dialog = ReaderDialog(self._preferences.reader, self._window)
        self._run(dialog, lambda: self._preferences.set_reader(dialog.choice))

    def close_project(self) -> None:
        """Close the project."""
        self._opener.close_project()

    def quit(self) -> None:
        """Close the window."""
        self._window.close()

    def show_curves(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Show or hide the learning curves."""
        self._curves.show_curves(on=on)

    def show_palette(self) -> None:
        """Ask for the command palette, which the window owns."""
        self.palette_asked.emit()

    def show_keys(self) -> None:
        """Show what each key does."""
        self._run(CheatSheet(self._preferences.keymap, self._window), lambda: None)

    def open_log_folder(self) -> None:
        """Show the log in the file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file().parent)))

    def show_about(self) -> None:
        """Say what the program is and what it is not for."""
        text = self.tr(
            "<h3>HistoViewer {version}</h3><p>Review the tiles, correct the labels, retrain the "
            "model.</p><p>For research and teaching. It is not a medical device and must not be "
            "used for diagnosis.</p><p>Licence: Apache 2.0</p>"
        )
        QMessageBox.about(
            self._window, self.tr("About HistoViewer"), text.format(version=__version__)
        )

    def _run(self, dialog: QDialog, act: Callable[[], None]) -> None:
        """Show a dialog without stopping the event loop here; act on what was chosen."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(act)
        dialog.open()
