"""What the Help menu holds."""

from typing import Final

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu
from histoviewer.ui.translation import QT_TRANSLATE_NOOP

COMMANDS: Final = (
    Command(
        id="help.keys",
        text=QT_TRANSLATE_NOOP("commands", "&Keys"),
        tip=QT_TRANSLATE_NOOP("commands", "Show what each key does."),
        icon="keyboard",
        menu=Menu.HELP,
        method="show_keys",
        rule=rules.always,
    ),
    Command(
        id="help.log",
        text=QT_TRANSLATE_NOOP("commands", "Open the &log folder"),
        tip=QT_TRANSLATE_NOOP("commands", "Show the files in which the program notes what it did."),
        icon="log",
        menu=Menu.HELP,
        method="open_log_folder",
        rule=rules.always,
    ),
    Command(
        id="help.about",
        text=QT_TRANSLATE_NOOP("commands", "&About HistoViewer"),
        tip=QT_TRANSLATE_NOOP("commands", "Show the version and what the program is not for."),
        icon="info",
        menu=Menu.HELP,
        method="show_about",
        rule=rules.always,
        separated=True,
    ),
)
