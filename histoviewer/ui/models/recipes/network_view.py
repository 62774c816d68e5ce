"""What a recipe's network is made of: its layers, and what it costs."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel, QTableView, QVBoxLayout, QWidget

from histoviewer.domain.network import LayerFacts, NetworkFacts
from histoviewer.ui.tables import Index, TextTable, show_table
from histoviewer.ui.theme import GAP, TIGHT, WIDE
from histoviewer.ui.translation import translate
from histoviewer.ui.widgets import heading, label, restyle

NAME, OUTPUT, PARAMETERS, MULTIPLY_ADDS = range(4)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LayerTable(TextTable):
    """One row a layer; those of the chosen block stand out in bold. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        titles = (
            self.tr("Layer"),
            self.tr("Output"),
            self.tr("Parameters"),
            self.tr("Multiply-adds"),
        )
        super().__init__(titles, parent)
        self.layers: tuple[LayerFacts, ...] = ()
        self._block = -1
        self._bold = QFont()
        self._bold.setBold(True)

    def show_layers(self, layers: tuple[LayerFacts, ...]) -> None:
        """List layers."""
        self.beginResetModel()
        self.layers = layers
        self.endResetModel()

    def mark_block(self, block: int) -> int:
        """Let the layers of a block stand out; return the row of the first, -1 for none."""
        self._block = block
        if self.layers:
            last = self.index(len(self.layers) - 1, MULTIPLY_ADDS)
            self.dataChanged.emit(self.index(0, 0), last)
        rows = (row for row, layer in enumerate(self.layers) if layer.block == block)
        return next(rows, -1)

    def count(self) -> int:
        """Return the number of layers."""
        return len(self.layers)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        layer = self.layers[row]
        if column == NAME:
            return layer.name
        if column == OUTPUT:
            return " x ".join(map(str, layer.shape))
        if column == PARAMETERS:
            return f"{layer.parameters:,}" if layer.parameters else ""
        return scaled(layer.multiply_adds) if layer.multiply_adds else ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text, its side, or that it belongs to the chosen block."""
        layer = self.layers[index.row()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() != NAME:
            return _RIGHT
        if role == Qt.ItemDataRole.FontRole and layer.block == self._block:
            return self._bold
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{layer.name} ({layer.kind})"
        return super().data(index, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a title, on the side of its numbers."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section != NAME:
            return _RIGHT
        return super().headerData(section, orientation, role)


class NetworkView(QWidget):
    """The figures of a network above its layers. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = LayerTable(self)
        self.list = QTableView()
        self.state = label("", role="muted", wraps=True)
        self._figures: dict[str, QLabel] = {}
        self._block = -1
        self._lay_out()

    def show_facts(self, facts: NetworkFacts) -> None:
        """Show a network."""
        self._say("", is_wrong=False)
        self.table.show_layers(tuple(facts.layers))
        values = {
            "parameters": f"{facts.parameters:,}",
            "trainable": f"{facts.trainable:,}",
            "multiply_adds": scaled(facts.multiply_adds),
            "memory": self.tr("about {size} for {batch} tiles").format(
                size=_bytes(facts.memory_bytes), batch=facts.batch
            ),
            "tile": self.tr("{size} x {size} px").format(size=facts.tile_size),
        }
        for name, text in values.items():
            self._figures[name].setText(text)
        self.mark_block(self._block)

    def show_waiting(self) -> None:
        """Say that the network is being built; what was shown stays."""
        self._say(self.tr("Building the network…"), is_wrong=False)

    def show_nothing(self) -> None:
        """Say that there is no network while the recipe is none."""
        self._clear()
        self._say(self.tr("Shown once the recipe is right."), is_wrong=False)

    def show_problem(self, text: str) -> None:
        """Say why there is no network to be shown."""
        self._clear()
        self._say(text, is_wrong=True)

    def mark_block(self, block: int) -> None:
        """Let the layers of a block stand out, and bring the first of them into view."""
        self._block = block
        row = self.table.mark_block(block)
        if row >= 0:
            self.list.scrollTo(self.table.index(row, NAME))

    def _clear(self) -> None:
        self.table.show_layers(())
        for figure in self._figures.values():
            figure.setText("-")

    def _say(self, text: str, *, is_wrong: bool) -> None:
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.state.setProperty("role", "danger" if is_wrong else "muted")
        restyle(self.state)

    def _lay_out(self) -> None:
        show_table(self.list, self.table, self.tr("Layers of the network"), widest=NAME)
        self.list.setObjectName("models")
        self.list.setWordWrap(False)
        self.state.hide()
        figures = QGridLayout()
        figures.setHorizontalSpacing(WIDE)
        figures.setVerticalSpacing(TIGHT)
        figures.setColumnStretch(1, 1)
        for row, (name, title) in enumerate(_titles().items()):
            value = self._figures[name] = label("-")
            figures.addWidget(label(title, role="muted"), row, 0)
            figures.addWidget(value, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addWidget(heading(self.tr("Network"), scale=1.1))
        column.addLayout(figures)
        column.addWidget(self.state)
        column.addWidget(self.list, 1)


def _titles() -> dict[str, str]:
    return {
        "parameters": translate("network", "Parameters"),
        "trainable": translate("network", "Trained"),
        "multiply_adds": translate("network", "Multiply-adds a tile"),
        "memory": translate("network", "Memory of a step"),
        "tile": translate("network", "Tiles"),
    }


def scaled(count: int) -> str:
    """Return '90.5 M'."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return str(count)


def _bytes(count: int) -> str:
    """Return '87 MiB'."""
    size = count / 2**20
    return f"{size / 1024:,.1f} GiB" if size >= 1024 else f"{size:,.0f} MiB"  # noqa: PLR2004 - binary units
