"""Where the parts of the evaluate page stand."""

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.assessment import Assessment
from histoviewer.domain.labels import ClassNames
from histoviewer.ui.evaluate.basis import basis_text
from histoviewer.ui.evaluate.calibration import calibration_text
from histoviewer.ui.evaluate.comparing import ComparePanel
from histoviewer.ui.evaluate.explorer import Explored, ThresholdExplorer
from histoviewer.ui.evaluate.export_button import ExportButton
from histoviewer.ui.evaluate.gallery import ErrorGallery
from histoviewer.ui.evaluate.groups import GroupsView
from histoviewer.ui.model_table import ModelTable
from histoviewer.ui.tables import TypingDelegate, show_table
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import frame, heading, label, make_panel_tabs

_TABLE_ROWS = 5.5


class Tab(StrEnum):
    """The tabs in their order."""

    CURVES = "curves"
    THRESHOLD = "threshold"
    ERRORS = "errors"
    CALIBRATION = "calibration"
    LEARNING = "learning"
    GROUPS = "groups"
    COMPARE = "compare"


_NEED_NO_FIGURES = (Tab.LEARNING, Tab.COMPARE)
_WITHOUT_PLOT = (Tab.ERRORS, Tab.GROUPS, Tab.COMPARE)


class EvaluateLayout(QWidget):
    """The widgets of the page. UI thread only.

    Args:
        table: What the table of models shows.
        page: The page; it gets the layout.
    """

    tab_changed = Signal(object)  # Tab
    save_asked = Signal(str)  # suffix of the file
    numbers_asked = Signal()
    chosen = Signal()  # another of the marked models is the one of the parts that are of one only

    def __init__(self, table: ModelTable, page: QWidget) -> None:
        super().__init__(page)
        self.models, self.groups = QTableView(), GroupsView()
        self.explorer, self.gallery = ThresholdExplorer(), ErrorGallery()
        self._choices = (self.explorer.choice, self.gallery.choice)
        self.compare = ComparePanel()
        self.calibration = label("", wraps=True)
        self.basis = label("", role="muted", wraps=True)
        self.refresh = QPushButton()
        self.score = QPushButton()
        self.export = ExportButton()
        self.tabs, self._stack = QTabBar(), QStackedWidget()
        self._places: dict[Tab, QVBoxLayout] = {}
        self._empty = label("", role="muted", wraps=True)
        self._words = label("", role="muted", wraps=True)  # where there are no figures
        text = self.tr("No model has learning curves: they come with training it here.")
        self._curveless = label(text, role="muted", wraps=True)
        self._has_curves = False
        self._table = table
        self._prepare()
        self._lay_out(page)
        self.tabs.currentChanged.connect(self._show_tab)
        for choice in self._choices:
            choice.chosen.connect(self._choose)
        self.show_models()
        self.offer_export(has_figures=False, has_curves=False)

    @property
    def current(self) -> Tab:
        """Return the tab that is shown."""
        return list(Tab)[self.tabs.currentIndex()]

    @property
    def model(self) -> str | None:
        """Return the id of the marked model that is chosen; None where there is none."""
        return self.explorer.choice.model_id

    def show_tab(self, tab: Tab) -> None:
        """Go to a tab."""
        self.tabs.setCurrentIndex(list(Tab).index(tab))

    def take_keyboard(self, reason: Qt.FocusReason) -> None:
        """Give the keyboard to the errors where they are seen, else to the table of models."""
        errors = self.gallery.grid
        (errors if errors.isVisible() else self.models).setFocus(reason)

    def put_plots(self, tab: Tab, plots: QWidget) -> None:
        """Put plots into the place that is kept for them."""
        if tab is Tab.THRESHOLD:
            self.explorer.put_plots(plots)
        else:
            self._places[tab].addWidget(plots, 1)

    def say(self, why: str) -> None:
        """Say why there is nothing to show."""
        self._empty.setText(why)
        self._body.setCurrentIndex(0)

    def say_instead(self, words: str) -> None:
        """Say something in place of the figures of the marked models; '' to show these."""
        self._words.setText(words)
        self._turn()

    def offer_again(self, *, outdated: bool, failed: bool) -> None:
        """Offer to evaluate again where labels have changed since, or it was in vain."""
        self.refresh.setText(
            self.tr("Labels have changed: evaluate again")
            if outdated
            else self.tr("Evaluate again")
        )
        self.refresh.setVisible(outdated or failed)

    def offer_scoring(self, name: str) -> None:
        """Offer to score with a model that has not scored yet; '' where all have."""
        text = self.tr("{name} has not scored the validation tiles: score them").format(name=name)
        self.score.setText(text)
        self.score.setVisible(bool(name))

    def offer_export(self, *, has_figures: bool, has_curves: bool) -> None:
        """Offer to save the plot of this tab, and all numbers, where there are any."""
        self._has_curves = has_curves
        self._turn()
        if self.current in _WITHOUT_PLOT:
            plot = self.tr("This tab has no plot: go to one with curves.")
        elif self.current is Tab.LEARNING:
            plot = "" if has_curves else self.tr("No model has learning curves.")
        else:
            plot = "" if has_figures else self.tr("Mark a model that has scored.")
        numbers = "" if self._table.count() else self.tr("There is no model yet.")
        self.export.offer(plot=plot, numbers=numbers)

    def show_models(self) -> None:
        """Show the parts of the page where there are models, else say that there are none."""
        if self._table.count():
            self._body.setCurrentIndex(1)
        else:
            self.say(self.tr("No model yet. Train one, or import one from a bundle."))

    def show_found(
        self, found: Sequence[tuple[str, Assessment]], classes: ClassNames | None
    ) -> None:
        """Show what was found of models under their names; nothing where it is empty."""
        self.basis.setText(basis_text(found))
        self.basis.setVisible(bool(found))
        models = [Explored(each.model, name, each.points) for name, each in found]
        self.explorer.show_models(models, classes or ClassNames())
        self.gallery.choice.offer([(each.model, each.name) for each in models])
        self.gallery.choice.choose(self.model)
        self.calibration.setText("\n".join(calibration_text(name, each) for name, each in found))

    # --- how it is built

    def _prepare(self) -> None:
        show_table(self.models, self._table, self.tr("Models with their figures"), widest=0)
        self.models.setObjectName("models")
        self.models.setItemDelegate(TypingDelegate(self.models))
        row = self.models.fontMetrics().height() + 2 * GAP
        self.models.setFixedHeight(round(_TABLE_ROWS * row))
        self.refresh.setToolTip(self.tr("Work the figures out anew on the labels of now"))
        self.refresh.hide()
        self.score.hide()
        self.score.setToolTip(self.tr("Score every tile with this model in the background"))
        self.export.plot_asked.connect(self.save_asked)
        self.export.numbers_asked.connect(self.numbers_asked)
        for tab, text, tip in self._tab_texts():
            place = self.tabs.addTab(text)
            self.tabs.setTabToolTip(place, tip)
            self._stack.addWidget(self._make(tab))
        for words in (self._words, self._curveless):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._stack.addWidget(_padded(words))
        make_panel_tabs(self.tabs, self.tr("Parts of the evaluation"))

    def _tab_texts(self) -> list[tuple[Tab, str, str]]:
        return [
            (Tab.CURVES, self.tr("Curves"), self.tr("ROC and precision-recall")),
            (Tab.THRESHOLD, self.tr("Threshold"), self.tr("What a threshold finds and clears")),
            (Tab.ERRORS, self.tr("Errors"), self.tr("Tiles on the wrong side, worst first")),
            (Tab.CALIBRATION, self.tr("Calibration"), self.tr("Whether 0.8 means 8 in 10")),
            (
                Tab.LEARNING,
                self.tr("Learning"),
                self.tr("Learning curves of every run, the marked models in colour"),
            ),
            (Tab.GROUPS, self.tr("Groups"), self.tr("Each slide or patient on its own")),
            (Tab.COMPARE, self.tr("Compare"), self.tr("Whether two models really differ")),
        ]

    def _make(self, tab: Tab) -> QWidget:
        match tab:
            case Tab.THRESHOLD:
                return _padded(self.explorer)
            case Tab.ERRORS:
                return _padded(self.gallery)
            case Tab.GROUPS:
                return _padded(self.groups)
            case Tab.COMPARE:
                return _padded(self.compare)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        if tab is Tab.CALIBRATION:
            column.addWidget(self.calibration)
        self._places[tab] = column
        return holder

    def _lay_out(self, page: QWidget) -> None:
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(heading(self.tr("Evaluate"), scale=1.4))
        head.addStretch(1)
        for button in (self.refresh, self.score, self.export):
            head.addWidget(button)
        shown = QWidget()
        inner = QVBoxLayout(shown)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GAP)
        inner.addWidget(self.models)
        inner.addWidget(self.basis)
        inner.addWidget(self.tabs)
        card = frame("card")
        middle = QVBoxLayout(card)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(self._stack)
        inner.addWidget(card, 1)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body = QStackedWidget()
        self._body.addWidget(self._empty)
        self._body.addWidget(shown)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addWidget(self._body, 1)
        outer = QVBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self)

    def _choose(self, model: str) -> None:
        self.explorer.choose(model)
        self.gallery.choice.choose(model)
        self.chosen.emit()

    def _show_tab(self, place: int) -> None:
        self._turn()
        self.tab_changed.emit(list(Tab)[place])

    def _turn(self) -> None:
        """Show the tab, or what is said in its place."""
        place = self.tabs.currentIndex()
        if self.current is Tab.LEARNING and not self._has_curves:
            place = len(Tab) + 1
        elif self._words.text() and self.current not in _NEED_NO_FIGURES:
            place = len(Tab)
        self._stack.setCurrentIndex(place)


def _padded(widget: QWidget) -> QWidget:
    """Return a widget with air around another."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
    column.addWidget(widget)
    return holder
