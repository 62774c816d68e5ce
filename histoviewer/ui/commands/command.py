"""A command of the window as data: what it is called, does, and when it can be used."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.rules import Rule


class Menu(StrEnum):
    """The menus, in their order; the value is the English title."""

    FILE = "&File"
    EDIT = "&Edit"
    VIEW = "&View"
    REVIEW = "&Review"
    MODELS = "&Models"
    HELP = "&Help"


class Target(StrEnum):
    """Who carries a command out."""

    WINDOW = "window"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    Args:
        id: 'section.name', as in the key map.
        text: In the menu, with its mnemonic; English, marked for translation.
        short: On buttons; '' for the text in the menu.
        tip: One sentence that says what it does.
        icon: File name in `resources/icons`; '' for none.
        menu: The menu it stands in.
        method: Method of the target that carries it out.
        arguments: What the method is called with.
        target: The window's commands or the page that is shown.
        rule: When it can be used.
        checkable: Whether it switches something on and off.
        separated: Whether a line stands above it in the menu.
    """

    id: str
    text: str
    tip: str
    short: str = ""
    icon: str = ""
    menu: Menu
    method: str
    arguments: tuple[int, ...] = ()
    target: Target = Target.WINDOW
    rule: Rule = rules.on_project
    checkable: bool = False
    separated: bool = False

    @property
    def title(self) -> str:
        """Return the text in the reader's language, with its mnemonic."""
        return QCoreApplication.translate("commands", self.text)

    @property
    def plain_title(self) -> str:
        """Return the text in the reader's language as buttons and lists show it."""
        return self.title.replace("&", "")

    @property
    def button_text(self) -> str:
        """Return what buttons show in the reader's language."""
        return QCoreApplication.translate("commands", self.short) or self.plain_title

    @property
    def explanation(self) -> str:
        """Return the tip in the reader's language."""
        return QCoreApplication.translate("commands", self.tip)


def mark(text: str) -> str:
    """Mark a text for translation; it is translated when it is shown."""
    return str(QT_TRANSLATE_NOOP("commands", text))
