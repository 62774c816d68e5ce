"""Inside the model: what its layers make of the current tile, and its first filters."""

from typing import Final

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from histoviewer.services.changes import Changes
from histoviewer.ui.dialogs.save_file import ask_save_path
from histoviewer.ui.explain.choices import MapChoices
from histoviewer.ui.explain.insight_tabs import FeatureTab, FilterTab
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import closing_box, make_panel_tabs
from histoviewer.ui.workbench import Workbench

_SIZE: Final = QSize(640, 640)
_WAIT_MS: Final = 120  # keys come faster than feature maps


class InsightDialog(QDialog):
    """Feature maps and first filters of the champion. UI thread only.

    It stays open beside the grid and follows the current tile.

    Args:
        bench: The open project and its lanes.
        choices: Knows the layers of the model.
        parent: The window.
    """

    def __init__(
        self, bench: Workbench, choices: MapChoices, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._wait = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self.tabs = QTabWidget()
        self.features, self.filters = FeatureTab(bench, choices), FilterTab(bench)
        self.save = QPushButton(self.tr("Save as PNG…"))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.setWindowTitle(self.tr("Inside the model"))
        self.resize(_SIZE)
        self.tabs.setDocumentMode(True)
        make_panel_tabs(self.tabs.tabBar(), self.tr("Parts of the model"))
        for tab in (self.features, self.filters):
            self.tabs.addTab(tab, tab.name)
            tab.changed.connect(self._offer_save)
        self.save.setToolTip(self.tr("Save the pictures that are shown"))
        buttons = closing_box(self)
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        self.save.setAutoDefault(False)  # Enter in a field shall not save
        layout = QVBoxLayout(self)
        layout.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        layout.setSpacing(GAP)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(buttons)
        self._offer_save()

    def _connect(self) -> None:
        self._wait.timeout.connect(self._ask)
        self.tabs.currentChanged.connect(self.reconsider)
        self.save.clicked.connect(self._save)
        self._bench.changed.connect(self._apply_changes)
        self.finished.connect(self.forget)

    @property
    def _tab(self) -> FeatureTab | FilterTab:
        return self.features if self.tabs.currentWidget() is self.features else self.filters

    def show_tile(self, tile: int | None) -> None:
        """Look at another tile soon; None for none."""
        self.features.show_tile(tile)
        self.reconsider()

    def reconsider(self) -> None:
        """Show what may be shown by now, and nothing that may not be any more."""
        if self.isVisible():
            if self.features.is_hidden:
                self.features.forget()
            self._offer_save()
            self._wait.start()

    def forget(self) -> None:
        """Ask for nothing any more and show nothing, until something is to be shown again."""
        self._wait.stop()
        for tab in (self.features, self.filters):
            tab.forget()

    def _apply_changes(self, changes: Changes) -> None:
        if changes.scores or changes.models:  # perhaps of another model
            self.forget()
            self.reconsider()

    def _ask(self) -> None:
        self._tab.ask()

    def _offer_save(self) -> None:
        self.save.setEnabled(self._tab.is_filled)

    def _save(self) -> None:
        tab = self._tab
        draw = tab.drawing()  # of what is shown now: while a name is asked for that may change
        if draw is None:
            return
        chosen = ask_save_path(
            self,
            caption=self.tr("Save the pictures"),
            proposed=tab.file_name,
            kind="*.png",
            suffix=".png",
        )
        if chosen is None:
            return

        def write() -> None:
            from histoviewer.services.explanation_pictures import save_picture

            save_picture(draw(), chosen)

        saved = self.tr("Saved as {path}").format(path=chosen)
        self._bench.background.write(
            write,
            then=lambda _: tab.caption.setText(saved),
            failed=lambda error: tab.caption.setText(str(error)),
        )
