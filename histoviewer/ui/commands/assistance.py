"""What the Help menu holds."""

from typing import Final

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu, mark

COMMANDS: Final = (
    Command(
        id="help.keys",
        text=mark("&Keys"),
        tip=mark("Show what each key does."),
        icon="keyboard",
        menu=Menu.HELP,
        method="show_keys",
        rule=rules.always,
    ),
    Command(
        id="help.log",
        text=mark("Open the &log folder"),
        tip=mark("Show the files in which the program notes what it did."),
        icon="log",
        menu=Menu.HELP,
        method="open_log_folder",
        rule=rules.always,
    ),
    Command(
        id="help.about",
        text=mark("&About HistoViewer"),
        tip=mark("Show the version and what the program is not for."),
        icon="info",
        menu=Menu.HELP,
        method="show_about",
        rule=rules.always,
        separated=True,
    ),
)
