"""The threshold explorer: what a threshold finds, clears and misses, as it is moved."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.operating import OperatingPoint, OperatingPoints
from histoviewer.ui.evaluate.asked_box import AskedBox
from histoviewer.ui.evaluate.choice import ModelChoice
from histoviewer.ui.evaluate.outcomes import FigureTable, MatrixTable, WholeTable
from histoviewer.ui.evaluate.sensitivity_box import SensitivityBox
from histoviewer.ui.evaluate.threshold_box import ThresholdBox
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import heading, inset, label

_STEPS = 1000
_USUAL = 0.5


class Explored(NamedTuple):
    """A model in the explorer.

    Args:
        model: Its id.
        name: What it is called.
        points: What each threshold makes of its scores.
    """

    model: str
    name: str
    points: OperatingPoints


class ThresholdExplorer(QWidget):
    """A slider and two numbers that stand for one another, and what follows for each model.

    A threshold is the same for all models. A share of the positives to be found is not found at the
    same threshold by all: each goes to its own. Every move asks `OperatingPoints` anew, two binary
    searches a model. UI thread only.

    Args:
        parent: Owner.
    """

    moved = Signal()  # the reader went to other thresholds

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: Sequence[Explored] = ()
        self._share: float | None = None  # of the positives to be found; None for one threshold
        self.points: Sequence[OperatingPoint] = ()  # of each model, in their order
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.threshold = ThresholdBox()
        self.sensitivity = SensitivityBox()
        self.choice = ModelChoice()
        self.figures, self.matrix = FigureTable(self), MatrixTable(self)
        self._prepare()
        self._lay_out()
        self.slider.valueChanged.connect(lambda value: self.show_threshold(value / _STEPS))
        self.threshold.asked.connect(self.show_threshold)
        self.sensitivity.asked.connect(self._find)
        self.sensitivity.stepped.connect(self._step)
        self.setEnabled(False)

    def _prepare(self) -> None:
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 20)
        self.slider.setAccessibleName(self.tr("Threshold"))
        self.slider.setToolTip(
            self.tr("Scores from here on count as positive, those of all models alike")
        )
        self.threshold.setValue(_USUAL)
        self.threshold.setAccessibleName(self.tr("Threshold as a number"))
        self.threshold.setToolTip(self.slider.toolTip())
        self.sensitivity.setSuffix(self.tr(" %"))
        self.sensitivity.setAccessibleName(self.tr("Share of the positives to be found"))
        self.sensitivity.setToolTip(
            self.tr(
                "Goes to the highest threshold that finds at least this share of the positives, "
                "for each model to its own"
            )
        )
        self.choice.setToolTip(
            self.tr("The model whose threshold and share of the positives are shown here")
        )
        for box in (self.threshold, self.sensitivity):
            inset(box)

    def _lay_out(self) -> None:
        figures = WholeTable(self.figures, self.tr("What the threshold finds and clears"))
        matrix = WholeTable(self.matrix, self.tr("Confusion matrix and report"))
        tables = QVBoxLayout()
        tables.setSpacing(GAP)
        tables.addWidget(figures)
        tables.addSpacing(GAP)
        tables.addWidget(heading(self.tr("Confusion matrix and report"), scale=1.0))
        tables.addWidget(matrix)
        tables.addStretch(1)
        self._plots = QVBoxLayout()
        inner = QWidget()
        line = QHBoxLayout(inner)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(WIDE)
        line.addLayout(self._plots, 1)
        line.addLayout(tables)
        self._scroll = _Scroll(inner)
        for view in (figures, matrix):
            view.selectionModel().currentChanged.connect(
                lambda index, _, view=view: self._scroll.follow(view, index)
            )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(self._controls())
        column.addWidget(self._scroll, 1)

    def _controls(self) -> QGridLayout:
        controls = QGridLayout()
        controls.setHorizontalSpacing(GAP)
        controls.setVerticalSpacing(GAP // 2)
        for row, text, field in (
            (0, self.tr("&Threshold"), self.threshold),
            (1, self.tr("Find of the &positives"), self.sensitivity),
        ):
            name = label(text)
            name.setBuddy(field)
            controls.addWidget(name, row, 0)
            controls.addWidget(field, row, 1)
        name = label(self.tr("&with"))
        name.setBuddy(self.choice)
        controls.addWidget(self.slider, 0, 2, 1, 3)
        controls.addWidget(name, 1, 2)
        controls.addWidget(self.choice, 1, 3)
        controls.setColumnStretch(4, 1)
        return controls

    def put_plots(self, plots: QWidget) -> None:
        """Put the histograms beside the tables."""
        self._plots.addWidget(plots)

    # --- what is shown

    @property
    def value(self) -> float:
        """Return the threshold of the chosen model."""
        return self.threshold.value()

    def show_models(self, models: Sequence[Explored], classes: ClassNames) -> None:
        """Explore other scores; none for no models. The threshold, or what is to be found, stays.

        So does what is being typed: scores may be others because a job has ended.

        Args:
            models: In the order in which they stand beside each other.
            classes: Names of the classes.
        """
        self._models = models
        self.choice.offer([(each.model, each.name) for each in models])
        self.setEnabled(bool(models))
        for table in (self.figures, self.matrix):
            table.show_models([each.name for each in models], classes)
        self._show(AskedBox.renew_value)

    def choose(self, model: str) -> None:
        """Show threshold and share of another of the models."""
        self.choice.choose(model)
        self._fill(AskedBox.show_value)

    def show_threshold(self, threshold: float) -> None:
        """Go to a threshold, with all models."""
        self._share = None
        self.threshold.show_value(threshold)
        self._go()

    def _find(self, percent: float) -> None:
        self._share = percent / 100
        self._go()

    def _step(self, percent: float) -> None:
        """Find so much more or less with the chosen model, and as much with the others."""
        if not self._models:
            return
        chosen = self._models[self.choice.currentIndex()]
        point = chosen.points.stepped(self.value, percent / 100)
        if point.tp:
            self._find(100 * point.sensitivity)
        else:  # no share is found at any threshold where none is found
            self.show_threshold(point.threshold)

    def _go(self) -> None:
        self._show(AskedBox.show_value)
        if self._models:
            self.moved.emit()

    def _show(self, put: Callable[[AskedBox, float], None]) -> None:
        self.points = [self._point(each.points) for each in self._models]
        self._fill(put)
        self.figures.show_points(self.points)
        self.matrix.show_points(self.points)

    def _point(self, points: OperatingPoints) -> OperatingPoint:
        if self._share is None:
            return points.at_threshold(self.value)
        return points.at_sensitivity(self._share)

    def _fill(self, put: Callable[[AskedBox, float], None]) -> None:
        """Let slider and numbers say what is true of the chosen model.

        Args:
            put: Puts a number into its box, in place of what is being typed or below it.
        """
        if not self.points:
            return
        point = self.points[self.choice.currentIndex()]
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(point.threshold * _STEPS))
        put(self.threshold, point.threshold)
        put(self.sensitivity, 100 * point.sensitivity)


class _Scroll(QScrollArea):
    """A place that scrolls where plots and tables have less room than they need."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self._inner = inner
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for ground in (self.viewport(), inner):  # that of the card is seen through it
            ground.setAutoFillBackground(False)

    def follow(self, view: WholeTable, index: QModelIndex) -> None:
        """Scroll to a cell that the keyboard went to."""
        cell = view.visualRect(index)
        place = view.viewport().mapTo(self._inner, cell.center())
        self.ensureVisible(place.x(), place.y(), 0, cell.height())
