"""How much reading there is: what a model clears, and which tiles are worth a look."""

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.assessment import Interval
from histoviewer.errors import UserError
from histoviewer.jobs.job import Operation
from histoviewer.ui.review.flow import in_lines, together
from histoviewer.ui.tasks import Task
from histoviewer.ui.theme import WIDE
from histoviewer.ui.widgets import frame, heading, inset, label
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace
    from histoviewer.services.workload import PlannedReview, Workload
    from histoviewer.ui.progress.workload_plots import ClearedPlot, PlanPlot

_SENSITIVITY = 95.0
_LEAST, _STEP = 80.0, 0.5
_SIZE, _MOST = 200, 1_000_000
_PLOT_LINES = 12


class _Basis(NamedTuple):
    """What figures rest on.

    Args:
        model: Id of the champion.
        newest: Sequence number of the newest verdict.
    """

    model: str
    newest: int


class WorkloadView(QWidget):
    """Two cards: what can be cleared, and a plan of what to look at. UI thread only.

    Args:
        bench: The open project and its lanes.
        parent: Owner.
    """

    tiles_asked = Signal(object)  # (n,) int64 in the order of the plan

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._workspace: Workspace | None = None
        self._asked_of: _Basis | None = None
        self._planned_of: _Basis | None = None
        self._failed_for = ""  # a model that cannot be measured is not asked about at each verdict
        self.workload: Workload | None = None
        self.planned: PlannedReview | None = None
        self.cleared_plot: ClearedPlot | None = None
        self.plan_plot: PlanPlot | None = None
        self.sensitivity, self.count = QDoubleSpinBox(), QSpinBox()
        self.plan = QPushButton(self.tr("Plan"))
        self.show_tiles = QPushButton(self.tr("Show these tiles"))
        self.again = QPushButton(self.tr("Measure again"))
        self.cleared_words, self.plan_words = label("", wraps=True), label("", wraps=True)
        self._prepare()
        self._lay_out()
        self.sensitivity.valueChanged.connect(self._show_cleared)
        self.plan.clicked.connect(self.ask_for_plan)
        self.again.clicked.connect(self.measure)
        for signal in (bench.looks.operation_failed, bench.looks.operation_cancelled):
            signal.connect(self._note_failure)
        self.show_tiles.clicked.connect(self._ask_for_tiles)

    def _prepare(self) -> None:
        self.sensitivity.setRange(_LEAST, 100.0)
        self.sensitivity.setDecimals(1)
        self.sensitivity.setSingleStep(_STEP)
        self.sensitivity.setValue(_SENSITIVITY)
        self.sensitivity.setSuffix(self.tr(" %"))
        self.sensitivity.setAccessibleName(self.tr("Share of the positives to be found"))
        self.sensitivity.setToolTip(
            self.tr("Tiles are cleared below the highest threshold that finds this share")
        )
        self.count.setRange(1, _MOST)
        self.count.setValue(_SIZE)
        self.count.setAccessibleName(self.tr("Tiles to look at"))
        self.count.setToolTip(self.tr("How many tiles a reader has time for"))
        self.plan.setToolTip(
            self.tr("Put the tiles first whose labels are likeliest to be wrong, in the background")
        )
        self.show_tiles.setToolTip(self.tr("Show the tiles of the plan in the grid, in its order"))
        self.show_tiles.setEnabled(False)
        self.again.setToolTip(self.tr("Work out once more what the model clears"))
        self.again.hide()
        for box in (self.sensitivity, self.count):
            box.setKeyboardTracking(False)
            inset(box)

    def _lay_out(self) -> None:
        find = label(self.tr("&Find of the positives"))
        find.setBuddy(self.sensitivity)
        look = label(self.tr("&Look at tiles"))
        look.setBuddy(self.count)
        self._cleared_place, self._plan_place = QVBoxLayout(), QVBoxLayout()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(WIDE)
        line.addWidget(
            _card(
                self.tr("What the model can clear"),
                in_lines(together(find, self.sensitivity), self.again),
                self.cleared_words,
                self._cleared_place,
            ),
            1,
        )
        line.addWidget(
            _card(
                self.tr("Review plan"),
                in_lines(together(look, self.count), self.plan, self.show_tiles),
                self.plan_words,
                self._plan_place,
            ),
            1,
        )

    def put_plots(self, cleared: "ClearedPlot", plan: "PlanPlot") -> None:
        """Put the plots into the places that are kept for them."""
        self.cleared_plot, self.plan_plot = cleared, plan
        for place, plot in ((self._cleared_place, cleared), (self._plan_place, plan)):
            plot.setMinimumHeight(_PLOT_LINES * self.fontMetrics().lineSpacing())
            place.addWidget(plot, 1)
            place.addStretch()  # keeps the words together while there is no plot
        if self.workload is not None:
            self._take_workload(self.workload)

    # --- what is shown

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Start over with a project; None for none."""
        self._workspace, self._asked_of, self._planned_of = workspace, None, None
        self._failed_for = ""
        self.planned = None
        self._forget_workload("")
        self.plan_words.setText(
            self.tr("Nothing is planned yet. Label errors are looked for first where need be.")
        )
        self.show_tiles.setEnabled(False)
        if self.plan_plot is not None:
            self.plan_plot.forget()

    def outdate(self) -> None:
        """Take what is shown for out of date: tiles came to other sides of the split."""
        self._asked_of = None

    def ask(self) -> None:
        """Work out what the model clears, unless that is known of the labels of now."""
        now = self._basis
        if self.planned is not None:
            self._tell_plan(self.planned)
        if now is None:
            self._asked_of = None
            words = self.tr("No model yet: train one to see what it clears.")
            self._forget_workload(words)
        elif now != self._asked_of and now.model != self._failed_for:
            self.measure()

    def measure(self) -> None:
        """Work out what the model clears, known or not."""
        now, workspace, bench = self._basis, self._workspace, self._bench
        if now is None or workspace is None:
            return
        if self.workload is None or self.workload.curve.model != now.model:
            self._forget_workload(self.tr("Measuring what the model clears…"))
        self._asked_of, self._failed_for = now, ""
        self.again.hide()

        def start() -> "Operation[Workload]":
            from histoviewer.services.workload import clear

            return clear(workspace=workspace)

        bench.submit(
            bench.looks,
            self.tr("Measure the workload"),
            start,
            bench.while_open(self._take_workload),
            again=self.measure,
        )

    @property
    def _basis(self) -> "_Basis | None":
        """Return what figures would rest on now; None without a model."""
        workspace, champion = self._workspace, self._bench.champion
        if workspace is None or champion is None:
            return None
        return _Basis(champion.id, workspace.session.log.last_sequence)

    def _forget_workload(self, words: str) -> None:
        self.workload = None
        self.again.hide()
        self.cleared_words.setText(words)
        if self.cleared_plot is not None:
            self.cleared_plot.forget()

    def _note_failure(self, task: Task, error: Exception | None = None) -> None:
        """Say why nothing was measured, and offer to measure it again."""
        workspace, asked = self._workspace, self._asked_of
        if task.again != self.measure or workspace is None or asked is None:
            return
        if task.project != workspace.project.path:
            return
        self._asked_of, self._failed_for = None, asked.model
        reason = str(error) if isinstance(error, UserError) else ""
        words = self.tr("What the model clears was not measured. {reason}")
        self._forget_workload(words.format(reason=reason).strip())
        self.again.show()

    def ask_for_plan(self) -> None:
        """Plan a review of as many tiles as are chosen."""
        workspace, bench = self._workspace, self._bench
        if workspace is None:
            return
        size, basis = self.count.value(), self._basis

        def start() -> "Operation[PlannedReview]":
            from histoviewer.services.workload import PlanWish, plan_review

            return plan_review(workspace=workspace, wish=PlanWish(size=size))

        def take(planned: "PlannedReview") -> None:
            self._planned_of = basis
            self._take_plan(planned)

        bench.submit(
            bench.looks,
            self.tr("Plan a review"),
            start,
            bench.while_open(take),
            again=self.ask_for_plan,
        )

    def _take_workload(self, found: "Workload") -> None:
        self.workload = found
        self.again.hide()
        if self.cleared_plot is not None:
            self.cleared_plot.draw(found.curve, self.sensitivity.value() / 100)
        self._show_cleared()

    def _show_cleared(self) -> None:
        found = self.workload
        if found is None:
            return
        wanted = self.sensitivity.value() / 100
        point = found.curve.at(wanted)
        if self.cleared_plot is not None:
            self.cleared_plot.choose(point.sensitivity)
        text = self.tr(
            "A threshold of {threshold} clears {cleared} of the tiles and finds {found} of the "
            "positives, on {n} validation tiles. {waiting} of the {all} tiles that nobody has "
            "decided would be cleared."
        )
        self.cleared_words.setText(
            text.format(
                threshold=f"{point.threshold:.4f}",
                cleared=self._with_interval(point.cleared),
                found=self._with_interval(point.found),
                n=f"{found.curve.n:,}",
                waiting=f"{found.waiting_below(point):,}",
                all=f"{len(found.waiting):,}",
            )
        )

    def _take_plan(self, planned: "PlannedReview") -> None:
        self.planned = planned
        self._bench.triage_changed.emit()  # it stands on label errors, which may be found just now
        self.show_tiles.setEnabled(bool(len(planned.plan.tiles)))
        if self.plan_plot is not None:
            self.plan_plot.draw(planned.plan)
        self._tell_plan(planned)

    def _tell_plan(self, planned: "PlannedReview") -> None:
        plan, expected = planned.plan, planned.plan.expected()
        text = self.tr(
            "{n} tiles: {expected} wrong labels expected ({low} to {high}), {random} in random "
            "order; {all} in all {candidates} tiles that nobody has looked at."
        )
        words = [
            text.format(
                n=f"{len(plan.tiles):,}",
                expected=f"{expected.value:,.0f}",
                low=f"{expected.low:,.0f}",
                high=f"{expected.high:,.0f}",
                random=f"{plan.expected_at_random:,.0f}",
                all=f"{plan.expected_in_all:,.0f}",
                candidates=f"{plan.candidates:,}",
            )
        ]
        if planned.minutes is not None:
            text = self.tr("About {minutes} minutes at the pace of late.")
            words.append(text.format(minutes=f"{planned.minutes:,.0f}"))
        if plan.read:
            text = self.tr("So far {found} of {read} labels were wrong: that calibrates the rest.")
            words.append(text.format(found=f"{plan.found:,}", read=f"{plan.read:,}"))
        else:
            words.append(self.tr("The first verdicts will narrow the range."))
        if self._planned_of != self._basis:
            words.append(self.tr("Labels or models have changed since: plan again to count them."))
        self.plan_words.setText(" ".join(words))

    def _with_interval(self, figure: Interval) -> str:
        if figure.low != figure.low:  # too few groups for an interval
            return self.tr("{value} %").format(value=f"{100 * figure.value:.1f}")
        return self.tr("{value} % ({low} to {high})").format(
            value=f"{100 * figure.value:.1f}",
            low=f"{100 * figure.low:.1f}",
            high=f"{100 * figure.high:.1f}",
        )

    def _ask_for_tiles(self) -> None:
        if self.planned is not None:
            self.tiles_asked.emit(self.planned.plan.tiles)


def _card(title: str, controls: QWidget, words: QLabel, place: QVBoxLayout) -> QWidget:
    """Return a card: a heading, controls, a sentence, a place for a plot."""
    card = frame("card")
    column = QVBoxLayout(card)
    column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
    column.setSpacing(WIDE)
    column.addWidget(heading(title, scale=1.0))
    column.addWidget(controls)
    column.addWidget(words)
    column.addLayout(place, 1)
    return card
