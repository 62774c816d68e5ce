"""The form of a list of tables: the blocks of a network, the dense layers of its head."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from histoviewer.ui import icons
from histoviewer.ui.models.recipes.spec import fields_of, kind_name
from histoviewer.ui.models.recipes.summary import summary
from histoviewer.ui.models.recipes.table_form import TableForm
from histoviewer.ui.models.recipes.words import block_title, section_title
from histoviewer.ui.theme import GAP, TIGHT, Theme
from histoviewer.ui.widgets import label

Entry = dict[str, Any]

_LETTERS: Final = 34
_LINES: Final = 5  # of the shortest list
_SIGN: Final = 16  # pixels


class EntryList(QListWidget):
    """A list whose entries are moved by Alt with the arrows, and removed by Delete."""

    move_asked = Signal(int)
    remove_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._follow_text_size()

    def changeEvent(self, event: QEvent) -> None:
        """Keep room for the same number of letters and lines in another text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._follow_text_size()

    def _follow_text_size(self) -> None:
        metrics = self.fontMetrics()
        self.setFixedWidth(metrics.averageCharWidth() * _LETTERS)
        self.setMinimumHeight(metrics.lineSpacing() * _LINES)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move or remove the chosen entry; leave other keys to the list."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() == Qt.KeyboardModifier.AltModifier:
            self.move_asked.emit(step)
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_asked.emit()
        else:
            super().keyPressEvent(event)


class ListForm(QWidget):
    """The entries on the left, the form of the chosen one on the right. UI thread only.

    Args:
        tables: The tables that the list may hold.
        section: Key of the list in the recipe.
        theme: Colours of the signs.
        parent: Owner.
    """

    changed = Signal()
    chosen = Signal(int)  # place of the entry that is shown; -1 for none

    def __init__(
        self, tables: Sequence[type], section: str, *, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tables = {kind_name(table): table for table in tables}
        self._section = section
        self._theme = theme
        self._entries: list[Entry] = []
        self._fault: tuple[int, str, str] | None = None  # place, key, what is wrong
        self.list = EntryList()
        self._forms = QStackedWidget()
        self._nothing = label(self.tr("Nothing here yet."), role="muted")
        self._form_of = {
            kind: TableForm(fields_of(table), section) for kind, table in self._tables.items()
        }
        self._buttons: dict[str, QToolButton] = {}
        self.adder = self._make_adder()
        self._lay_out()
        self._connect()
        theme.changed.connect(self._draw_icons)
        self._draw_icons()

    @property
    def forms(self) -> Mapping[str, TableForm]:
        """Return the forms by the kind of entry that they show; only one is seen at a time."""
        return dict(self._form_of)

    def tables(self) -> list[Entry]:
        """Return what a file would say now, entry by entry."""
        return [dict(entry) for entry in self._entries]

    def show_tables(self, tables: Sequence[Mapping[str, Any]]) -> None:
        """Show what a file says, entry by entry, and choose the first."""
        self._entries = [dict(table) for table in tables]
        self._fill(0)

    def choose(self, place: int) -> None:
        """Choose an entry."""
        self.list.setCurrentRow(place)

    def show_fault(self, place: int | None, name: str, text: str) -> None:
        """Mark the entry that is wrong and say what is wrong with it; None for no entry.

        It is also chosen, unless somebody is writing here: what is half written may be wrong
        elsewhere in the list, and the rest of it would go there.
        """
        self._fault = None if place is None else (place, name, text)
        self._mark()
        if place is not None and not self._has_keyboard():
            self.list.setCurrentRow(place)
        self._tell_fault()

    # --- how it is built

    def _lay_out(self) -> None:
        title = section_title(self._section)
        self.list.setObjectName("entries")
        self.list.setAccessibleName(title)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._forms.addWidget(self._nothing)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        for form in self._form_of.values():
            self._forms.addWidget(form)
        tools = QHBoxLayout()
        tools.setSpacing(TIGHT)
        tools.addWidget(self.adder)
        for name, text in self._tools().items():
            tools.addWidget(self._make_tool(name, text))
        tools.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(TIGHT)
        left.addLayout(tools)
        left.addWidget(self.list, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP * 2)
        row.addLayout(left)
        row.addWidget(self._forms, 1)

    def _tools(self) -> dict[str, str]:
        return {
            "copy": self.tr("Duplicate"),
            "arrow-up": self.tr("Move up (Alt+Up)"),
            "arrow-down": self.tr("Move down (Alt+Down)"),
            "close": self.tr("Remove (Delete)"),
        }

    def _make_adder(self) -> QPushButton:
        button = QPushButton(self.tr("Add"))
        button.setObjectName("compact")
        button.setAccessibleName(self.tr("Add to {list}").format(list=section_title(self._section)))
        button.setToolTip(self.tr("Add one after the one that is chosen."))
        if len(self._tables) == 1:
            (kind,) = self._tables
            button.clicked.connect(lambda: self._add(kind))
            return button
        menu = QMenu(button)
        for kind in self._tables:
            menu.addAction(block_title(kind)).triggered.connect(
                lambda _=False, k=kind: self._add(k)
            )
        button.setMenu(menu)
        return button

    def _make_tool(self, name: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._buttons[name] = button
        return button

    def _draw_icons(self) -> None:
        for name, button in self._buttons.items():
            button.setIcon(icons.icon(name, self._theme))
        self._mark()

    def _connect(self) -> None:
        acts = {
            "copy": self.duplicate,
            "arrow-up": lambda: self._move(-1),
            "arrow-down": lambda: self._move(1),
            "close": self._remove,
        }
        for name, act in acts.items():
            self._buttons[name].clicked.connect(act)
        self.list.move_asked.connect(self._move)
        self.list.remove_asked.connect(self._remove)
        self.list.currentRowChanged.connect(self._show_entry)
        for kind, form in self._form_of.items():
            form.changed.connect(lambda kind=kind: self._take(kind))

    # --- what is shown

    def _fill(self, place: int) -> None:
        """List all entries anew and choose one."""
        self._fault = None  # of places that are no more
        with QSignalBlocker(self.list):
            self.list.clear()
            self.list.addItems([self._text(number) for number in range(len(self._entries))])
            self.list.setCurrentRow(min(place, len(self._entries) - 1))
        self._show_entry(self.list.currentRow())

    def _text(self, place: int) -> str:
        return f"{place + 1}  {summary(self._entries[place])}"

    def _show_entry(self, place: int) -> None:
        if 0 <= place < len(self._entries):
            entry = self._entries[place]
            kind = entry.get("kind", "")
            self._form_of[kind].show_table(entry)
            self._forms.setCurrentIndex(1 + list(self._tables).index(kind))
            self._tell_fault()
        else:
            self._forms.setCurrentIndex(0)
        self._enable(place)
        self.chosen.emit(place)

    def _has_keyboard(self) -> bool:
        return self.isAncestorOf(self.window().focusWidget())

    def _mark(self) -> None:
        """Show in the list which entry is wrong."""
        wrong, _, text = self._fault or (-1, "", "")
        for place in range(self.list.count()):
            item, sign, said = self.list.item(place), QIcon(), None
            if place == wrong:
                sign = QIcon(icons.pixmap("error", self._theme.tokens.danger, _SIGN))
                said = f"{item.text()}. {text}"
            item.setIcon(sign)
            item.setToolTip(text if said else "")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)

    def _tell_fault(self) -> None:
        """Say below its key what is wrong with the entry that is shown."""
        place, name, text = self._fault or (-1, "", "")
        is_shown = place == self.list.currentRow()
        for form in self._form_of.values():
            form.show_fault(name if is_shown else "", text)

    def _enable(self, place: int) -> None:
        last = len(self._entries) - 1
        can = {"copy": place >= 0, "arrow-up": place > 0, "arrow-down": 0 <= place < last}
        for name, button in self._buttons.items():
            button.setEnabled(can.get(name, place >= 0))

    # --- what is changed

    def _take(self, kind: str) -> None:
        place = self.list.currentRow()
        tag = {"kind": kind} if kind else {}
        self._entries[place] = {**tag, **self._form_of[kind].table()}
        self.list.item(place).setText(self._text(place))
        self.changed.emit()

    def _add(self, kind: str) -> None:
        starts = {spec.name: spec.start for spec in fields_of(self._tables[kind])}
        entry = {name: value for name, value in starts.items() if value is not None}
        self._insert(self.list.currentRow() + 1, {"kind": kind, **entry} if kind else entry)

    def duplicate(self) -> None:
        """Add a copy of the chosen entry after it."""
        place = self.list.currentRow()
        self._insert(place + 1, dict(self._entries[place]))

    def _insert(self, place: int, entry: Entry) -> None:
        self._entries.insert(place, entry)
        self._fill(place)
        self.changed.emit()

    def _move(self, step: int) -> None:
        place = self.list.currentRow()
        if 0 <= place + step < len(self._entries) and place >= 0:
            entry = self._entries.pop(place)
            self._insert(place + step, entry)

    def _remove(self) -> None:
        place = self.list.currentRow()
        if place >= 0:
            del self._entries[place]
            self._fill(place)
            self.changed.emit()
