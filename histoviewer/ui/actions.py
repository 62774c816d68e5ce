"""The commands as Qt actions: one of each, shown in menus, toolbars and on buttons alike."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from histoviewer.ui import icons
from histoviewer.ui.commands.command import Command, Target
from histoviewer.ui.commands.rules import Situation
from histoviewer.ui.commands.table import COMMANDS
from histoviewer.ui.keymap import KeyMap
from histoviewer.ui.theme import Theme


class ActionSet(QObject):
    """One `QAction` a command. UI thread only.

    Args:
        parent: The window.
        keymap: Which keys start what.
        theme: Colours of the icons.
        target: Returns who carries out the commands of a kind now; None where nobody does.
    """

    situation_changed = Signal()

    def __init__(
        self,
        parent: QObject,
        *,
        keymap: KeyMap,
        theme: Theme,
        target: Callable[[Target], object | None],
    ) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._theme = theme
        self._target = target
        self._commands = {command.id: command for command in COMMANDS}
        self._reasons: dict[str, str] = {}
        self._actions = {command.id: self._make(command) for command in COMMANDS}
        self._draw_icons()
        theme.changed.connect(self._draw_icons)
        self.situation = Situation()
        self.update(self.situation)

    def __getitem__(self, command_id: str) -> QAction:
        """Return the action of a command."""
        return self._actions[command_id]

    def all(self) -> list[QAction]:
        """Return every action, in the order of the table."""
        return list(self._actions.values())

    def key(self, command_id: str) -> str:
        """Return the main key of a command as this platform writes it; '' where it has none."""
        return self._keymap.shown(command_id)

    def reason(self, command_id: str) -> str:
        """Return why a command cannot be used now; '' where it can."""
        return self._reasons[command_id]

    def update(self, now: Situation) -> None:
        """Enable what can be used now; say in the tooltip why the rest cannot.

        Called after each verdict: what has not changed is not touched.
        """
        for command_id, command in self._commands.items():
            reason = command.rule(now) or self._nobody(command)
            if reason != self._reasons.get(command_id):
                self._reasons[command_id] = reason
                self._actions[command_id].setEnabled(not reason)
                self._actions[command_id].setToolTip(self._tool_tip(command, reason))
        self._actions["review.advance"].setChecked(now.advances)
        self._actions["review.blind"].setChecked(now.blind)
        self._actions["view.maps"].setChecked(now.maps)
        self._name_step("edit.undo", now.undo)
        self._name_step("edit.redo", now.redo)
        self._name_class("review.positive", now.positive)
        self._name_class("review.negative", now.negative)
        self._count_queue(now.queue_length)
        if now != self.situation:
            self.situation = now
            self.situation_changed.emit()

    def _make(self, command: Command) -> QAction:
        action = QAction(command.title, self)
        action.setObjectName(command.id)
        action.setShortcuts(self._keymap.sequences(command.id))
        if command.short:
            action.setIconText(command.button_text)
        action.setCheckable(command.checkable)
        action.triggered.connect(lambda checked, c=command: self._start(c, checked=checked))
        return action

    def set_keymap(self, keymap: KeyMap) -> None:
        """Start the commands by other keys from now on."""
        self._keymap = keymap
        for command_id, action in self._actions.items():
            action.setShortcuts(keymap.sequences(command_id))
            action.setToolTip(self._tool_tip(self._commands[command_id], self._reasons[command_id]))

    def _nobody(self, command: Command) -> str:
        """Return the reason where the page that is shown has no use for a command."""
        if command.target is not Target.PAGE:
            return ""
        if hasattr(self._target(command.target), command.method):
            return ""
        return self.tr("This page has no tiles for it: go to the review page.")

    def _start(self, command: Command, *, checked: bool) -> None:
        target = self._target(command.target)
        if target is None:
            return
        method = getattr(target, command.method)
        if command.checkable:
            method(checked)
        else:
            method(*command.arguments)

    def _tool_tip(self, command: Command, reason: str) -> str:
        key = self._keymap.shown(command.id)
        title = command.plain_title.removesuffix("…")
        head = f"<b>{title}</b>" + (f" &nbsp;<code>{key}</code>" if key else "")
        tail = f"<br><i>{reason}</i>" if reason else ""
        return f"{head}<br>{command.explanation}{tail}"

    def _name_step(self, command_id: str, step: str) -> None:
        """Let undo and redo say what they would do: 'Undo relabel 300 tiles'."""
        self._actions[command_id].setText(f"&{step}" if step else self._commands[command_id].title)

    def _name_class(self, command_id: str, name: str) -> None:
        """Let a label be called what the data set calls it, where that is more than a number."""
        command, action = self._commands[command_id], self._actions[command_id]
        action.setText(f"{command.title} ({name})" if name else command.title)
        action.setIconText(command.button_text if name.isdigit() or not name else name)

    def _count_queue(self, count: int) -> None:
        title = self._commands["model.retrain"].title
        self._actions["model.retrain"].setText(f"{title} ({count:,})" if count else title)

    def _draw_icons(self) -> None:
        for command_id, action in self._actions.items():
            name = self._commands[command_id].icon
            if name:
                action.setIcon(icons.icon(name, self._theme))
