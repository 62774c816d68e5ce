"""Agreement in figures: a small table that reads as a sentence would."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from histoviewer.domain.agreement import Agreement
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import label

_NONE = "\N{EM DASH}"
_COLUMNS = 5
_NAME_LETTERS = 36


class AgreementTable(QWidget):
    """One row a pair of raters: how often they agree, and kappa beyond chance.

    Args:
        first: Title of the column of names.
        name: For screen readers.
        parent: Owner.
    """

    def __init__(self, first: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * WIDE)
        self._grid.setVerticalSpacing(GAP)
        self._grid.setColumnStretch(_COLUMNS, 1)  # an empty one: the figures stay by the names
        self._grid.setColumnMinimumWidth(0, self.fontMetrics().averageCharWidth() * _NAME_LETTERS)
        self._titles = (
            first,
            self.tr("tiles"),
            self.tr("agree"),
            self.tr("kappa (95 %)"),
            self.tr("adjusted"),
        )
        self._tips = (
            "",
            self.tr("Tiles that both labelled"),
            self.tr("Share of them that both labelled alike"),
            self.tr("Cohen's kappa with its 95 % interval: 0 is chance, 1 is perfect"),
            self.tr("Prevalence- and bias-adjusted kappa: fair where one class is rare"),
        )

    def show_rows(self, rows: Sequence[tuple[str, Agreement]]) -> None:
        """Show these pairs in place of those before."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for column, (title, tip) in enumerate(zip(self._titles, self._tips, strict=True)):
            self._put(0, column, label(title, role="muted"), tip)
        self.setAccessibleDescription("; ".join(name for name, _ in rows))
        for row, (name, agreement) in enumerate(rows, start=1):
            texts = (name, *words_of(agreement))
            for column, text in enumerate(texts):
                self._put(row, column, label(text), self._tips[column])

    @property
    def texts(self) -> list[str]:
        """Return what is shown, row by row."""
        cells = [self._grid.itemAt(place) for place in range(self._grid.count())]
        widgets = [cell.widget() for cell in cells if cell is not None]
        return [widget.text() for widget in widgets if isinstance(widget, QLabel)]

    def _put(self, row: int, column: int, widget: QLabel, tip: str) -> None:
        side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
        widget.setToolTip(tip)
        self._grid.addWidget(widget, row, column, side | Qt.AlignmentFlag.AlignVCenter)


def words_of(agreement: Agreement) -> tuple[str, str, str, str]:
    """Return tiles, share, kappa with its interval, and adjusted kappa, as they are shown."""
    share, kappa, pabak = agreement.share, agreement.kappa, agreement.pabak
    with_interval = _NONE
    if kappa is not None:
        with_interval = f"{kappa:.2f} ({agreement.low:.2f} to {agreement.high:.2f})"
    return (
        f"{agreement.n:,}",
        _NONE if share is None else f"{share:.1%}",
        with_interval,
        _NONE if pabak is None else f"{pabak:.2f}",
    )
