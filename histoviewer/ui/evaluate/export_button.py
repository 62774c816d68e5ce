"""The button of the evaluate page that saves plots and numbers."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QPushButton, QWidget


class ExportButton(QPushButton):
    """Opens a menu; what there is nothing to save of is off and says why. UI thread only.

    Args:
        parent: Owner.
    """

    plot_asked = Signal(str)  # suffix of the file
    numbers_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("Export"))
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.plots = [
            menu.addAction(self.tr("Plot as PNG…")),
            menu.addAction(self.tr("Plot as SVG…")),
        ]
        for action, suffix in zip(self.plots, (".png", ".svg"), strict=True):
            action.triggered.connect(lambda _=False, s=suffix: self.plot_asked.emit(s))
        menu.addAction(self.tr("Numbers as CSV…")).triggered.connect(self.numbers_asked)
        self.setMenu(menu)
        self.offer(plot="", numbers="")

    def offer(self, *, plot: str, numbers: str) -> None:
        """Offer what there is.

        Args:
            plot: Why no plot can be saved; '' where it can.
            numbers: Why not even numbers can be.
        """
        self.setEnabled(not numbers)
        self.setToolTip(numbers or self.tr("Save the plot that is shown, or all numbers"))
        for action in self.plots:
            action.setEnabled(not plot)
            action.setToolTip(plot or self.tr("Save the plot that is shown"))
