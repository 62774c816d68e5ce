"""What the View menu holds."""

from typing import Final

from histoviewer.ui.commands.command import Command, Menu, Target
from histoviewer.ui.commands.rules import can_explain
from histoviewer.ui.translation import QT_TRANSLATE_NOOP

COMMANDS: Final = (
    Command(
        id="view.enlarge",
        text=QT_TRANSLATE_NOOP("commands", "Open tile &large"),
        tip=QT_TRANSLATE_NOOP("commands", "Show the current tile large."),
        icon="enlarge",
        menu=Menu.VIEW,
        method="open_large",
        target=Target.PAGE,
        on_tile=True,
    ),
    Command(
        id="view.centre-square",
        text=QT_TRANSLATE_NOOP("commands", "&Centre square"),
        tip=QT_TRANSLATE_NOOP(
            "commands",
            "Draw the square that decides the label, then dim what is around it, then neither.",
        ),
        icon="centre",
        menu=Menu.VIEW,
        method="cycle_centre_square",
        target=Target.PAGE,
        on_tile=True,
    ),
    Command(
        id="view.maps",
        text=QT_TRANSLATE_NOOP("commands", "&Maps over the tiles"),
        short=QT_TRANSLATE_NOOP("commands", "Maps"),
        tip=QT_TRANSLATE_NOOP(
            "commands",
            "Lay over the tiles what the model looked at: yellow parts moved the score most.",
        ),
        icon="maps",
        menu=Menu.VIEW,
        method="show_maps",
        target=Target.PAGE,
        rule=can_explain,
        checkable=True,
    ),
    Command(
        id="view.curves",
        text=QT_TRANSLATE_NOOP("commands", "Learning &curves"),
        short=QT_TRANSLATE_NOOP("commands", "Curves"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Show loss, accuracy and AUC of the training that runs or ran last."
        ),
        icon="curves",
        menu=Menu.VIEW,
        method="show_curves",
        checkable=True,
        separated=True,
    ),
)
