"""Live learning curves: loss, AUC and accuracy of training and validation, epoch by epoch."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from histoviewer.jobs.messages import CurvePoint
from histoviewer.ui.background import Background
from histoviewer.ui.notices import NoticeArea
from histoviewer.ui.theme import GAP, WIDE, Theme
from histoviewer.ui.widgets import frame, label

_HEIGHT_LINES = 12
_PLOTS = (("loss", "Loss"), ("auc", "AUC"), ("accuracy", "Accuracy"))


class CurvesPanel(QWidget):
    """Three plots beside each other. pyqtgraph is imported when they are first shown.

    Training is a dashed line with open circles, validation a solid one with filled circles, so that
    they can be told apart without colour.

    Args:
        theme: Colours of grounds and lines; followed when it changes.
        background: Where pyqtgraph is imported.
        notices: Says so where it cannot be imported.
        parent: Owner.
    """

    def __init__(
        self,
        *,
        theme: Theme,
        background: Background,
        notices: NoticeArea,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._background = background
        self._notices = notices
        self._points: list[CurvePoint] = []
        self._graphics: Any = None
        self._plots: dict[str, Any] = {}
        self._lines: dict[str, Any] = {}
        self._asked = False
        self._box = frame("panel")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._box)
        self._column = QVBoxLayout(self._box)
        self._column.setContentsMargins(WIDE, GAP, WIDE, 0)
        self._hint = label("", role="muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(self._hint)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _HEIGHT_LINES)
        self.setAccessibleName(self.tr("Learning curves"))
        theme.changed.connect(self._recolour)
        self._say_what_is_shown()
        self.hide()

    @property
    def points(self) -> list[CurvePoint]:
        """Return the points of the training that runs or ran last."""
        return list(self._points)

    @property
    def is_drawn(self) -> bool:
        """Return whether the plots exist."""
        return self._graphics is not None

    def begin(self) -> None:
        """Forget the curves of the training before."""
        self._points.clear()
        self._redraw()

    def add(self, point: CurvePoint) -> None:
        """Show one more epoch."""
        self._points.append(point)
        self._redraw()

    def show_curves(self, *, on: bool) -> None:
        """Show or hide the panel."""
        self.setVisible(on)
        if on and not self._asked:
            self._asked = True
            self._background.run(_import, then=self._build, failed=self._notices.show_error)

    def _build(self, pyqtgraph: Any) -> None:
        self._graphics = pyqtgraph.GraphicsLayoutWidget()
        self._graphics.ci.layout.setContentsMargins(0, 0, 0, 0)
        self._graphics.ci.layout.setHorizontalSpacing(WIDE)
        for place, (name, title) in enumerate(_PLOTS):
            plot = self._graphics.addPlot(row=0, col=place, title=self.tr(title))
            plot.showGrid(x=False, y=True, alpha=0.15)
            plot.hideButtons()
            plot.setMenuEnabled(False)
            plot.setMouseEnabled(x=False, y=False)
            plot.getAxis("bottom").setLabel(self.tr("epoch"))
            plot.addLegend(offset=(-8, 8) if name == "loss" else (-8, -8), labelTextSize="8pt")
            self._plots[name] = plot
            self._lines[name] = plot.plot(name=self.tr("training"))
            self._lines[f"val_{name}"] = plot.plot(name=self.tr("validation"))
        self._column.addWidget(self._graphics)
        self._recolour()
        self._redraw()

    def _redraw(self) -> None:
        self._say_what_is_shown()
        for name, line in self._lines.items():
            known = [(p.epoch, p.values[name]) for p in self._points if name in p.values]
            line.setData([epoch for epoch, _ in known], [value for _, value in known])

    def _say_what_is_shown(self) -> None:
        self._hint.setText(self.tr("The curves start with the end of the first epoch."))
        self._hint.setVisible(not self._points)
        if self._graphics is not None:
            self._graphics.setVisible(bool(self._points))

    def _recolour(self) -> None:
        if self._graphics is None:
            return
        import pyqtgraph as pg

        tokens = self._theme.tokens
        self._graphics.setBackground(QColor(tokens.window))
        for plot in self._plots.values():
            plot.titleLabel.setText(plot.titleLabel.text, color=tokens.text)
            for axis in (plot.getAxis("left"), plot.getAxis("bottom")):
                axis.setPen(QColor(tokens.edge))
                axis.setTextPen(QColor(tokens.muted))
            plot.legend.setLabelTextColor(QColor(tokens.muted))
        for name, line in self._lines.items():
            self._paint_line(pg, name, line)

    def _paint_line(self, pg: Any, name: str, line: Any) -> None:
        tokens = self._theme.tokens
        validation = name.startswith("val_")
        colour = QColor(tokens.validation if validation else tokens.training)
        style = Qt.PenStyle.SolidLine if validation else Qt.PenStyle.DashLine
        line.setPen(pg.mkPen(colour, width=2, style=style))
        line.setSymbol("o")
        line.setSymbolSize(6)
        line.setSymbolPen(pg.mkPen(colour, width=1.5))
        line.setSymbolBrush(colour if validation else QColor(tokens.window))


def _import() -> Any:
    import pyqtgraph

    pyqtgraph.setConfigOptions(antialias=True)
    return pyqtgraph
