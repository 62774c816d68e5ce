"""Each slide or patient on its own: the marked models beside each other."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QHeaderView, QStackedLayout, QTableView, QWidget

from histoviewer.domain.assessment import Assessment
from histoviewer.domain.operating import OperatingPoint, threshold_text
from histoviewer.ui.evaluate.naming import in_lines
from histoviewer.ui.evaluate.outcomes import NONE
from histoviewer.ui.tables import Index, TextTable, show_table
from histoviewer.ui.theme import GAP
from histoviewer.ui.widgets import label

_SHARED = 2  # columns that are of all models


class GroupTable(TextTable):
    """A row a group: how many tiles, and two figures of each model. UI thread only.

    Args:
        found: Models under their names, on the same tiles.
        group_names: Names of the groups by number.
        points: The threshold of each model.
        parent: Owner.
    """

    def __init__(
        self,
        found: Sequence[tuple[str, Assessment]],
        group_names: Sequence[str],
        points: Sequence[OperatingPoint],
        parent: QObject | None = None,
    ) -> None:
        super().__init__((), parent)
        self._groups = found[0][1].by_group
        self._group_names = group_names
        self._figures = [
            (each.by_group, each.group_accuracies(point.threshold))
            for (_, each), point in zip(found, points, strict=True)
        ]
        titles, self._tips = [self.tr("Tiles"), self.tr("Positive")], ["", ""]
        for (name, _), point in zip(found, points, strict=True):
            at = self.tr("Accuracy\nat {threshold}").format(
                threshold=threshold_text(point.threshold)
            )
            titles += [f"{in_lines(name)}\n{text}" for text in (self.tr("AUC"), at)]
            self._tips += [name, name]
        self._titles = tuple(titles)

    def count(self) -> int:
        """Return the number of groups."""
        return len(self._groups)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        if column < _SHARED:
            group = self._groups[row]
            return f"{(group.n, group.positives)[column]:,}"
        place, is_accuracy = divmod(column - _SHARED, 2)
        figures, accuracies = self._figures[place]
        if is_accuracy:
            return f"{accuracies[row]:.3f}"
        auc = figures[row].auc
        return NONE if math.isnan(auc) else f"{auc:.4f}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text, or where it stands."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().data(index, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the name of a group, or the title of a column with the model that it is of."""
        if orientation == Qt.Orientation.Vertical:
            is_text = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
            return self._group_names[self._groups[section].group] if is_text else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tips[section] or None
        return super().headerData(section, orientation, role)


class GroupsView(QWidget):
    """The table of the groups, or why there is none. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = QTableView()
        self.view.setObjectName("groups")
        self.view.verticalHeader().setObjectName("names")
        self._nothing = label(
            self.tr("The groups of the validation tiles are not known."), role="muted", wraps=True
        )
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body = QStackedLayout(self)
        self._body.addWidget(self._nothing)
        self._body.addWidget(self.view)

    def show_found(
        self,
        found: Sequence[tuple[str, Assessment]],
        group_names: Sequence[str],
        points: Sequence[OperatingPoint],
    ) -> None:
        """Show models under their names, each at its threshold; nothing where it is empty."""
        if not found or not found[0][1].by_group:
            self._body.setCurrentWidget(self._nothing)
            return
        before = self.view.model()
        table = GroupTable(found, group_names, points, self)
        show_table(self.view, table, self.tr("Results by group"), widest=0)
        if before is not None:
            before.deleteLater()
        self._arrange()
        self._body.setCurrentWidget(self.view)

    def _arrange(self) -> None:
        """Keep the names of the groups in sight, whatever is scrolled."""
        across, down = self.view.horizontalHeader(), self.view.verticalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        down.show()
        # Rows are all alike: measuring each would take long where there are thousands of groups.
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(self.view.fontMetrics().height() + 2 * GAP)
