"""The panel Promotion: the gate's finding for each model, promote anyway, roll back."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.arrays import Int64
from histoviewer.domain.gate import GateResult
from histoviewer.domain.models import ChampionRecord, ModelRecord
from histoviewer.domain.tile_list import Tells
from histoviewer.ui.commands import rules
from histoviewer.ui.eight_views import scored_name, unlike_text
from histoviewer.ui.models.panel import Panel
from histoviewer.ui.models.promotion.interval import IntervalPlot
from histoviewer.ui.models.promotion.wording import (
    changes_text,
    difference_text,
    labels_text,
    scores_text,
    verdict_text,
)
from histoviewer.ui.pages import PageContext
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.ruling import Ruling
from histoviewer.ui.tables import ListTable, show_rows
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import frame, heading, label

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.changes import Changes
    from histoviewer.services.opening import Workspace
    from histoviewer.services.promotion import Promotions


_SETTLE_MS = 200  # undo comes faster than files are read
_EMPTY, _GATE, _UNREAD = range(3)  # what is seen; nothing is claimed before it was read


class PromotionPanel(Panel):
    """Shows challenger and champion, the interval, and the tiles between them. UI thread only.

    Args:
        context: What the window gives its pages.
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._workspace: Workspace | None = None
        self._found: Promotions | None = None
        self._asked = 0
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self.champion = heading("", scale=1.0)
        self.roll_back = QPushButton()
        self.models = QComboBox()
        self.figures = label("", wraps=True)
        self.interval = IntervalPlot()
        self.verdict = label("", wraps=True)
        self.sides = label("", wraps=True)
        self.age = label("", wraps=True)
        self.again = QPushButton(self.tr("Compare again"))
        self.promote = QPushButton()
        self.show_right = QPushButton(self.tr("Turned right"))
        self.show_wrong = QPushButton(self.tr("Turned wrong"))
        self.history = QTreeView()
        self._body = QStackedWidget()
        self._lay_out()
        self._connect()
        self._comparing = Ruling(self.again, rules.can_score, context.actions)
        self._show(None)

    def _lay_out(self) -> None:
        self.models.setAccessibleName(self.tr("Challenger"))
        self.models.setToolTip(self.tr("Which model's finding is shown"))
        self.models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.roll_back.setToolTip(self.tr("Let the model rank the tiles that did before this one"))
        self.promote.setToolTip(self.tr("Let this model rank the tiles, whatever the gate found"))
        self.again.setToolTip(
            self.tr("Compare it with the model that ranks the tiles now, on the labels of now")
        )
        top = QHBoxLayout()
        top.addWidget(self.champion)
        top.addStretch(1)
        top.addWidget(self.roll_back)
        empty = label(
            self.tr(
                "No model has stood at the gate yet. Each new model is compared with the one that "
                "ranks the tiles, and takes its place only if it is not worse by a margin."
            ),
            role="muted",
            wraps=True,
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body.addWidget(empty)
        self._body.addWidget(self._make_card())
        self._body.addWidget(QWidget())
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(WIDE)
        column.addLayout(top)
        column.addWidget(self._body)
        column.addWidget(heading(self.tr("Champions"), scale=1.0))
        column.addWidget(self.history, 1)
        self.setFocusProxy(self.models)

    def _make_card(self) -> QWidget:
        card = frame("card")
        choice, sides = QHBoxLayout(), QHBoxLayout()
        name = label(self.tr("&Challenger"))
        name.setBuddy(self.models)
        name.setTextFormat(Qt.TextFormat.AutoText)
        choice.addWidget(name)
        choice.addWidget(self.models)
        choice.addStretch(1)
        choice.addWidget(self.again)
        choice.addWidget(self.promote)
        sides.addWidget(self.sides, 1)
        sides.addWidget(self.show_right)
        sides.addWidget(self.show_wrong)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        inner.setSpacing(GAP)
        inner.addLayout(choice)
        for part in (self.age, self.figures, self.interval, self.verdict):
            inner.addWidget(part)
        inner.addLayout(sides)
        return card

    def _connect(self) -> None:
        self.models.currentIndexChanged.connect(self._show_gate)
        self.promote.clicked.connect(self._promote)
        self.again.clicked.connect(self._compare_again)
        self.roll_back.clicked.connect(self._roll_back)
        self.show_right.clicked.connect(lambda: self._show_tiles(right=True))
        self.show_wrong.clicked.connect(lambda: self._show_tiles(right=False))
        self._settle.timeout.connect(self._ask)
        self._context.bench.standing_changed.connect(self._ask)

    # --- what is shown

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show the promotions of a project; None for none."""
        self._workspace = workspace
        self._show(None)
        self._ask()

    def apply_changes(self, changes: "Changes") -> None:
        """Read what the gate found where models or labels changed; follow a blind read."""
        if changes.models:
            self._ask()
        elif changes.verdicts or changes.data:
            self._settle.start()
        self._offer_sides()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was found while the panel was hidden."""
        super().showEvent(event)
        self._ask()

    def _ask(self) -> None:
        workspace = self._workspace
        if workspace is None or not self.isVisible():
            return
        from histoviewer.services.promotion import read_promotions

        self._asked += 1
        asked, project = self._asked, workspace.project
        labels = workspace.session.validation_labels()
        self._context.bench.background.run(
            lambda: read_promotions(project, labels),
            then=lambda found: self._show(found) if asked == self._asked else None,
            failed=self._context.notices.show_error,
        )

    def _show(self, found: "Promotions | None") -> None:
        chosen, newest = self.models.currentData(), self.models.count() - 1
        was_newest = self.models.currentIndex() == newest
        self._found = found
        gates = {} if found is None else found.gates
        with QSignalBlocker(self.models):
            self.models.clear()
            for model in gates:
                self.models.addItem(self._name(model), model)
            place = -1 if was_newest else self.models.findData(chosen)
            self.models.setCurrentIndex(place if place >= 0 else self.models.count() - 1)
        self._body.setCurrentIndex(_UNREAD if found is None else _GATE if gates else _EMPTY)
        self._show_champion()
        self._show_gate()

    def _show_champion(self) -> None:
        found, champion = self._found, self._context.bench.champion
        text = self.tr("{model} ranks the tiles")
        self.champion.setText(
            "" if champion is None else text.format(model=self._name(champion.id))
        )
        before = None if found is None else found.before
        self.roll_back.setVisible(before is not None)
        self.roll_back.setEnabled(self._writes)
        if before is not None:
            self.roll_back.setText(self.tr("Roll back to {model}").format(model=self._name(before)))
        champions = () if found is None else tuple(reversed(found.champions))
        titles = (self.tr("Since"), self.tr("Model"), self.tr("Reason"))
        table = ListTable(champions, titles, self._texts_of, self.history)
        show_rows(self.history, table, self.tr("Champions, newest first"))
        self.history.header().setStretchLastSection(True)
        for column in (0, 1):
            self.history.resizeColumnToContents(column)

    def _texts_of(self, record: ChampionRecord) -> tuple[str, str, str]:
        when = record.since.astimezone().strftime("%Y-%m-%d %H:%M")
        return when, self._name(record.model), record.reason

    def _show_gate(self, *_: int) -> None:
        gate, champion = self._gate, self._context.bench.champion
        self.interval.show_gate(gate)
        if gate is None:
            return
        compared = gate.comparison
        areas = self.tr("{new}: AUC {new_auc}. {old}: AUC {old_auc}.").format(
            new=scored_name(self._name(compared.first), tta=gate.tta[0]),
            new_auc=f"{compared.first_auc:.4f}",
            old=scored_name(self._name(compared.second), tta=gate.tta[1]),
            old_auc=f"{compared.second_auc:.4f}",
        )
        unlike = unlike_text() if gate.is_mixed else ""
        self.figures.setText(" ".join(filter(None, (areas, difference_text(gate), unlike))))
        self.verdict.setText(verdict_text(gate))
        self.sides.setText(changes_text(gate))
        self.interval.setAccessibleDescription(difference_text(gate))
        self._offer_sides()
        ranks = champion is not None and champion.id == compared.first
        self._tell_age(gate, champion)
        self.promote.setText(self.tr("Promote anyway") if not gate.passed else self.tr("Promote"))
        self.promote.setEnabled(self._writes and not ranks)

    def _tell_age(self, gate: GateResult, champion: ModelRecord | None) -> None:
        """Say where it is of another champion, of other labels or scores; offer a new one."""
        assert self._found is not None, "what is shown was read"
        compared = gate.comparison
        ranks = champion is not None and champion.id == compared.first
        self._comparing.hold(self.tr("This model ranks the tiles itself.") if ranks else "")
        is_old = champion is not None and champion.id not in (compared.first, compared.second)
        said = self._told_changes(compared.first)
        if is_old and champion is not None:
            text = self.tr(
                "This compares it with {old}, which does not rank the tiles any more: {now} does. "
                "Compare it again to see how it stands against that one on the labels of now."
            )
            said.append(text.format(old=self._name(compared.second), now=self._name(champion.id)))
        elif said and not ranks:
            said.append(
                self.tr("Compare it again to see how it stands on the labels and scores of now.")
            )
        self.age.setText(" ".join(said))
        self.age.setVisible(bool(said))

    def _told_changes(self, challenger: str) -> list[str]:
        """Return what has changed since a comparison, a sentence each; once where nothing is known.

        One that did not note its labels did not note its scores either.
        """
        assert self._found is not None, "what is shown was read"
        relabelled, rescored = self._found.relabelled[challenger], self._found.rescored[challenger]
        told = [labels_text(relabelled)]
        if relabelled is not None:
            names = None if rescored is None else [self._name(model) for model in rescored]
            told.append(scores_text(names))
        return [text for text in told if text]

    def _offer_sides(self) -> None:
        """Offer the tiles that changed side; these, with their labels, say what models predict."""
        gate, workspace = self._gate, self._workspace
        if gate is None or workspace is None:
            return
        is_blind = workspace.session.blind
        why = self.tr(
            "A blind read is on: what models say stays hidden. End it on the page Review (B)."
        )
        for button, tiles, tip in (
            (
                self.show_right,
                gate.changes.gained,
                self.tr("Show the tiles that only the challenger is right about"),
            ),
            (
                self.show_wrong,
                gate.changes.lost,
                self.tr("Show the tiles that only {model} was right about").format(
                    model=self._name(gate.comparison.second)
                ),
            ),
        ):
            button.setEnabled(bool(tiles) and not is_blind)
            button.setToolTip(why if is_blind else tip)

    @property
    def _gate(self) -> GateResult | None:
        return None if self._found is None else self._found.gates.get(self.models.currentData())

    @property
    def _writes(self) -> bool:
        return self._workspace is not None and not self._workspace.session.read_only

    def _name(self, model_id: str) -> str:
        standing = self._context.bench.standing
        models: dict[str, ModelRecord] = (
            {} if standing is None else {model.id: model for model in standing.models}
        )
        if model_id not in models:
            return model_id
        model = models[model_id]
        text = self.tr("Model {number} ({kind})")
        return text.format(number=model.number, kind=model.id.partition("-")[2])

    # --- what can be done

    def _promote(self) -> None:
        self._context.bench.promote(self.models.currentData())

    def _compare_again(self) -> None:
        standing, chosen = self._context.bench.standing, self.models.currentData()
        for model in () if standing is None else standing.models:
            if model.id == chosen:
                self._context.models.compare_again(model)

    def _roll_back(self) -> None:
        if self._found is not None and self._found.before is not None:
            self._context.bench.promote(self._found.before)

    def _show_tiles(self, *, right: bool) -> None:
        gate = self._gate
        if gate is None:
            return
        tiles: Int64 = np.array(gate.changes.gained if right else gate.changes.lost, np.int64)
        title = (
            self.tr("Turned right by {model}") if right else self.tr("Turned wrong by {model}")
        ).format(model=self._name(gate.comparison.first))
        review = self._context.pages.show_page("review")
        assert isinstance(review, ReviewPage)
        review.show_list(tiles, title, tells=Tells.MEMBERS)
