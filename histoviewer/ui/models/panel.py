"""What a panel of the models page is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from histoviewer.ui.pages import PageContext
from histoviewer.ui.translation import translate

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.changes import Changes
    from histoviewer.services.opening import Workspace


class Panel(QWidget):
    """A panel of the models page; one implements what it has a use for. UI thread only.

    It hands the keyboard on to what is used first by `setFocusProxy`.

    Args:
        parent: Owner.
    """

    changed = Signal(object)  # Changes made on it
    notice = Signal(str)  # one sentence for the reader

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show a project; None for none."""

    def apply_changes(self, changes: "Changes") -> None:
        """Refresh what changed, wherever it was changed; `changes.initiator` may be this panel."""

    def state(self) -> dict[str, Any]:
        """Return what to remember of the project that is shown, as JSON values."""
        return {}

    def restore(self, values: Mapping[str, Any]) -> None:
        """Go back to a remembered state; what cannot be read is left as it is."""

    def close_threads(self) -> None:
        """End the panel's threads and timers; it is not used any more."""


PanelFactory = Callable[[PageContext], Panel]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelEntry:
    """One panel.

    Args:
        id: Key of its remembered state.
        text: English title, marked for translation in the context 'panels'.
        tip: What it is for, one sentence in English, marked in the same context.
        load: Imports what makes it, in the background: that may take long.
    """

    id: str
    text: str
    tip: str
    load: Callable[[], PanelFactory]

    @property
    def title(self) -> str:
        """Return the title in the reader's language."""
        return translate("panels", self.text)

    @property
    def explanation(self) -> str:
        """Return the tip in the reader's language."""
        return translate("panels", self.tip)
