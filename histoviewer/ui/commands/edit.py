"""What the Edit menu holds: steps and the selection."""

from typing import Final

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu, Target
from histoviewer.ui.translation import QT_TRANSLATE_NOOP

COMMANDS: Final = (
    Command(
        id="edit.undo",
        text=QT_TRANSLATE_NOOP("commands", "&Undo"),
        short=QT_TRANSLATE_NOOP("commands", "Undo"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Take back the newest verdicts, be it one tile or ten thousand."
        ),
        icon="undo",
        menu=Menu.EDIT,
        method="undo",
        target=Target.STEPS,
        rule=rules.can_undo,
        on_tile=True,
    ),
    Command(
        id="edit.redo",
        text=QT_TRANSLATE_NOOP("commands", "&Redo"),
        short=QT_TRANSLATE_NOOP("commands", "Redo"),
        tip=QT_TRANSLATE_NOOP("commands", "Bring back what was taken back last."),
        icon="redo",
        menu=Menu.EDIT,
        method="redo",
        target=Target.STEPS,
        rule=rules.can_redo,
        on_tile=True,
    ),
    Command(
        id="edit.select-all",
        text=QT_TRANSLATE_NOOP("commands", "Select &all"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Select every tile that matches the filter, not only those in sight."
        ),
        icon="select-all",
        menu=Menu.EDIT,
        method="select_all",
        target=Target.PAGE,
        separated=True,
        on_tile=True,
    ),
    Command(
        id="edit.select-none",
        text=QT_TRANSLATE_NOOP("commands", "Select &none"),
        tip=QT_TRANSLATE_NOOP("commands", "Select no tile."),
        icon="select-none",
        menu=Menu.EDIT,
        method="select_none",
        target=Target.PAGE,
    ),
    Command(
        id="edit.select-group",
        text=QT_TRANSLATE_NOOP("commands", "Select the &group"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Select every tile of the same slide or patient that matches the filter."
        ),
        icon="select-group",
        menu=Menu.EDIT,
        method="select_group",
        target=Target.PAGE,
        on_tile=True,
    ),
    Command(
        id="edit.select-invert",
        text=QT_TRANSLATE_NOOP("commands", "&Invert selection"),
        tip=QT_TRANSLATE_NOOP("commands", "Select what matches the filter and is not selected."),
        icon="invert",
        menu=Menu.EDIT,
        method="invert_selection",
        target=Target.PAGE,
    ),
    Command(
        id="edit.copy-ids",
        text=QT_TRANSLATE_NOOP("commands", "&Copy ids"),
        tip=QT_TRANSLATE_NOOP("commands", "Copy the ids of the selected tiles, one a line."),
        icon="copy",
        menu=Menu.EDIT,
        method="copy_ids",
        target=Target.PAGE,
        separated=True,
        on_tile=True,
    ),
    Command(
        id="edit.palette",
        text=QT_TRANSLATE_NOOP("commands", "Find a co&mmand…"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Find any command, page or recent project by a few letters of its name."
        ),
        icon="find",
        menu=Menu.EDIT,
        method="show_palette",
        rule=rules.always,
        separated=True,
    ),
)
