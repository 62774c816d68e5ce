"""What the commands about verdicts do on a page where tiles are judged."""

from histoviewer.ui.review.blind import BlindRead
from histoviewer.ui.review.judging import Judge
from histoviewer.ui.steps import redo_text, undo_text


class VerdictCommands:
    """Methods that the table of commands names; for a page with tiles to judge.

    Attributes:
        judge: Takes the verdicts.
        blind: Hides what the model says until then.
    """

    judge: Judge
    blind: BlindRead

    def label(self, label: int) -> None:
        """Give the tiles a label (keys 1 and 0)."""
        self.judge.label(label)

    def answer(self, agree: bool) -> None:  # noqa: FBT001 - called by the key map with its argument
        """Confirm what the model says of the tiles, or reject it (keys A and X)."""
        self.judge.answer(agree=agree)

    def skip(self) -> None:
        """Pass over the tiles for now (key Space)."""
        self.judge.skip()

    def flag(self) -> None:
        """Flag the tiles, or take the flag off where all have it (key F)."""
        self.judge.flag()

    def clear(self) -> None:
        """Take back what was said of the tiles."""
        self.judge.clear()

    def undo(self) -> None:
        """Take back the newest step, and go to its tiles."""
        self.judge.undo()

    def redo(self) -> None:
        """Bring back the step taken back last, and go to its tiles."""
        self.judge.redo()

    def set_blind(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Hide what the model says until the verdict, or show it again (key B)."""
        self.blind.set_on(on=on)

    def set_advances(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Go on to the next undecided tile after a verdict, or stay."""
        self.judge.advances = on

    @property
    def advances(self) -> bool:
        """Return whether a verdict leads on to the next undecided tile."""
        return self.judge.advances

    @property
    def undo_text(self) -> str:
        """Return what undo would do, as 'Undo relabel 300 tiles'; '' where there is nothing."""
        return "" if self.judge.session is None else undo_text(self.judge.session.log)

    @property
    def redo_text(self) -> str:
        """Return what redo would do; '' where there is nothing."""
        return "" if self.judge.session is None else redo_text(self.judge.session.log)
