"""Changing keys: choose a command, press a key, see what it starts already, set it."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.ui.commands.command import Command
from histoviewer.ui.commands.table import COMMANDS
from histoviewer.ui.preferences import Preferences
from histoviewer.ui.settings.key_table import COMMAND, KeyTable
from histoviewer.ui.tables import show_table
from histoviewer.ui.theme import GAP
from histoviewer.ui.widgets import label

_LINES: Final = 12
# The grid and the dialogs move by these: as a command's key they would be taken from everybody.
_MOVING: Final = ("Left", "Right", "Up", "Down", "PgUp", "PgDown", "Home", "End", "Tab", "Esc")
_RESERVED: Final = frozenset(
    QKeySequence(f"{modifier}{name}").toString() for name in _MOVING for modifier in ("", "Shift+")
)


class KeyEditor(QWidget):
    """The table of keys and what changes it. UI thread only.

    Args:
        preferences: The keys in force.
        parent: Owner.
    """

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.table = KeyTable(preferences, self)
        self._matching = QSortFilterProxyModel(self)
        self.search = QLineEdit()
        self.list = QTableView()
        self.capture = QKeySequenceEdit()
        self.verdict = label("", wraps=True)
        self.set = QPushButton(self.tr("Set"))
        self.add = QPushButton(self.tr("Add"))
        self.remove = QPushButton(self.tr("Remove keys"))
        self.reset = QPushButton(self.tr("Usual keys"))
        self.reset_all = QPushButton(self.tr("All as usual"))
        self._build()
        self._lay_out()
        self._connect()

    @property
    def command(self) -> Command | None:
        """Return the command that is chosen; None where none is."""
        index = self.list.currentIndex()
        return (
            self.table.command(self._matching.mapToSource(index).row()) if index.isValid() else None
        )

    def choose(self, command_id: str) -> None:
        """Choose a command."""
        self._fill()
        rows = (row for row, each in enumerate(COMMANDS) if each.id == command_id)
        self.list.selectRow(self._matching.mapFromSource(self.table.index(next(rows), 0)).row())

    def showEvent(self, event: QShowEvent) -> None:
        """Fill the list, which few readers ever look at.

        A table as high and wide as its texts asks for each of them over and over while the window
        is laid out: half of what it took to make all pages.
        """
        self._fill()
        super().showEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go on from the list to the key with Enter."""
        if (
            watched is self.list
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.capture.setFocus()
            return True
        return super().eventFilter(watched, event)

    # --- how it is built

    def _fill(self) -> None:
        if self._matching.sourceModel() is not self.table:
            self._matching.setSourceModel(self.table)
            title = self.tr("Commands and their keys")
            show_table(self.list, self._matching, title, widest=COMMAND)  # of columns there are now
            self.list.selectRow(0)

    def _build(self) -> None:
        self._matching.setFilterKeyColumn(-1)
        self._matching.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search.setPlaceholderText(self.tr("Find a command or a key"))
        self.search.setAccessibleName(self.tr("Find a command or a key"))
        self.search.setClearButtonEnabled(True)
        self.capture.setMaximumSequenceLength(1)
        self.capture.setAccessibleName(self.tr("New key of the command"))
        self.capture.setToolTip(self.tr("Press the new key here; Tab goes on."))
        self.set.setToolTip(self.tr("Let only this key start the command."))
        self.add.setToolTip(self.tr("Let this key start the command besides those it has."))
        self.remove.setToolTip(self.tr("Let no key start the command."))
        self.reset.setToolTip(self.tr("Give the command its usual keys back."))
        self.reset_all.setToolTip(self.tr("Give every command its usual keys back."))
        view = self.list
        view.setModel(self._matching)
        view.setObjectName("keys")
        view.setMinimumHeight(self.fontMetrics().lineSpacing() * _LINES * 2)

    def _lay_out(self) -> None:
        press = label(self.tr("New key"))
        press.setBuddy(self.capture)
        row = QHBoxLayout()
        row.addWidget(press)
        for widget in (self.capture, self.set, self.add):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.remove, self.reset, self.reset_all):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.search)
        column.addWidget(self.list)
        column.addLayout(row)
        column.addWidget(self.verdict)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._matching.setFilterFixedString)
        self.list.selectionModel().currentRowChanged.connect(self._begin)
        self.list.doubleClicked.connect(lambda _: self.capture.setFocus())
        self.list.installEventFilter(self)
        self.capture.keySequenceChanged.connect(self._judge)
        self.set.clicked.connect(lambda: self._take(replaces=True))
        self.add.clicked.connect(lambda: self._take(replaces=False))
        self.remove.clicked.connect(lambda: self._put(()))
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._preferences.reset_keys)
        self._preferences.keymap_changed.connect(self._judge)

    # --- what it does

    def _begin(self) -> None:
        """Forget the key that was pressed for the command before."""
        self.capture.clear()
        self._judge()

    def _judge(self) -> None:
        """Say what the pressed key does now, and offer what can be done."""
        command, key = self.command, self.capture.keySequence().toString()
        is_reserved = key in _RESERVED
        can_take = command is not None and bool(key) and not is_reserved
        has_keys = command is not None and bool(self._keys_of(command.id))
        self.set.setEnabled(can_take)
        self.add.setEnabled(can_take and has_keys)
        self.remove.setEnabled(has_keys)
        self.reset.setEnabled(command is not None and self.table.is_changed(command.id))
        self.reset_all.setEnabled(any(self.table.is_changed(each.id) for each in COMMANDS))
        self.verdict.setText(self._explain(command, key, is_reserved=is_reserved))

    def _explain(self, command: Command | None, key: str, *, is_reserved: bool) -> str:
        if command is None:
            return self.tr("Choose a command.")
        name = command.plain_title.removesuffix("…")
        if not key:
            return self.tr("Press the new key for “{name}” in the field.").format(name=name)
        if is_reserved:
            return self.tr("{key} moves from one thing to the next: press another.").format(key=key)
        user = self._preferences.keymap.user_of(key)
        if user is None:
            return self.tr("{key} is free.").format(key=key)
        if user == command.id:
            return self.tr("{key} starts “{name}” already.").format(key=key, name=name)
        other = next(each for each in COMMANDS if each.id == user)
        clash = self.tr("Clash: {key} starts “{other}” now; setting it here takes it from there.")
        return clash.format(key=key, other=other.plain_title.removesuffix("…"))

    def _keys_of(self, command: str) -> tuple[str, ...]:
        return self._preferences.keymap.keys.get(command, ())

    def _take(self, *, replaces: bool) -> None:
        key, command = self.capture.keySequence().toString(), self.command
        if command is not None:
            kept = () if replaces else self._keys_of(command.id)
            self._put((*(each for each in kept if each != key), key))

    def _put(self, names: tuple[str, ...]) -> None:
        if self.command is not None:
            self._preferences.set_keys(self.command.id, names)
            self.capture.clear()

    def _reset(self) -> None:
        if self.command is not None:
            self._put(self.table.usual(self.command.id))
