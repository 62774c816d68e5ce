"""Live learning curves: loss, AUC and accuracy of training and validation, epoch by epoch."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from histoviewer.jobs.messages import CurvePoint
from histoviewer.ui.background import Background
from histoviewer.ui.notices import NoticeArea
from histoviewer.ui.theme import GAP, WIDE, Theme
from histoviewer.ui.widgets import frame, heading, label

if TYPE_CHECKING:
    from histoviewer.ui.jobs.plots import CurvePlots

_HEIGHT_LINES = 14


class CurvesPanel(QWidget):
    """The plots, once there is something to show. pyqtgraph is imported when first shown.

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
        self._asked = False
        self.plots: CurvePlots | None = None
        self._legend = label("")
        box = frame("panel")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(box)
        self._column = QVBoxLayout(box)
        self._column.setContentsMargins(WIDE, GAP, WIDE, GAP)
        self._column.addLayout(self._make_header())
        self._hint = label(
            self.tr("The curves start with the end of the first epoch."), role="muted"
        )
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(self._hint)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _HEIGHT_LINES)
        self.setAccessibleName(self.tr("Learning curves"))
        theme.changed.connect(self._redraw)
        self._redraw()
        self.hide()

    def begin(self) -> None:
        """Forget the curves of the training before: another begins, or its project is left."""
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

    def _build(self, plots: "type[CurvePlots]") -> None:
        self.plots = plots()
        self._column.addWidget(self.plots)
        self._redraw()

    def _make_header(self) -> QHBoxLayout:
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        row = QHBoxLayout()
        row.addWidget(heading(self.tr("Learning curves"), scale=1.0))
        row.addStretch(1)
        row.addWidget(self._legend)
        return row

    def _redraw(self) -> None:
        tokens = self._theme.tokens
        training, validation = self.tr("training"), self.tr("validation")
        self._legend.setText(
            f'<span style="color:{tokens.training}">- - ○ {training}</span> &nbsp; &nbsp; '
            f'<span style="color:{tokens.validation}">— ● {validation}</span>'
        )
        self._hint.setVisible(not self._points)
        if self.plots is not None:
            self.plots.setVisible(bool(self._points))
            self.plots.recolour(tokens)
            self.plots.draw_points(self._points)


def _import() -> "type[CurvePlots]":
    from histoviewer.ui.jobs.plots import CurvePlots

    return CurvePlots
