"""Asks how the tiles to look at next are chosen."""

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtWidgets import QSpinBox, QWidget

from histoviewer.domain.strategies import Strategy
from histoviewer.domain.tiles import Split
from histoviewer.ui.dialogs.form import FormDialog
from histoviewer.ui.review.choices import ChoiceBox
from histoviewer.ui.review.filter_words import splits
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate
from histoviewer.ui.widgets import label

_MOST: Final = 1000
_PERCENT: Final = 100
_TITLES: Final = {
    Strategy.MIX: QT_TRANSLATE_NOOP("strategies", "Mix: first typical, then uncertain and varied"),
    Strategy.ENTROPY: QT_TRANSLATE_NOOP("strategies", "Entropy"),
    Strategy.MARGIN: QT_TRANSLATE_NOOP("strategies", "Margin"),
    Strategy.LEAST_CONFIDENCE: QT_TRANSLATE_NOOP("strategies", "Least confidence"),
    Strategy.VOTE_ENTROPY: QT_TRANSLATE_NOOP("strategies", "Vote entropy of a committee"),
    Strategy.BALD: QT_TRANSLATE_NOOP("strategies", "BALD: disagreement of a committee"),
    Strategy.CORE_SET: QT_TRANSLATE_NOOP("strategies", "Core-set: as varied as can be"),
    Strategy.TYPICLUST: QT_TRANSLATE_NOOP("strategies", "TypiClust: typical of each cluster"),
    Strategy.BADGE: QT_TRANSLATE_NOOP("strategies", "BADGE: uncertain and varied"),
    Strategy.DIVERSE_BATCH: QT_TRANSLATE_NOOP(
        "strategies", "Diverse mini-batch: uncertain, one of each cluster"
    ),
    Strategy.ACTIVE_LAB: QT_TRANSLATE_NOOP("strategies", "ActiveLab: labels and readers weighed"),
    Strategy.CONFIDENT_LEARNING: QT_TRANSLATE_NOOP(
        "strategies", "Confident learning: labels that are probably wrong"
    ),
    Strategy.RANDOM: QT_TRANSLATE_NOOP("strategies", "Random"),
}


def strategy_title(strategy: Strategy) -> str:
    """Return what a strategy is called, without what it does."""
    return translate("strategies", _TITLES[strategy]).partition(":")[0]


@dataclass(frozen=True, kw_only=True)
class BatchChoice:
    """What the reader chose.

    Args:
        strategy: How tiles are chosen.
        size: How many.
        random_share: Share of them drawn at random, 0-1.
        split: Of which side; None for all.
    """

    strategy: Strategy
    size: int
    random_share: float
    split: Split | None


class NextBatchDialog(FormDialog):
    """Strategy, size and share of random tiles; what is usual will do.

    Args:
        last: What was chosen last in this session; None for the usual.
        parent: The window.
        blind: Offer no strategy that seeks wrong labels: that a tile is chosen would tell what is
            said of its label.
    """

    def __init__(
        self, last: BatchChoice | None, parent: QWidget | None = None, *, blind: bool = False
    ) -> None:
        super().__init__(
            title=self.tr("Next batch"),
            lead=self.tr(
                "Shows tiles that nobody has decided, no two of them alike. Those without a label "
                "come before the others."
            ),
            accept=self.tr("Show them"),
            parent=parent,
        )
        names = {
            strategy: translate("strategies", text)
            for strategy, text in _TITLES.items()
            if not (blind and strategy.facts.seeks_errors)
        }
        if last is not None and last.strategy not in names:
            last = replace(last, strategy=Strategy.MIX)
        self.strategy: ChoiceBox[Strategy] = ChoiceBox(names, "")
        self.size_box, self.share = QSpinBox(), QSpinBox()
        sides = splits(unassigned=False)
        self.split: ChoiceBox[Split | None] = ChoiceBox(sides, "")
        self._source = label("", role="muted", wraps=True)
        self._lay_out()
        self.strategy.chosen.connect(self._suit)
        self._show(last)

    @property
    def choice(self) -> BatchChoice:
        """Return what is chosen now."""
        return BatchChoice(
            strategy=self.strategy.value,
            size=self.size_box.value(),
            random_share=self.share.value() / _PERCENT,
            split=self.split.value,
        )

    def _lay_out(self) -> None:
        self.size_box.setRange(1, _MOST)
        self.share.setRange(0, _PERCENT)
        self.share.setSuffix(self.tr(" %"))
        self.add_row(self.tr("Strategy"), self.strategy)
        self.form.addRow("", self._source)
        self.add_row(self.tr("Tiles"), self.size_box)
        self.add_row(
            self.tr("Drawn at random"),
            self.share,
            self.tr(
                "Some tiles at random show what the others are worth, and what a model is "
                "wrongly sure of."
            ),
        )
        self.add_row(self.tr("Split"), self.split)

    def _show(self, last: BatchChoice | None) -> None:
        usual = Strategy.MIX
        self.strategy.show_value(usual if last is None else last.strategy)
        self._suit(self.strategy.value)
        self.size_box.setValue(40 if last is None else last.size)
        self.split.show_value(Split.TRAIN if last is None else last.split)
        if last is not None:
            self.share.setValue(round(last.random_share * _PERCENT))

    def _suit(self, strategy: Strategy) -> None:
        """Say where a strategy is from; take the share of random tiles that is usual with it."""
        self._source.setText(self.tr("Source: {source}").format(source=strategy.facts.source))
        self.strategy.setAccessibleDescription(self._source.text())
        self.share.setValue(round(strategy.facts.random_share * _PERCENT))
        self.fit_height()
