"""What the Edit menu holds: steps and the selection."""

from typing import Final

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu, Target, mark

COMMANDS: Final = (
    Command(
        id="edit.undo",
        text=mark("&Undo"),
        short=mark("Undo"),
        tip=mark("Take back the newest verdicts, be it one tile or ten thousand."),
        icon="undo",
        menu=Menu.EDIT,
        method="undo",
        target=Target.STEPS,
        rule=rules.can_undo,
        on_tile=True,
    ),
    Command(
        id="edit.redo",
        text=mark("&Redo"),
        short=mark("Redo"),
        tip=mark("Bring back what was taken back last."),
        icon="redo",
        menu=Menu.EDIT,
        method="redo",
        target=Target.STEPS,
        rule=rules.can_redo,
        on_tile=True,
    ),
    Command(
        id="edit.select-all",
        text=mark("Select &all"),
        tip=mark("Select every tile that matches the filter, not only those in sight."),
        icon="select-all",
        menu=Menu.EDIT,
        method="select_all",
        target=Target.PAGE,
        separated=True,
        on_tile=True,
    ),
    Command(
        id="edit.select-none",
        text=mark("Select &none"),
        tip=mark("Select no tile."),
        icon="select-none",
        menu=Menu.EDIT,
        method="select_none",
        target=Target.PAGE,
    ),
    Command(
        id="edit.select-invert",
        text=mark("&Invert selection"),
        tip=mark("Select what matches the filter and is not selected."),
        icon="invert",
        menu=Menu.EDIT,
        method="invert_selection",
        target=Target.PAGE,
    ),
    Command(
        id="edit.copy-ids",
        text=mark("&Copy ids"),
        tip=mark("Copy the ids of the selected tiles, one a line."),
        icon="copy",
        menu=Menu.EDIT,
        method="copy_ids",
        target=Target.PAGE,
        separated=True,
        on_tile=True,
    ),
    Command(
        id="edit.palette",
        text=mark("Find a co&mmand…"),
        tip=mark("Find any command, page or recent project by a few letters of its name."),
        icon="find",
        menu=Menu.EDIT,
        method="show_palette",
        rule=rules.always,
        separated=True,
    ),
)
