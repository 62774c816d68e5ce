"""Whether the map beside the tile can be trusted: the sanity check, asked for with a button."""

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton

from histoviewer.domain.arrays import Int64
from histoviewer.domain.explanation import Explanation, SanityCheck
from histoviewer.jobs.job import Operation
from histoviewer.ui.explain.enquiry import Enquiry
from histoviewer.ui.widgets import label
from histoviewer.ui.workbench import Workbench

_TILES: Final = 8  # as `services.explaining.check_sanity` wants for a steady answer


class TrustCheck(QObject):
    """A button that has the shown map checked, and the sentence that came of it. UI thread only.

    What was found belongs to one map: with another one it is withdrawn, and what is under way ends.

    Args:
        bench: The open project and its lanes.
        in_view: Returns (n,) tiles that may be looked at beside that of the map.
        parent: Owner; lays out button and verdict.
    """

    def __init__(
        self, bench: Workbench, *, in_view: Callable[[], Int64], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bench, self._in_view = bench, in_view
        self._shown: Explanation | None = None
        self._enquiry: Enquiry[SanityCheck] = Enquiry(bench, self.tr("Check the map"), self)
        self.button = QPushButton(self.tr("Can this be trusted?"))
        self.verdict = label("", wraps=True)
        self.button.clicked.connect(self._ask)
        self.offer(None)

    def offer(self, shown: Explanation | None) -> None:
        """Let a map be checked, of one tile; None while there is none."""
        self._enquiry.drop()
        self._shown = shown
        self._say("")

    def _ask(self) -> None:
        workspace, shown = self._bench.workspace, self._shown
        assert workspace is not None, "a map is of a project"
        assert shown is not None, "the button is off without a map"
        tiles = self._with_others(shown.tiles)

        def start() -> Operation[SanityCheck]:
            from histoviewer.services.explaining import check_sanity

            return (
                yield from check_sanity(
                    workspace=workspace,
                    tiles=tiles,
                    settings=shown.settings,
                    model_id=shown.model.id,
                )
            )

        self._enquiry.ask(start, show=self._show, fail=lambda error: self._say(str(error)))
        self._say(self.tr("Checking…"))

    def _with_others(self, tiles: Int64) -> Int64:
        """Return some tiles and others in view: one alone may look like anything."""
        others = self._in_view()
        return np.concatenate([tiles, others[~np.isin(others, tiles)]])[:_TILES]

    def _show(self, found: SanityCheck) -> None:
        if found.passed:
            text = self.tr(
                "The map depends on what model {number} learned: with random weights nothing but "
                "a rank correlation of {value} is left of it."
            )
        else:
            text = self.tr(
                "Do not trust this map: with random weights in place of what model {number} "
                "learned, a rank correlation of {value} is left of it."
            )
        left = found.steps[-1].similarity
        verdict = text.format(number=found.model.number, value=f"{left:.2f}")
        self._say(f"{verdict} {self._basis_of(found)}")

    def _basis_of(self, found: SanityCheck) -> str:
        """Say over how many tiles the correlation is: of one it is not steady."""
        if found.tiles == 1:
            return self.tr(
                "Only this tile was checked: with more tiles in view the answer is steadier."
            )
        text = self.tr("That is the mean of {count} tiles: this one and others in view.")
        return text.format(count=found.tiles)

    def _say(self, text: str) -> None:
        self.verdict.setText(text)
        self.verdict.setVisible(bool(text))
        self.button.setEnabled(self._shown is not None and not self._enquiry.is_open)
        self.button.setToolTip(self._tip)

    @property
    def _tip(self) -> str:
        if self._enquiry.is_open:
            return self.tr("The map is being checked")
        if self._shown is None:
            return self.tr("There is no map to check yet")
        return self.tr(
            "Make the weights of the model random and see whether the map changes: "
            "one that does not, shows the tile and not the model"
        )
