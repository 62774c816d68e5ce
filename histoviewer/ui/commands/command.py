"""A command of the window as data: what it is called, does, and when it can be used."""

from dataclasses import dataclass
from enum import StrEnum

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.rules import Rule
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate


class Menu(StrEnum):
    """The menus, in their order; the value is the English title, marked for translation."""

    FILE = QT_TRANSLATE_NOOP("commands", "&File")
    EDIT = QT_TRANSLATE_NOOP("commands", "&Edit")
    VIEW = QT_TRANSLATE_NOOP("commands", "&View")
    REVIEW = QT_TRANSLATE_NOOP("commands", "&Review")
    MODELS = QT_TRANSLATE_NOOP("commands", "&Models")
    HELP = QT_TRANSLATE_NOOP("commands", "&Help")

    @property
    def text(self) -> str:
        """Return the title in the reader's language, with its mnemonic."""
        return translate("commands", self.value)

    @property
    def plain_text(self) -> str:
        """Return the title in the reader's language as lists show it."""
        return self.text.replace("&", "")


class Target(StrEnum):
    """Who carries a command out."""

    WINDOW = "window"  # the window's own commands
    PAGE = "page"  # the page that is shown, where it has the method
    STEPS = "steps"  # the review page, seen or not: steps are taken back on every page
    PAGES = "pages"  # the stack of pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    Args:
        id: 'section.name', as in the key map.
        context: Where its texts stand in the translations.
        text: In the menu, with its mnemonic; English, marked for translation.
        short: On buttons; '' for the text in the menu.
        tip: One sentence that says what it does.
        icon: File name in `resources/icons`; '' for none.
        menu: The menu it stands in.
        method: Method of the target that carries it out.
        arguments: What the method is called with.
        target: Who carries it out.
        rule: When it can be used.
        checkable: Whether it switches something on and off.
        separated: Whether a line stands above it in the menu.
        on_tile: Whether the context menu of a tile has it, too.
    """

    id: str
    text: str
    tip: str
    short: str = ""
    icon: str = ""
    menu: Menu
    method: str
    arguments: tuple[int | str, ...] = ()
    target: Target = Target.WINDOW
    rule: Rule = rules.on_project
    checkable: bool = False
    separated: bool = False
    on_tile: bool = False
    context: str = "commands"

    @property
    def title(self) -> str:
        """Return the text in the reader's language, with its mnemonic."""
        return translate(self.context, self.text)

    @property
    def plain_title(self) -> str:
        """Return the text in the reader's language as buttons and lists show it."""
        return self.title.replace("&", "")

    @property
    def button_text(self) -> str:
        """Return what buttons show in the reader's language."""
        return translate(self.context, self.short) or self.plain_title

    @property
    def explanation(self) -> str:
        """Return the tip in the reader's language."""
        return translate(self.context, self.tip)
