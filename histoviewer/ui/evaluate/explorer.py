"""The threshold explorer: what a threshold finds, clears and misses, as it is moved."""

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.operating import ClassReport, OperatingPoint, OperatingPoints
from histoviewer.ui.evaluate.sensitivity_box import SensitivityBox
from histoviewer.ui.evaluate.threshold_box import ThresholdBox
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import heading, inset, label

_STEPS = 1000
_USUAL = 0.5
_NONE = "\N{EM DASH}"


class ThresholdExplorer(QWidget):
    """A slider and two numbers that stand for one another, and what follows from them.

    Every move asks `OperatingPoints` anew, two binary searches. UI thread only.

    Args:
        parent: Owner.
    """

    moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: OperatingPoints | None = None
        self._classes = ClassNames("0", "1")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.threshold = ThresholdBox()
        self.sensitivity = SensitivityBox()
        self._figures: dict[str, QLabel] = {}
        self._table = QGridLayout()
        self._report = QGridLayout()
        self._prepare()
        self._lay_out()
        self.slider.valueChanged.connect(lambda value: self.show_threshold(value / _STEPS))
        self.threshold.valueChanged.connect(self.show_threshold)
        self.sensitivity.valueChanged.connect(self._find)
        self.sensitivity.stepped.connect(self._step)
        self.setEnabled(False)

    def _prepare(self) -> None:
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 20)
        self.slider.setAccessibleName(self.tr("Threshold"))
        self.slider.setToolTip(self.tr("Scores from here on count as positive"))
        self.threshold.setValue(_USUAL)
        self.threshold.setAccessibleName(self.tr("Threshold as a number"))
        self.threshold.setToolTip(self.slider.toolTip())
        self.sensitivity.setSuffix(self.tr(" %"))
        self.sensitivity.setAccessibleName(self.tr("Share of the positives to be found"))
        self.sensitivity.setToolTip(
            self.tr("Goes to the highest threshold that finds at least this share of the positives")
        )
        for box in (self.threshold, self.sensitivity):
            box.setKeyboardTracking(False)
            inset(box)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE)
        column.addLayout(self._controls())
        column.addLayout(self._outcome())
        for title, grid in (
            (self.tr("Confusion matrix"), self._table),
            (self.tr("Report"), self._report),
        ):
            column.addWidget(heading(title, scale=1.0))
            grid.setHorizontalSpacing(WIDE)
            grid.setVerticalSpacing(GAP // 2)
            grid.setColumnStretch(9, 1)
            column.addLayout(grid)
        column.addStretch(1)

    def _controls(self) -> QGridLayout:
        controls = QGridLayout()
        controls.setHorizontalSpacing(GAP)
        for row, (text, field) in enumerate(
            (
                (self.tr("&Threshold"), self.threshold),
                (self.tr("&Find of the positives"), self.sensitivity),
            )
        ):
            name = label(text)
            name.setTextFormat(Qt.TextFormat.PlainText)
            name.setBuddy(field)
            controls.addWidget(name, row, 0)
            controls.addWidget(field, row, 1)
        controls.addWidget(self.slider, 2, 0, 1, 2)
        return controls

    def _outcome(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(WIDE)
        grid.setVerticalSpacing(GAP // 2)
        for row, (name, text) in enumerate(
            (
                ("sensitivity", self.tr("Sensitivity")),
                ("specificity", self.tr("Specificity")),
                ("accuracy", self.tr("Accuracy")),
                ("cleared", self.tr("Tiles cleared")),
                ("misses", self.tr("Misses per 1,000 cleared")),
            )
        ):
            self._figures[name] = label(_NONE)
            grid.addWidget(label(text, role="muted"), row, 0)
            grid.addWidget(self._figures[name], row, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(2, 1)
        return grid

    # --- what is shown

    @property
    def value(self) -> float:
        """Return the threshold."""
        return self.threshold.value()

    def show_points(self, points: OperatingPoints | None, classes: ClassNames) -> None:
        """Explore other scores; None for none. The threshold stays."""
        self._points, self._classes = points, classes
        self.setEnabled(points is not None)
        if points is None:
            self._forget()
        else:
            self.show_threshold(self.threshold.value())

    def _forget(self) -> None:
        for shown in self._figures.values():
            shown.setText(_NONE)
        for grid in (self._table, self._report):
            for place in range(grid.count()):
                item = grid.itemAt(place)
                cell = None if item is None else item.widget()
                if isinstance(cell, QLabel):
                    cell.clear()

    def show_threshold(self, threshold: float) -> None:
        """Go to a threshold."""
        if self._points is not None:
            self._show(self._points.at_threshold(threshold))

    def texts(self) -> dict[str, str]:
        """Return the figures as they are shown, by name."""
        return {name: shown.text() for name, shown in self._figures.items()}

    def _find(self, percent: float) -> None:
        if self._points is not None:
            self._show(self._points.at_sensitivity(percent / 100))

    def _step(self, percent: float) -> None:
        if self._points is not None:
            self._show(self._points.stepped(self.threshold.value(), percent / 100))

    def _show(self, point: OperatingPoint) -> None:
        values = (
            (self.slider, round(point.threshold * _STEPS)),
            (self.threshold, point.threshold),
            (self.sensitivity, 100 * point.sensitivity),
        )
        for box, value in values:
            with QSignalBlocker(box):
                box.setValue(value)  # type: ignore[arg-type]  # a slider counts in whole steps
        percent = self.tr("{share} %")
        for name, share in (
            ("sensitivity", point.sensitivity),
            ("specificity", point.specificity),
            ("accuracy", point.accuracy),
            ("cleared", point.cleared),
        ):
            text = _NONE if math.isnan(share) else percent.format(share=f"{100 * share:.1f}")
            self._figures[name].setText(text)
        misses = point.misses_per_1000_cleared
        self._figures["misses"].setText(_NONE if math.isnan(misses) else f"{misses:.1f}")
        self._show_matrix(point)
        self._show_report(point)
        self.moved.emit(point.threshold)

    def _show_matrix(self, point: OperatingPoint) -> None:
        negative, positive = self._classes.negative, self._classes.positive
        called = self.tr("called {name}")
        _fill(
            self._table,
            [
                ["", called.format(name=negative), called.format(name=positive)],
                [negative, f"{point.tn:,}", f"{point.fp:,}"],
                [positive, f"{point.fn:,}", f"{point.tp:,}"],
            ],
        )

    def _show_report(self, point: OperatingPoint) -> None:
        titles = ["", self.tr("precision"), self.tr("recall"), self.tr("F1"), self.tr("tiles")]
        rows = [
            [self._classes.negative, *_report_texts(point.negative)],
            [self._classes.positive, *_report_texts(point.positive)],
        ]
        _fill(self._report, [titles, *rows])


def _report_texts(report: ClassReport) -> list[str]:
    shares = (report.precision, report.recall, report.f1)
    return [_NONE if math.isnan(x) else f"{x:.3f}" for x in shares] + [f"{report.support:,}"]


def _fill(grid: QGridLayout, rows: list[list[str]]) -> None:
    """Show texts in a grid, reusing its labels; titles and names are muted."""
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            item = grid.itemAtPosition(row, column)
            shown = item.widget() if item is not None else None
            if not isinstance(shown, QLabel):
                shown = label("", role="muted" if 0 in (row, column) else "")
                side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                grid.addWidget(shown, row, column, side)
            shown.setText(text)
