"""What the commands of triage do on a page where tiles are judged."""

from PySide6.QtCore import SignalInstance


class TriageCommands:
    """Methods that the table of commands names; for a page with tiles to judge.

    The page knows no models: whoever attached itself to it does what is asked for.

    Attributes:
        similar_asked: Asks for the tiles most like those that a verdict would fall on.
        batch_asked: Asks for the tiles to look at next.
        issues_asked: Asks for the labels that are probably wrong.
        outliers_asked: Asks how strange each tile looks.
    """

    similar_asked: SignalInstance
    batch_asked: SignalInstance
    issues_asked: SignalInstance
    outliers_asked: SignalInstance

    def find_similar(self) -> None:
        """Show the tiles most like the selected ones, else the current one (key S)."""
        self.similar_asked.emit()

    def ask_for_batch(self) -> None:
        """Ask how the tiles to look at next are chosen, and show them (key J)."""
        self.batch_asked.emit()

    def find_issues(self) -> None:
        """Find labels that are probably wrong."""
        self.issues_asked.emit()

    def find_outliers(self) -> None:
        """Work out how strange each tile looks."""
        self.outliers_asked.emit()
