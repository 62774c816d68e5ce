"""What the View menu holds."""

from typing import Final

from histoviewer.ui.commands.command import Command, Menu, Target, mark

COMMANDS: Final = (
    Command(
        id="view.enlarge",
        text=mark("Open tile &large"),
        tip=mark("Show the current tile large."),
        icon="enlarge",
        menu=Menu.VIEW,
        method="open_large",
        target=Target.PAGE,
        on_tile=True,
    ),
    Command(
        id="view.centre-square",
        text=mark("&Centre square"),
        tip=mark(
            "Draw the square that decides the label, then dim what is around it, then neither."
        ),
        icon="centre",
        menu=Menu.VIEW,
        method="cycle_centre_square",
        target=Target.PAGE,
        on_tile=True,
    ),
    Command(
        id="view.curves",
        text=mark("Learning &curves"),
        short=mark("Curves"),
        tip=mark("Show loss, accuracy and AUC of the training that runs or ran last."),
        icon="curves",
        menu=Menu.VIEW,
        method="show_curves",
        checkable=True,
        separated=True,
    ),
)
