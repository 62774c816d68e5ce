"""The panel that lists the models of the project."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.models import ModelRecord
from histoviewer.ui.models.models.table import RECIPE, ModelsTable
from histoviewer.ui.models.panel import Panel
from histoviewer.ui.pages import PageContext
from histoviewer.ui.tables import show_table
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import label

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace


class ModelsPanel(Panel):
    """Every model of the project; one of them is champion. UI thread only.

    Args:
        context: What the window has.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = context.bench
        self._workspace: Workspace | None = None
        self.table = ModelsTable(context.theme, self)
        self.list = QTableView()
        self.promote = QPushButton(self.tr("Make champion"))
        self._none = label(
            self.tr("No model yet. Train one, or import one from a bundle."), role="muted"
        )
        self._lay_out()
        self._bench.standing_changed.connect(self._refresh)
        self.promote.clicked.connect(self._promote)
        self.list.selectionModel().currentRowChanged.connect(self._enable)
        self._refresh()

    @property
    def selected(self) -> ModelRecord | None:
        """Return the chosen model; None where none is."""
        index = self.list.currentIndex()
        return self.table.models[index.row()] if index.isValid() else None

    def select(self, model_id: str) -> None:
        """Choose a model by its id; nothing happens where there is none of that id."""
        if (row := self.table.row_of(model_id)) >= 0:
            self.list.selectRow(row)

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """List the models of a project; None for none."""
        self._workspace = workspace
        self._refresh()

    def _lay_out(self) -> None:
        show_table(self.list, self.table, self.tr("Models of the project"), widest=RECIPE)
        self.list.setObjectName("models")
        self.setFocusProxy(self.list)
        self.promote.setToolTip(self.tr("Let this model rank the grid from now on."))
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addStretch(1)
        buttons.addWidget(self.promote)
        self._body = QStackedLayout()
        self._body.addWidget(self._none)
        self._body.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addLayout(buttons)
        column.addLayout(self._body, 1)

    def _refresh(self) -> None:
        chosen, standing = self.selected, self._bench.standing
        champion = self._bench.champion
        models = () if standing is None else standing.models
        self.table.show_models(models, "" if champion is None else champion.id)
        self._body.setCurrentIndex(1 if models else 0)
        if models:
            wanted = chosen or champion or models[-1]
            self.select(wanted.id)
        self._enable()

    def _enable(self, *_: object) -> None:
        chosen, workspace = self.selected, self._workspace
        writes = workspace is not None and not workspace.session.read_only
        champion = self._bench.champion
        is_other = chosen is not None and (champion is None or champion.id != chosen.id)
        self.promote.setEnabled(writes and is_other)

    def _promote(self) -> None:
        if (chosen := self.selected) is not None:
            self._bench.promote(chosen.id)
