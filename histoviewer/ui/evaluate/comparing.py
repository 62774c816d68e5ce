"""Two models against each other: is the difference more than chance?"""

import math
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from histoviewer.domain.assessment import Comparison, Match
from histoviewer.ui.eight_views import scored_name, unlike_text
from histoviewer.ui.evaluate.basis import left_out_text, units_text
from histoviewer.ui.evaluate.choice import fill
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import label

_CLEAR = 0.05


class ComparePanel(QWidget):
    """Chooses two models and says how they differ. UI thread only.

    Args:
        parent: Owner.
    """

    asked = Signal(str, str)  # ids

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first, self.second = QComboBox(), QComboBox()
        self.button = QPushButton(self.tr("Compare"))
        self.result = label("", wraps=True)
        self.outdated = label(
            self.tr("Labels or scores have changed since: compare again."), role="muted", wraps=True
        )
        self.outdated.hide()
        hint = self.tr(
            "A paired bootstrap: groups, or tiles where no group is known, are drawn again a "
            "thousand times, the same ones for both models."
        )
        line = QHBoxLayout()
        line.setSpacing(GAP)
        for box, name in ((self.first, self.tr("First model")), (self.second, self.tr("Second"))):
            box.setAccessibleName(name)
            box.setToolTip(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.currentIndexChanged.connect(self._forget)
            line.addWidget(box)
        self.button.setToolTip(self.tr("Test whether the areas of both differ"))
        line.addWidget(self.button)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE)
        column.addLayout(line)
        column.addWidget(self.result)
        column.addWidget(self.outdated)
        column.addWidget(label(hint, role="muted", wraps=True))
        column.addStretch(1)
        self.button.clicked.connect(self._ask)
        self._enable()

    @property
    def chosen(self) -> tuple[str | None, str | None]:
        """Return the ids of both models; None where there is none."""
        return self.first.currentData(), self.second.currentData()

    def tell_outdated(self, *, outdated: bool) -> None:
        """Say whether the result rests on labels or scores of before."""
        self.outdated.setVisible(outdated and bool(self.result.text()))

    def offer(self, models: Sequence[tuple[str, str]]) -> None:
        """Offer models as (id, name); what was chosen stays chosen where it is still there."""
        before = self.chosen
        for box, place in ((self.first, 0), (self.second, 1)):
            chosen = box.currentData()
            with QSignalBlocker(box):
                fill(box, models)
                found = box.findData(chosen)
                box.setCurrentIndex(found if found >= 0 else min(place, len(models) - 1))
        if self.chosen != before:
            self._forget()

    def show_match(self, match: Match, names: tuple[str, str]) -> None:
        """Say how two models differ, and on what they were compared."""
        found = match.comparison
        names = (
            scored_name(names[0], tta=match.first_tta),
            scored_name(names[1], tta=match.second_tta),
        )
        figures = self.tr("{first}: {a}. {second}: {b}. The difference is {value}").format(
            first=names[0],
            second=names[1],
            a=f"{found.first_auc:.4f}",
            b=f"{found.second_auc:.4f}",
            value=f"{found.difference.value:+.4f}",
        )
        tiles = self.tr("Both on {count} validation tiles.").format(count=f"{found.n:,}")
        left_out = left_out_text(match, {found.first: names[0], found.second: names[1]})
        unlike = "" if match.first_tta == match.second_tta else unlike_text()
        said = (f"{figures} {self._certainty(found)}", tiles, left_out, unlike)
        self.result.setText(" ".join(filter(None, said)))

    def _certainty(self, found: Comparison) -> str:
        units = units_text(found)
        if math.isnan(found.p):
            return self.tr("on {units}: too few to tell chance from a difference.").format(
                units=units
            )
        figures = self.tr("(95 % {low} to {high}), p = {p}, on {units}.").format(
            low=f"{found.difference.low:+.4f}",
            high=f"{found.difference.high:+.4f}",
            p=f"{found.p:.3f}",
            units=units,
        )
        verdict = (
            self.tr("That is more than chance would give.")
            if found.p < _CLEAR
            else self.tr("Chance could have given that.")
        )
        return f"{figures} {verdict}"

    def _ask(self) -> None:
        self._forget()
        self.asked.emit(*self.chosen)

    def _forget(self) -> None:
        """Take away what was found of other models."""
        self.result.clear()
        self.outdated.hide()
        self._enable()

    def _enable(self) -> None:
        one, other = self.chosen
        self.button.setEnabled(one is not None and other is not None and one != other)
