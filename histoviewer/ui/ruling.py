"""Buttons of pages that keep to the rules of the commands, and say why they cannot be used."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton

from histoviewer.ui.actions import ActionSet
from histoviewer.ui.commands.rules import Rule


class Ruling(QObject):
    """Enables a button as a rule says; where it cannot be used, its tip tells why. UI thread only.

    Args:
        button: Owns the ruling. Its tip of now says what it does.
        rule: When it can be used.
        actions: Know the situation.
    """

    def __init__(self, button: QPushButton, rule: Rule, actions: ActionSet) -> None:
        super().__init__(button)
        self._button, self._rule, self._actions = button, rule, actions
        self._tip, self._held = button.toolTip(), ""
        actions.situation_changed.connect(self._apply)
        self._apply()

    def hold(self, reason: str) -> None:
        """Let nobody use the button meanwhile.

        Args:
            reason: Why; '' to let the rule alone decide again.
        """
        self._held = reason
        self._apply()

    def _apply(self) -> None:
        reason = self._held or self._rule(self._actions.situation)
        self._button.setEnabled(not reason)
        self._button.setToolTip(f"{self._tip}<br><i>{reason}</i>" if reason else self._tip)
