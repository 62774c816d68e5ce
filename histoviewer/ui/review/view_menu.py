"""The button with the saved views: to apply, save, rename and delete them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QSizePolicy, QToolButton, QWidget

from histoviewer.domain.triage import Query
from histoviewer.domain.view_rules import to_rule
from histoviewer.domain.views import SavedView

_LETTERS: Final = 24  # of a name, before it is cut


class ViewMenu(QToolButton):
    """Shows which saved view is applied, and offers what can be done with views. UI thread only.

    Args:
        parent: Owner.
    """

    applied = Signal(str)  # name
    saved = Signal(str)  # name for what is asked for now
    renamed = Signal(str, str)  # name, new name
    deleted = Signal(str)  # name
    brought_back = Signal(object)  # SavedView that was deleted

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views: Sequence[SavedView] = ()
        self._rule: Mapping[str, Any] = to_rule(Query())
        self._deleted: SavedView | None = None
        self.setObjectName("views")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(self.tr("Filters and order that you saved under a name"))
        self.choices = QMenu(self)
        self.choices.aboutToShow.connect(self._fill)
        self.setMenu(self.choices)
        self._show_name()

    def set_views(self, views: Sequence[SavedView]) -> None:
        """Offer these views."""
        self._views = views
        self._show_name()

    def show_query(self, query: Query) -> None:
        """Note what is asked for now, to say which view that is and to save it."""
        self._rule = to_rule(query)
        self._show_name()

    def remember_deleted(self, view: SavedView) -> None:
        """Offer to bring back a view that was deleted."""
        self._deleted = view

    def forget_deleted(self) -> None:
        """Offer to bring back nothing."""
        self._deleted = None

    @property
    def current(self) -> str | None:
        """Return the name of the view that asks for the same as is asked for now."""
        return next((view.name for view in self._views if view.rule == self._rule), None)

    def _show_name(self) -> None:
        name = self.current
        text = self.tr("Saved views") if name is None else self.tr("View: {name}")
        cut = name if name is None or len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
        self.setText(text.format(name=cut).replace("&", "&&"))
        self.setAccessibleName(text.format(name=name))

    def _fill(self) -> None:
        menu = self.choices
        menu.clear()
        for view in self._views:
            action = menu.addAction(_plain(view.name))
            action.setCheckable(True)
            action.setChecked(view.rule == self._rule)
            action.triggered.connect(partial(self.applied.emit, view.name))
        if not self._views:
            menu.addAction(self.tr("No view has been saved yet")).setEnabled(False)
        menu.addSeparator()
        menu.addAction(self.tr("&Save what is shown…"), self.ask_for_name)
        rename, delete = QMenu(self.tr("&Rename"), menu), QMenu(self.tr("&Delete"), menu)
        for submenu, act in ((rename, self._ask_for_other_name), (delete, self.deleted.emit)):
            menu.addMenu(submenu).setEnabled(bool(self._views))
            for view in self._views:
                submenu.addAction(_plain(view.name)).triggered.connect(partial(act, view.name))
        if self._deleted is not None:
            text = self.tr("&Bring back {name}").format(name=_plain(self._deleted.name))
            menu.addAction(text, partial(self.brought_back.emit, self._deleted))

    def ask_for_name(self) -> None:
        """Ask what to call what is shown now, and save it."""
        text = self.tr("Name of the view. One of the same name is replaced.")
        self._ask(self.tr("Save what is shown"), text, self.current or "", self.saved.emit)

    def _ask_for_other_name(self, name: str) -> None:
        text = self.tr("New name of the view")
        self._ask(self.tr("Rename a view"), text, name, partial(self.renamed.emit, name))

    def _ask(self, title: str, text: str, name: str, then: Callable[[str], object]) -> None:
        dialog = QInputDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(title)
        dialog.setLabelText(text)
        dialog.setTextValue(name)
        dialog.textValueSelected.connect(
            lambda value: then(value.strip()) if value.strip() else None
        )
        dialog.open()


def _plain(name: str) -> str:
    """Return a name as a menu shows it unchanged."""
    return name.replace("&", "&&")
