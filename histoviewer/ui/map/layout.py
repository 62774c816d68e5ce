"""How the map page is laid out: tools above, the map, legend and selection beside it."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.embedding_map import Layout
from histoviewer.domain.map_colouring import ColourBy
from histoviewer.ui.icons import icon
from histoviewer.ui.map import words
from histoviewer.ui.map.canvas import MapCanvas
from histoviewer.ui.map.legend import Legend
from histoviewer.ui.map.pointer import Tool
from histoviewer.ui.review.flow import FlowLayout, together
from histoviewer.ui.review.lists import ElidedLabel
from histoviewer.ui.theme import GAP, WIDE, Theme
from histoviewer.ui.widgets import frame, heading, label, make_primary

_SUMMARY: Final = 16  # letters of the summary that are always to be seen
_PANEL: Final = 18  # width of the panel beside the map, in widths of an em


class MapLayout(QWidget):
    """The controls of the page, put together; what they do is said elsewhere. UI thread only.

    Args:
        theme: Colours of the icons.
        parent: Owner.
    """

    tool_asked = Signal(object)  # Tool

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons: list[tuple[QToolButton, str]] = []
        self.canvas, self.legend = MapCanvas(), Legend()
        self.summary = ElidedLabel()
        self.summary.setProperty("role", "muted")
        self.layouts, self.colour_by = QComboBox(), QComboBox()
        self.tools = QButtonGroup(self)
        self.pan = self._tool("pan", self.tr("Pan: drag the map"), Tool.PAN)
        self.lasso = self._tool(
            "lasso", self.tr("Lasso: draw around tiles to select them (L, or Shift)"), Tool.LASSO
        )
        self.zoom_out = self._button("zoom-out", self.tr("Zoom out"))
        self.zoom_in = self._button("zoom-in", self.tr("Zoom in"))
        self.fit = self._button("zoom-fit", self.tr("Show the whole map (Home)"))
        self.export = self._button("export", self.tr("Save the map as a picture"))
        self.selection = label("", wraps=True)
        self.show_selected = QPushButton(self.tr("Show in the grid"))
        self.clear = QPushButton(self.tr("Select none"))
        self.banner, self.banner_text = frame("notice"), label("", wraps=True)
        self.banner_button = QPushButton()
        self.empty_title, self.empty_text = heading(""), label("", role="muted", wraps=True)
        self.empty_button = QPushButton()
        self._lay_out()
        theme.changed.connect(self._draw_icons)
        self._draw_icons()

    # -- controls -----------------------------------------------------------------------------

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._icons.append((button, name))
        return button

    def _tool(self, name: str, text: str, tool: Tool) -> QToolButton:
        button = self._button(name, text)
        button.setCheckable(True)
        button.setChecked(tool is Tool.PAN)
        button.clicked.connect(lambda: self.tool_asked.emit(tool))
        self.tools.addButton(button)
        return button

    def show_tool(self, tool: Tool) -> None:
        """Show which tool is in hand."""
        (self.lasso if tool is Tool.LASSO else self.pan).setChecked(True)

    def _fill_lists(self) -> None:
        for layout, text in words.layouts().items():
            self.layouts.addItem(text, layout)
            tip = words.layout_tip(layout)
            self.layouts.setItemData(self.layouts.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        for by, text in words.colourings().items():
            self.colour_by.addItem(text, by)

    @property
    def by(self) -> ColourBy:
        """Return what points are coloured by."""
        return ColourBy(self.colour_by.currentData())

    @property
    def wanted(self) -> Layout:
        """Return which layout the reader wants to see."""
        return Layout(self.layouts.currentData())

    # -- what is shown ------------------------------------------------------------------------

    def show_banner(self, text: str, button: str = "") -> None:
        """Say something above the map; '' for nothing.

        Args:
            text: A sentence.
            button: What can be done about it; '' for nothing.
        """
        self.banner_text.setText(text)
        self.banner_button.setText(button)
        self.banner_button.setVisible(bool(button))
        self.banner.setVisible(bool(text))

    def explain_nothing(self, title: str, text: str, button: str = "") -> None:
        """Say why there is no map, and what can be done about it; '' for nothing."""
        self.empty_title.setText(title)
        self.empty_text.setText(text)
        self.empty_button.setText(button)
        self.empty_button.setVisible(bool(button))
        self._body.setCurrentIndex(1)
        self._enable(on=False)

    def show_map(self) -> None:
        """Show the map."""
        self._body.setCurrentIndex(0)
        self._enable(on=True)

    @property
    def shows_map(self) -> bool:
        """Return whether there is a map to be seen."""
        return self._body.currentIndex() == 0

    def _enable(self, *, on: bool) -> None:
        for control in (
            *(self.layouts, self.colour_by, self.pan, self.lasso, self.zoom_in, self.zoom_out),
            *(self.fit, self.export),
        ):
            control.setEnabled(on)
        self._panel.setVisible(on)

    # -- layout -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._fill_lists()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self._make_banner())
        column.addWidget(self._make_body(), 1)
        self.show_banner("")

    def _head(self) -> QWidget:
        bar = frame("tabs")
        flow = FlowLayout(bar)
        flow.setContentsMargins(WIDE, GAP, WIDE, GAP)
        flow.setSpacing(WIDE)
        flow.addWidget(heading(self.tr("Embedding map")))
        for title, box, tip in (
            (self.tr("La&yout"), self.layouts, self.tr("How the tiles are laid out")),
            (
                self.tr("&Colour by"),
                self.colour_by,
                self.tr("What the colours and signs of the points stand for"),
            ),
        ):
            named = label(title)
            named.setTextFormat(Qt.TextFormat.AutoText)
            named.setBuddy(box)
            box.setAccessibleName(title.replace("&", ""))
            box.setToolTip(tip)
            flow.addWidget(together(named, box))
        flow.addWidget(together(self.pan, self.lasso))
        flow.addWidget(together(self.zoom_out, self.zoom_in, self.fit, self.export))
        flow.addWidget(self._growing(self.summary))
        return bar

    def _growing(self, summary: ElidedLabel) -> QWidget:
        """Return what takes the rest of its line, or one of its own where little is left."""
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        holder.setMinimumWidth(_SUMMARY * self.fontMetrics().averageCharWidth())
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(summary)
        return holder

    def _make_banner(self) -> QWidget:
        self.banner.setProperty("level", "info")
        row = QHBoxLayout(self.banner)
        row.setContentsMargins(WIDE, GAP, WIDE, GAP)
        row.setSpacing(WIDE)
        row.addWidget(self.banner_text, 1)
        row.addWidget(self.banner_button)
        return self.banner

    def _make_body(self) -> QStackedWidget:
        map_and_panel = QWidget()
        row = QHBoxLayout(map_and_panel)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.canvas, 1)
        self._panel = self._make_panel()
        row.addWidget(self._panel)
        self._body = QStackedWidget()
        self._body.addWidget(map_and_panel)
        self._body.addWidget(self._make_empty())
        return self._body

    def _make_panel(self) -> QWidget:
        panel = QFrame()
        panel.setObjectName("side")
        panel.setFixedWidth(self._panel_width)
        legend = QScrollArea()
        legend.setWidget(self.legend)
        legend.setWidgetResizable(True)
        legend.setFrameShape(QFrame.Shape.NoFrame)
        legend.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        legend.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(panel)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addWidget(heading(self.tr("Legend"), scale=1.0))
        column.addWidget(legend, 1)
        column.addWidget(heading(self.tr("Selection"), scale=1.0))
        column.addWidget(self.selection)
        column.addWidget(self.show_selected)
        column.addWidget(self.clear)
        self.show_selected.setToolTip(self.tr("Let the grid show the selected tiles only"))
        self.clear.setToolTip(self.tr("Take every tile out of the selection"))
        column.addSpacing(GAP)
        column.addWidget(label(self._hint(), role="muted", wraps=True))
        return panel

    @property
    def _panel_width(self) -> int:
        return _PANEL * self.fontMetrics().horizontalAdvance("m")

    def changeEvent(self, event: QEvent) -> None:
        """Let the panel be as wide as its text wants."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._panel.setFixedWidth(self._panel_width)

    def _hint(self) -> str:
        return self.tr(
            "Wheel or + and - zoom, dragging pans, Shift and dragging selects. By keyboard: arrows"
            " point, Ctrl and arrows pan, L begins a lasso, Space sets a corner, Enter closes it."
        )

    def _make_empty(self) -> QWidget:
        page = QWidget()
        self.empty_title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty_title.setWordWrap(True)
        self.empty_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty_text.setMaximumWidth(36 * self.fontMetrics().horizontalAdvance("m"))
        self.empty_text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        make_primary(self.empty_button)
        column = QVBoxLayout(page)
        column.setSpacing(WIDE)
        column.addStretch(1)
        column.addWidget(self.empty_title)
        row = QHBoxLayout()  # aligned in the column, it would not get the height its lines take
        row.addStretch(1)
        row.addWidget(self.empty_text, 100)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.empty_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return page

    def _draw_icons(self) -> None:
        for button, name in self._icons:
            button.setIcon(icon(name, self._theme))
