"""The panel that lists the models of the project, and what can be done with them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.models import ModelRecord
from histoviewer.ui.dialogs.save_file import ask_save_path
from histoviewer.ui.models.models.details import ModelDetails
from histoviewer.ui.models.models.ensemble_dialog import EnsembleDialog
from histoviewer.ui.models.models.table import RECIPE, ModelsTable
from histoviewer.ui.models.panel import Panel
from histoviewer.ui.pages import PageContext
from histoviewer.ui.review.flow import in_lines
from histoviewer.ui.tables import show_table
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import label

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.lineage import LabelFacts
    from histoviewer.services.opening import Workspace

_SHARES: Final = (900, 380)  # pixels of list and details at first
_BUNDLE: Final = ".histomodel"


class ModelsPanel(Panel):
    """Every model of the project; one of them is champion, several can be chosen. UI thread only.

    Args:
        context: What the window has.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._bench = context.bench
        self._workspace: Workspace | None = None
        self.work = context.models
        self.table = ModelsTable(context.theme, self)
        self.list = QTableView()
        self.details = ModelDetails()
        self.promote = QPushButton(self.tr("Make champion"))
        self.score = QPushButton(self.tr("Score"))
        self.embed = QPushButton(self.tr("Embed"))
        self.blend = QPushButton(self.tr("Make an ensemble…"))
        self.take = QPushButton(self.tr("Import"))
        self.write = QPushButton(self.tr("Export"))
        self._none = label(
            self.tr("No model yet. Train one, or import one from a bundle."),
            role="muted",
            wraps=True,
        )
        self._lay_out()
        self._connect()
        self._refresh()

    @property
    def selected(self) -> ModelRecord | None:
        """Return the chosen model, of several the current one; None where none is chosen.

        The current row alone says nothing: Ctrl with an arrow leaves the chosen one behind.
        """
        rows, current = self._rows, self.list.currentIndex().row()
        if len(rows) == 1:
            return self.table.models[rows[0]]
        return self.table.models[current] if current in rows else None

    @property
    def chosen(self) -> Sequence[ModelRecord]:
        """Return all chosen models, in the order of their numbers."""
        return [self.table.models[row] for row in self._rows]

    @property
    def _rows(self) -> Sequence[int]:
        rows = {index.row() for index in self.list.selectionModel().selectedRows()}
        return sorted(rows, reverse=True)

    def select(self, model_id: str) -> None:
        """Choose a model alone by its id; nothing happens where there is none of that id."""
        self._choose([model_id])

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """List the models of a project; None for none."""
        self._workspace = workspace
        self._refresh()

    # --- how it is built

    def _lay_out(self) -> None:
        show_table(self.list, self.table, self.tr("Models of the project"), widest=RECIPE)
        self.list.setObjectName("models")
        self.list.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setFocusProxy(self.list)
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        listed = QWidget()
        self._body = QStackedLayout(listed)
        self._body.addWidget(self._none)
        self._body.addWidget(self.list)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addWidget(self._make_buttons())
        column.addWidget(listed, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self.details)
        split.setSizes(list(_SHARES))
        split.setStretchFactor(0, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

    def _make_buttons(self) -> QWidget:
        tips = {
            self.promote: self.tr("Let this model rank the grid from now on."),
            self.score: self.tr("Score every tile with this model, so that it can be compared."),
            self.embed: self.tr(
                "Work out what this model's last layer but one says of every tile: whatever "
                "compares tiles needs it."
            ),
            self.blend: self.tr("Make a model of those that are chosen (Ctrl or Shift: several)."),
            self.take: self.tr("Take a model in that was trained elsewhere."),
            self.write: self.tr("Write this model for another machine or another program."),
        }
        for button, tip in tips.items():
            button.setToolTip(tip)
        self._add_menu(
            self.score,
            (self.tr("As they are"), lambda: self._score(tta=False)),
            (self.tr("Mean over the 8 flips and turns"), lambda: self._score(tta=True)),
        )
        self._add_menu(
            self.take,
            (self.tr("From a bundle…"), self._take_bundle),
            (self.tr("The starter model"), lambda: self.work.take_bundle(None)),
        )
        self._add_menu(
            self.write,
            (self.tr("As a bundle…"), self._write_bundle),
            (self.tr("As ONNX…"), self._write_onnx),
        )
        return in_lines(*tips)

    def _add_menu(self, button: QPushButton, *entries: tuple[str, Callable[[], None]]) -> None:
        menu = QMenu(button)
        for text, act in entries:
            menu.addAction(text).triggered.connect(lambda _=False, act=act: act())
        button.setMenu(menu)

    def _connect(self) -> None:
        self._bench.standing_changed.connect(self._refresh)
        self._context.actions["model.train"].changed.connect(self._enable)
        self.list.selectionModel().selectionChanged.connect(self._show_details)
        self.promote.clicked.connect(self._promote)
        self.embed.clicked.connect(self._embed)
        self.blend.clicked.connect(self._blend)

    # --- what is shown

    def _refresh(self) -> None:
        chosen, standing = [model.id for model in self.chosen], self._bench.standing
        champion = self._bench.champion
        models = () if standing is None else standing.models
        self.table.show_models(models, "" if champion is None else champion.id)
        self._body.setCurrentIndex(1 if models else 0)
        known = [name for name in chosen if self.table.row_of(name) >= 0]
        if not known and models:
            known = [(champion or models[-1]).id]
        self._choose(known)

    def _choose(self, names: Sequence[str]) -> None:
        """Choose models, whatever keys are held down."""
        flags = QItemSelectionModel.SelectionFlag
        rows = [self.table.row_of(name) for name in names]
        for place, row in enumerate(row for row in rows if row >= 0):
            how = flags.Select if place else flags.ClearAndSelect
            self.list.selectionModel().setCurrentIndex(self.table.index(row, 0), how | flags.Rows)
        self._show_details()

    def _show_details(self, *_: QItemSelection) -> None:
        self.details.show_model(self.selected, self.table.models)
        self._enable()
        self._read_labels()

    def _read_labels(self) -> None:
        """Let the labels that the model learned from be read, and show what they are."""
        chosen, workspace = self.selected, self._workspace
        if chosen is None or workspace is None:
            return
        project, ids = workspace.project, workspace.session.tiles.ids

        def read() -> "LabelFacts | None":
            from histoviewer.services.lineage import label_facts

            return label_facts(project, chosen, ids)

        def show(found: "LabelFacts | None") -> None:
            if found is not None and self.selected == chosen:
                self.details.show_labels(found.count, found.fingerprint)

        self._bench.background.run(read, then=show, failed=self._context.notices.show_error)

    def _enable(self) -> None:
        """Offer what can be done with the chosen models now."""
        chosen, workspace = self.selected, self._workspace
        is_one = chosen is not None and len(self.chosen) == 1
        writes = workspace is not None and not workspace.session.read_only
        # As training, what scores needs packed tiles and stands behind nothing that trains.
        works = workspace is not None and self._context.actions["model.train"].isEnabled()
        champion = self._bench.champion
        is_other = chosen is not None and (champion is None or champion.id != chosen.id)
        blends = any(model.blend is not None for model in self.chosen)
        self.promote.setEnabled(writes and is_one and is_other)
        self.score.setEnabled(works and is_one)
        self.embed.setEnabled(works and is_one)
        self.blend.setEnabled(works and bool(self.chosen) and not blends)
        self.take.setEnabled(works)
        self.write.setEnabled(is_one and not blends)

    # --- what can be done

    def _promote(self) -> None:
        if (chosen := self.selected) is not None:
            self._bench.promote(chosen.id)

    def _score(self, *, tta: bool) -> None:
        if (chosen := self.selected) is not None:
            self.work.score(chosen, tta=tta)

    def _embed(self) -> None:
        if (chosen := self.selected) is not None:
            self.work.embed(chosen)

    def _blend(self) -> None:
        members = self.chosen
        dialog = EnsembleDialog(members, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(
            lambda: self.work.blend(members, dialog.choice[0], tta=dialog.choice[1])
        )
        dialog.open()

    def _take_bundle(self) -> None:
        kinds = self.tr("Model bundles (*.histomodel)")
        title = self.tr("Import a model")
        path, _ = QFileDialog.getOpenFileName(self.window(), title, "", kinds)
        if path:
            self.work.take_bundle(Path(path))

    def _write_bundle(self) -> None:
        kinds = self.tr("Model bundles (*.histomodel)")
        if (chosen := self.selected) is not None and (path := self._ask_out(_BUNDLE, kinds)):
            self.work.write_bundle(chosen, path)

    def _write_onnx(self) -> None:
        kinds = self.tr("ONNX (*.onnx)")
        if (chosen := self.selected) is not None and (path := self._ask_out(".onnx", kinds)):
            self.work.write_onnx(chosen, path)

    def _ask_out(self, suffix: str, kinds: str) -> Path | None:
        assert self.selected is not None
        assert self._workspace is not None
        proposed = self._workspace.project.exports_folder / f"{self.selected.id}{suffix}"
        title = self.tr("Export a model")
        return ask_save_path(
            self.window(), caption=title, proposed=proposed, kind=kinds, suffix=suffix
        )
