"""Where the parts of the data page stand."""

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.data_report import DataReport
from histoviewer.ui.data.counts import CountsView
from histoviewer.ui.data.leaks import LeakNotice
from histoviewer.ui.data.measured import ColoursView, MemoryView, StainView
from histoviewer.ui.data.problems import ProblemsView
from histoviewer.ui.data.samples import SamplesView
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import frame, heading, label, make_panel_tabs, make_primary


class Tab(StrEnum):
    """The tabs in their order."""

    COUNTS = "counts"
    COLOURS = "colours"
    STAIN = "stain"
    SAMPLES = "samples"
    PROBLEMS = "problems"
    MEMORY = "memory"


_MEASURED = (Tab.COLOURS, Tab.STAIN, Tab.MEMORY)


class DataLayout(QWidget):
    """The widgets of the page. UI thread only.

    Args:
        page: The page; it gets the layout.
    """

    tab_changed = Signal(object)  # Tab

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self.counts, self.problems, self.samples = CountsView(), ProblemsView(), SamplesView()
        self.colours, self.stain, self.memory = ColoursView(), StainView(), MemoryView()
        self.leaks = LeakNotice()
        self.measure, self.export = QPushButton(), QPushButton(self.tr("Report…"))
        self.tabs, self._stack = QTabBar(), QStackedWidget()
        self._unmeasured: list[QStackedWidget] = []
        self._prepare()
        self._lay_out(page)
        self.tabs.currentChanged.connect(self._show_tab)

    @property
    def current(self) -> Tab:
        """Return the tab that is shown."""
        return list(Tab)[self.tabs.currentIndex()]

    def show_tab(self, tab: Tab) -> None:
        """Go to a tab."""
        self.tabs.setCurrentIndex(list(Tab).index(tab))

    def show_report(self, report: DataReport) -> None:
        """Show everything that is known, and offer to measure what is not."""
        for view in (self.counts, self.problems, self.colours, self.stain, self.memory):
            view.show_report(report)
        for body in self._unmeasured:
            body.setCurrentIndex(1 if report.is_measured else 0)
        if not report.is_measured:
            self.measure.setText(self.tr("Measure colours"))
        elif not report.baseline_is_current:
            self.measure.setText(self.tr("Labels have changed: fit the baseline"))
        self.measure.setVisible(not (report.is_measured and report.baseline_is_current))

    # --- how it is built

    def _prepare(self) -> None:
        self.measure.setToolTip(
            self.tr("Read every tile once in the background; what is found is kept")
        )
        make_primary(self.measure)
        self.measure.hide()
        self.export.setToolTip(
            self.tr("Write all of it, pictures included, as one HTML file (HTML report)")
        )
        for tab, text, tip in self._tab_texts():
            place = self.tabs.addTab(text)
            self.tabs.setTabToolTip(place, tip)
            self._stack.addWidget(self._padded(tab))
        make_panel_tabs(self.tabs, self.tr("Parts of the data page"))

    def _tab_texts(self) -> Sequence[tuple[Tab, str, str]]:
        return [
            (Tab.COUNTS, self.tr("Counts"), self.tr("Classes by split, size and group")),
            (Tab.COLOURS, self.tr("Colours"), self.tr("Brightness and colours by class")),
            (Tab.STAIN, self.tr("Stain"), self.tr("How staining differs between groups")),
            (Tab.SAMPLES, self.tr("Samples"), self.tr("Tiles of each class, drawn at random")),
            (Tab.PROBLEMS, self.tr("Problems"), self.tr("What the import found wrong")),
            (Tab.MEMORY, self.tr("Memory"), self.tr("What reading all tiles takes")),
        ]

    def _view(self, tab: Tab) -> QWidget:
        views: dict[Tab, QWidget] = {
            Tab.COUNTS: self.counts,
            Tab.COLOURS: self.colours,
            Tab.STAIN: self.stain,
            Tab.SAMPLES: self.samples,
            Tab.PROBLEMS: self.problems,
            Tab.MEMORY: self.memory,
        }
        return views[tab]

    def _padded(self, tab: Tab) -> QWidget:
        """Return a view with air around it, and with a word in its place until it is measured."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        if tab not in _MEASURED:
            column.addWidget(self._view(tab))
            return holder
        nothing = label(
            self.tr("Not measured yet: 'Measure colours' reads every tile once."), role="muted"
        )
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        body = QStackedWidget()
        body.addWidget(nothing)
        body.addWidget(self._view(tab))
        column.addWidget(body)
        self._unmeasured.append(body)
        return holder

    def _lay_out(self, page: QWidget) -> None:
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(heading(self.tr("Data"), scale=1.4))
        head.addStretch(1)
        head.addWidget(self.measure)
        head.addWidget(self.export)
        # What a part would like to have is no reason to take it from the texts above it.
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        card = frame("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addWidget(self.leaks)
        column.addWidget(self.tabs)
        column.addWidget(card, 1)
        outer = QVBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self)

    def _show_tab(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        self.tab_changed.emit(list(Tab)[place])
