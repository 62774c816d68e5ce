"""The commands that bring the tile worth a reader's minute to the top."""

from typing import Final

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu, Target
from histoviewer.ui.translation import QT_TRANSLATE_NOOP

COMMANDS: Final = (
    Command(
        id="triage.next-batch",
        text=QT_TRANSLATE_NOOP("commands", "Next b&atch…"),
        short=QT_TRANSLATE_NOOP("commands", "Next batch"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Show the tiles from which the model would learn most if you judged them."
        ),
        icon="next-batch",
        menu=Menu.REVIEW,
        method="ask_for_batch",
        target=Target.PAGE,
        rule=rules.can_retrain_quickly,
        separated=True,
    ),
    Command(
        id="triage.find-issues",
        text=QT_TRANSLATE_NOOP("commands", "Find label &errors"),
        tip=QT_TRANSLATE_NOOP(
            "commands",
            "Find labels that are probably wrong: each tile is judged by what learned from others.",
        ),
        icon="suspect",
        menu=Menu.REVIEW,
        method="find_issues",
        target=Target.PAGE,
        rule=rules.can_retrain_quickly,
    ),
    Command(
        id="triage.find-outliers",
        text=QT_TRANSLATE_NOOP("commands", "Find &outliers"),
        tip=QT_TRANSLATE_NOOP(
            "commands",
            "Work out how strange each tile looks: blank, blurred, with pen or fold, or far from "
            "all others.",
        ),
        icon="outlier",
        menu=Menu.REVIEW,
        method="find_outliers",
        target=Target.PAGE,
        rule=rules.can_write_on_pixels,
    ),
)
