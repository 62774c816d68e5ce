"""The commands that go to a page: one for each entry of `ui.pages.PAGES`."""

from typing import Final

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu, Target
from histoviewer.ui.pages import PAGES, PageEntry


def _command(entry: PageEntry, *, is_first: bool) -> Command:
    return Command(
        id=f"page.{entry.id}",
        text=entry.text,
        tip=entry.tip,
        icon=entry.icon,
        menu=Menu.VIEW,
        method="show_page",
        arguments=(entry.id,),
        target=Target.PAGES,
        rule=rules.can_show(entry.id, needs_project=entry.needs_project),
        separated=is_first,
        context="pages",
    )


COMMANDS: Final = tuple(_command(entry, is_first=place == 0) for place, entry in enumerate(PAGES))
