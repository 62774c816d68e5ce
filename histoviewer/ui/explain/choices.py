"""The controls that say how maps are worked out and shown: beside the tile, and over the grid."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QWidget,
)

from histoviewer.domain.explanation import Cover, FeatureLayer, MapSettings, Method, Side, Stretch
from histoviewer.ui.explain.layer_box import LayerBox
from histoviewer.ui.theme import GAP, TIGHT
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate
from histoviewer.ui.widgets import inset, label

_WHOLE: Final = 100  # percent
_STRENGTH: Final = 60
_LETTERS: Final = 8  # of a box, at least
_METHODS: Final = {
    Method.GRAD_CAM: QT_TRANSLATE_NOOP("explain", "Grad-CAM"),
    Method.SALIENCY: QT_TRANSLATE_NOOP("explain", "Saliency (SmoothGrad)"),
    Method.OCCLUSION: QT_TRANSLATE_NOOP("explain", "Occlusion"),
}
_SIDES: Final = {
    Side.POSITIVE: QT_TRANSLATE_NOOP("explain", "for {positive}"),
    Side.NEGATIVE: QT_TRANSLATE_NOOP("explain", "against {positive}"),
}
_COVERS: Final = {
    Cover.WHITE: QT_TRANSLATE_NOOP("explain", "white"),
    Cover.MEAN: QT_TRANSLATE_NOOP("explain", "mean"),
}


def method_name(method: Method) -> str:
    """Return what a method is called in the reader's language."""
    return translate("explain", _METHODS[method])


class MapChoices(QWidget):
    """Method, layer, cover, evidence, percentiles and strength of maps. UI thread only.

    Args:
        parent: Owner.
    """

    asked_anew = Signal()  # other maps are wanted: they must be worked out
    layers_offered = Signal()  # of another model
    look_changed = Signal()  # the same maps are wanted with another look

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layers: Sequence[FeatureLayer] = ()  # of the model, as far as they are known
        self.method, self.layer = QComboBox(), LayerBox()
        self.cover, self.side = QComboBox(), QComboBox()
        self.low, self.high = _percentile(), _percentile()
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self._prepare()
        self._lay_out()
        self._connect()

    def _prepare(self) -> None:
        for method in _METHODS:
            self.method.addItem(method_name(method), method)
        for cover, text in _COVERS.items():
            self.cover.addItem(translate("explain", text), cover)
        self.cover.setEnabled(False)  # until the method is occlusion
        self.name_classes("1")
        self.strength.setRange(0, _WHOLE)
        self.strength.setValue(_STRENGTH)
        usual = Stretch()
        self.low.setValue(round(usual.low))
        self.high.setValue(round(usual.high))
        self._bound()
        names = (
            (self.method, self.tr("Method"), self.tr("How the map is worked out")),
            (self.layer, self.tr("Layer"), self.tr("Whose feature maps Grad-CAM weighs")),
            (
                self.cover,
                self.tr("Cover"),
                self.tr(
                    "What occlusion covers squares with: white, as glass is, or the mean colour "
                    "of the tile, for X-rays"
                ),
            ),
            (self.side, self.tr("Evidence"), self._about_side),
            (
                self.low,
                self.tr("Lower percentile"),
                self.tr("This share of the tile, with the least evidence, stays uncovered"),
            ),
            (
                self.high,
                self.tr("Upper percentile"),
                self.tr("From this share of the tile on, evidence is as bright as can be"),
            ),
            (self.strength, self.tr("Strength"), self.tr("How much the map covers the tile")),
        )
        for field, name, tip in names:
            field.setAccessibleName(name)
            field.setToolTip(tip)
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for box in (self.low, self.high):  # Qt would have both wider than there is room for
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        at_least = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        for choice in (self.method, self.layer, self.cover, self.side):
            choice.setMinimumContentsLength(_LETTERS)
            choice.setSizeAdjustPolicy(at_least)

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(GAP)
        form.setVerticalSpacing(TIGHT)
        stretch = QHBoxLayout()
        stretch.setSpacing(TIGHT)
        stretch.addWidget(self.low, 1)
        stretch.addWidget(label(self.tr("to"), role="muted"))
        stretch.addWidget(self.high, 1)
        for field in (self.method, self.layer, self.cover, self.side):
            form.addRow(_title(field.accessibleName(), field), field)
        form.addRow(_title(self.tr("Percentiles"), self.low), stretch)
        form.addRow(_title(self.strength.accessibleName(), self.strength), self.strength)

    def _connect(self) -> None:
        self.method.currentIndexChanged.connect(self._change_method)
        for choice in (self.layer, self.cover):
            choice.currentIndexChanged.connect(self.asked_anew)
        for percentile in (self.low, self.high):
            percentile.valueChanged.connect(self._change_stretch)
        self.side.currentIndexChanged.connect(self.look_changed)
        self.strength.valueChanged.connect(self.look_changed)

    @property
    def settings(self) -> MapSettings:
        """Return how maps are to be worked out."""
        method = Method(self.method.currentData())  # Qt hands it back as a plain text
        layer = self.layer.chosen if method is Method.GRAD_CAM else None
        cover = Cover(self.cover.currentData()) if method is Method.OCCLUSION else Cover.WHITE
        return MapSettings(method=method, layer=layer, cover=cover)

    @property
    def stretch(self) -> Stretch:
        """Return what is dark and what is bright in a map."""
        has_sides = self.settings.method.has_sides
        side = Side(self.side.currentData()) if has_sides else Side.POSITIVE
        return Stretch(low=float(self.low.value()), high=float(self.high.value()), side=side)

    @property
    def opacity(self) -> float:
        """Return how opaque the brightest part of a map is, 0 to 1."""
        return self.strength.value() / _WHOLE

    def name_classes(self, positive: str) -> None:
        """Call the sides of the evidence by the name of the positive class."""
        chosen = max(0, self.side.currentIndex())
        with QSignalBlocker(self.side):
            self.side.clear()
            for side, text in _SIDES.items():
                self.side.addItem(translate("explain", text).format(positive=positive), side)
            self.side.setCurrentIndex(chosen)

    def offer_layers(self, layers: Sequence[FeatureLayer]) -> None:
        """Offer the layers of a model, none where they are not known yet."""
        self.layers = layers
        is_other = self.layer.offer(layers)
        self.layers_offered.emit()
        if is_other:
            self.asked_anew.emit()

    @property
    def _about_side(self) -> str:
        if self.settings.method.has_sides:
            return self.tr("Whose evidence is bright")
        return self.tr("Saliency has no side: it shows how much each pixel moves the score")

    def _change_method(self) -> None:
        method = self.settings.method
        self.layer.setEnabled(method is Method.GRAD_CAM)
        self.cover.setEnabled(method is Method.OCCLUSION)
        self.side.setEnabled(method.has_sides)
        self.side.setToolTip(self._about_side)
        self.asked_anew.emit()

    def _change_stretch(self) -> None:
        self._bound()
        self.look_changed.emit()

    def _bound(self) -> None:
        """Keep the lower percentile below the upper one."""
        self.low.setRange(0, self.high.value() - 1)
        self.high.setRange(self.low.value() + 1, _WHOLE)


def _percentile() -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, _WHOLE)
    box.setCorrectionMode(QSpinBox.CorrectionMode.CorrectToNearestValue)
    inset(box)
    return box


def _title(text: str, field: QWidget) -> QWidget:
    title = label(text, role="muted")
    title.setBuddy(field)
    return title
