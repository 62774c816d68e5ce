"""The warning that near duplicates sit on several sides of the split, and the way out of it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from histoviewer.domain.tiles import Split
from histoviewer.ui.data.tables import keep_whole
from histoviewer.ui.review import filter_words
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import frame, label, restyle

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.domain.near_duplicates import Leak
    from histoviewer.domain.regrouping import Regrouping
    from histoviewer.services.near_duplicates import NearDuplicateReport


class LeakNotice(QWidget):
    """Says what leaks between the sides, and what one click would change. UI thread only.

    Args:
        parent: Owner.
    """

    look_asked = Signal()
    regroup_asked = Signal()
    part_asked = Signal()
    tiles_asked = Signal(object)  # (n,) int64, near duplicates side by side

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.report: NearDuplicateReport | None = None
        self.words = label("", wraps=True)
        self.look = QPushButton(self.tr("Look for near duplicates"))
        self.show_tiles = QPushButton(self.tr("Show them"))
        self.regroup = QPushButton(self.tr("Keep them on one side"))
        self.part = QPushButton(self.tr("Part them again"))
        self._lay_out()
        for part in (self.words, self._frame, self):
            keep_whole(part)
        self.look.clicked.connect(self.look_asked)
        self.regroup.clicked.connect(self.regroup_asked)
        self.part.clicked.connect(self.part_asked)
        self.show_tiles.clicked.connect(self._ask_for_tiles)
        self.show_report(None)

    def _lay_out(self) -> None:
        self.look.setToolTip(
            self.tr("Compare all tiles in the background: by perceptual hash, and by embedding")
        )
        self.show_tiles.setToolTip(self.tr("Show these tiles in the grid, each beside its twin"))
        self.regroup.setToolTip(
            self.tr(
                "Give near duplicates one group, and training tiles with a twin in validation its "
                "side; verdicts stay, and it can be taken back"
            )
        )
        self.part.setToolTip(
            self.tr("Give the tiles back the groups and sides that near duplicates took from them")
        )
        self._frame = frame("notice")
        line = QHBoxLayout(self._frame)
        line.setContentsMargins(WIDE, GAP, WIDE, GAP)
        line.setSpacing(GAP)
        line.addWidget(self.words, 1)
        for button in (self.look, self.show_tiles, self.regroup, self.part):
            line.addWidget(button)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._frame)

    def show_report(
        self, report: "NearDuplicateReport | None", parting: "Regrouping | None" = None
    ) -> None:
        """Say what was found.

        Args:
            report: What was found; None where nobody has looked yet.
            parting: What taking the newest regrouping back would change; None for nothing.
        """
        self.report = report
        leaks = [] if report is None else report.leaks
        first, again = self.tr("Look for near duplicates"), self.tr("Look again")
        self.look.setText(first if report is None else again)
        self.show_tiles.setVisible(bool(leaks))
        self.regroup.setVisible(report is not None and bool(report.regrouping))
        self.part.setVisible(bool(parting))
        self._frame.setProperty("level", "warning" if leaks else "info")
        restyle(self._frame)
        self.words.setText(self._sentences(report))

    def _sentences(self, report: "NearDuplicateReport | None") -> str:
        if report is None:
            return self.tr(
                "Nobody has looked for near duplicates on several sides of the split yet."
            )
        if report.leaks:
            words = self._warning(report)
        else:
            text = self.tr("Pairs of near duplicates: {count}, each on one side of the split.")
            words = text.format(count=f"{len(report.found):,}")
        return f"{words} {self._asked(report.found.model)}"

    def _asked(self, model: str) -> str:
        """Return by what tiles were compared."""
        if model:
            text = self.tr("Tiles were compared by hash and by the embeddings of {model}.")
            return text.format(model=model)
        return self.tr(
            "Tiles were compared by hash alone: once they are embedded, look again to find cuts "
            "that overlap."
        )

    def _warning(self, report: "NearDuplicateReport") -> str:
        parts = [self._leak(leak) for leak in report.leaks]
        plan = report.regrouping
        text = self.tr(
            "Pairs of near duplicates on two sides of the split make figures too good: {leaks}."
        )
        words = [text.format(leaks=", ".join(parts))]
        if len(plan.moving):
            text = self.tr(
                "Keeping them on one side moves {count} of the training tiles to validation."
            )
            words.append(text.format(count=f"{len(plan.moving):,}"))
        return " ".join(words)

    def _leak(self, leak: "Leak") -> str:
        names = filter_words.splits()
        return self.tr("{pairs} in {one} and {other}").format(
            pairs=f"{leak.pairs:,}",
            one=names[Split(leak.sides[0])],
            other=names[Split(leak.sides[1])],
        )

    def _ask_for_tiles(self) -> None:
        if self.report is not None and self.report.leaks:
            self.tiles_asked.emit(self.report.leaks[0].tiles)
