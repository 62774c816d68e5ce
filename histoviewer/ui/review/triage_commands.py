"""What the commands of triage do on a page where tiles are judged."""

from PySide6.QtCore import SignalInstance


class TriageCommands:
    """Methods that the table of commands names; for a page with tiles to judge.

    The page knows no models: whoever attached itself to it does what is asked for.

    Attributes:
        similar_asked: Asks for the tiles most like those that a verdict would fall on.
    """

    similar_asked: SignalInstance

    def find_similar(self) -> None:
        """Show the tiles most like the selected ones, else the current one (key S)."""
        self.similar_asked.emit()
