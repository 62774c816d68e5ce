"""A box with the layers of a model, which remembers the one a reader wants."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from histoviewer.domain.explanation import FeatureLayer


class LayerBox(QComboBox):
    """Offers the last feature maps, and any layer by its name. UI thread only.

    The wanted layer is remembered while a model has no such layer, or its layers are not known yet:
    it is chosen again as soon as there is one.

    Args:
        words: What a layer is called; its name by default.
        parent: Owner.
    """

    def __init__(
        self, words: Callable[[FeatureLayer], str] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = words or (lambda layer: layer.name)
        self._wanted: str | None = None
        self.addItem(self.tr("last feature maps"), None)
        self.currentIndexChanged.connect(self._remember)

    @property
    def chosen(self) -> str | None:
        """Return the name of the layer; None for the last feature maps."""
        name: str | None = self.currentData()
        return name

    def offer(self, layers: Sequence[FeatureLayer]) -> bool:
        """Offer the layers of a model and choose the wanted one; say whether another is chosen."""
        before = self.chosen
        with QSignalBlocker(self):
            while self.count() > 1:
                self.removeItem(1)
            for layer in layers:
                self.addItem(self._words(layer), layer.name)
            self.setCurrentIndex(max(0, self.findData(self._wanted)))
        return self.chosen != before

    def _remember(self) -> None:
        self._wanted = self.chosen
