"""The models page: a tab for each panel. A new panel is one more entry of `PANELS`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from histoviewer.ui.models.panel import Panel, PanelEntry, PanelFactory
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.translation import QT_TRANSLATE_NOOP
from histoviewer.ui.widgets import frame, heading, make_panel_tabs

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.changes import Changes
    from histoviewer.services.opening import Workspace


def _load_models() -> PanelFactory:
    from histoviewer.ui.models.models.panel import ModelsPanel

    return ModelsPanel


def _load_promotion() -> PanelFactory:
    from histoviewer.ui.models.promotion.panel import PromotionPanel

    return PromotionPanel


def _load_recipes() -> PanelFactory:
    from histoviewer.ui.models.recipes.panel import RecipesPanel

    return RecipesPanel


def _load_search() -> PanelFactory:
    from histoviewer.ui.models.search.panel import SearchPanel

    return SearchPanel


def _load_devices() -> PanelFactory:
    from histoviewer.ui.models.devices.panel import DevicesPanel

    return DevicesPanel


PANELS: Final = (
    PanelEntry(
        id="models",
        text=QT_TRANSLATE_NOOP("panels", "Models"),
        tip=QT_TRANSLATE_NOOP("panels", "See the models of this project and choose the champion."),
        load=_load_models,
    ),
    PanelEntry(
        id="promotion",
        text=QT_TRANSLATE_NOOP("panels", "Promotion"),
        tip=QT_TRANSLATE_NOOP(
            "panels", "See why a new model ranks the tiles or does not; promote it or roll back."
        ),
        load=_load_promotion,
    ),
    PanelEntry(
        id="recipes",
        text=QT_TRANSLATE_NOOP("panels", "Recipes"),
        tip=QT_TRANSLATE_NOOP("panels", "Read, edit and train recipes, and save them as new ones."),
        load=_load_recipes,
    ),
    PanelEntry(
        id="search",
        text=QT_TRANSLATE_NOOP("panels", "Search"),
        tip=QT_TRANSLATE_NOOP("panels", "Let variants of a recipe compete for the best AUC."),
        load=_load_search,
    ),
    PanelEntry(
        id="devices",
        text=QT_TRANSLATE_NOOP("panels", "This computer"),
        tip=QT_TRANSLATE_NOOP(
            "panels", "See what models are computed on, and why not on more than that."
        ),
        load=_load_devices,
    ),
)

LoadedPanels = Sequence[tuple[PanelEntry, PanelFactory]]


def load_panels() -> LoadedPanels:
    """Import every panel. Any thread but the UI thread."""
    return [(entry, entry.load()) for entry in PANELS]


class ModelsPage(Page):
    """The panels, one of which is shown. UI thread only.

    A panel is made when it is first shown or asked for: the form of a recipe alone has two hundred
    controls, which nobody who only reviews should wait for.

    Args:
        context: What the window gives its pages.
        panels: As `load_panels` returns them.
        parent: Owner.
    """

    def __init__(
        self, context: PageContext, panels: LoadedPanels, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._makers = {entry.id: make for entry, make in panels}
        self._made: dict[str, Panel] = {}
        self._workspace: Workspace | None = None
        self._kept: dict[str, Any] = {}  # remembered states of panels that are not made yet
        self.tabs = QTabBar()
        self._stack = QStackedWidget()
        self._lay_out([entry for entry, _ in panels])
        self.tabs.currentChanged.connect(self._show_current)
        self._add_keys()

    @property
    def panels(self) -> Mapping[str, Panel]:
        """Return the panels by id, in their order; those that are not made yet are made."""
        return {name: self._panel(name) for name in self._makers}

    @property
    def current_id(self) -> str:
        """Return the id of the panel that is shown."""
        return list(self._makers)[self.tabs.currentIndex()]

    def show_panel(self, panel_id: str) -> Panel:
        """Go to a panel, give it the keyboard, and return it."""
        self.tabs.setCurrentIndex(list(self._makers).index(panel_id))
        panel = self._panel(panel_id)
        self._stack.setCurrentWidget(panel)
        panel.setFocus()
        return panel

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Let every panel show a project; None for none."""
        self._workspace = workspace
        for panel in self._made.values():
            panel.show_workspace(workspace)

    def apply_changes(self, changes: "Changes") -> None:
        """Let every panel show what changed."""
        for panel in self._made.values():
            panel.apply_changes(changes)

    def state(self) -> dict[str, Any]:
        """Return which panel is shown, and the state of each."""
        made = {name: panel.state() for name, panel in self._made.items()}
        return {"panel": self.current_id, "panels": {**self._kept, **made}}

    def restore(self, values: Mapping[str, Any]) -> None:
        """Go back to a remembered panel and the state of each."""
        kept = values.get("panels")
        self._kept = kept if isinstance(kept, dict) else {}
        for name, panel in self._made.items():
            self._restore(name, panel)
        if (shown := values.get("panel")) in self._makers:
            self.tabs.setCurrentIndex(list(self._makers).index(str(shown)))

    def close_threads(self) -> None:
        """End the threads and timers of the panels."""
        for panel in self._made.values():
            panel.close_threads()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the panel that is to be seen."""
        super().showEvent(event)
        self._show_current()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the panel that is shown."""
        super().focusInEvent(event)
        self._panel(self.current_id).setFocus(event.reason())

    def _lay_out(self, entries: Sequence[PanelEntry]) -> None:
        make_panel_tabs(self.tabs, self.tr("Parts of the models page"))
        for entry in entries:
            self.tabs.setTabToolTip(self.tabs.addTab(entry.title), entry.explanation)
        head = frame("tabs")
        line = QVBoxLayout(head)
        line.setContentsMargins(WIDE, WIDE, WIDE, 0)
        line.setSpacing(GAP)
        line.addWidget(heading(self.tr("Models"), scale=1.4))
        line.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._stack, 1)

    def _show_current(self, *_: int) -> None:
        if self.isVisible():
            self._stack.setCurrentWidget(self._panel(self.current_id))

    def _panel(self, name: str) -> Panel:
        """Return a panel; one that is made now shows what the others have been told to show."""
        if name not in self._made:
            panel = self._made[name] = self._makers[name](self._context)
            self._stack.addWidget(panel)
            panel.changed.connect(self.changed)
            panel.notice.connect(self.notice)
            panel.show_workspace(self._workspace)
            self._restore(name, panel)
        return self._made[name]

    def _restore(self, name: str, panel: Panel) -> None:
        if isinstance(state := self._kept.get(name), dict):
            panel.restore(state)

    def _add_keys(self) -> None:
        for keys, step in ((Qt.Key.Key_PageDown, 1), (Qt.Key.Key_PageUp, -1)):
            sequence = QKeySequence(Qt.KeyboardModifier.ControlModifier | keys)
            shortcut = QShortcut(sequence, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._move(step))

    def _move(self, step: int) -> None:
        place = (self.tabs.currentIndex() + step) % self.tabs.count()
        self.show_panel(list(self._makers)[place])
