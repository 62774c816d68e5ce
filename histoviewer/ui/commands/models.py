"""What the Models menu holds, besides the models themselves."""

from typing import Final

from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu
from histoviewer.ui.translation import QT_TRANSLATE_NOOP

COMMANDS: Final = (
    Command(
        id="model.train",
        text=QT_TRANSLATE_NOOP("commands", "&Train…"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Train a new model on the labels as they are now, then score every tile."
        ),
        icon="train",
        menu=Menu.MODELS,
        method="train",
        rule=rules.can_train,
    ),
    Command(
        id="model.score",
        text=QT_TRANSLATE_NOOP("commands", "&Score"),
        tip=QT_TRANSLATE_NOOP("commands", "Score every tile with the model that ranks the grid."),
        icon="score",
        menu=Menu.MODELS,
        method="score",
        rule=rules.can_score,
    ),
    Command(
        id="model.embed",
        text=QT_TRANSLATE_NOOP("commands", "&Embed"),
        tip=QT_TRANSLATE_NOOP(
            "commands",
            "Work out what the model's last layer but one says of every tile, which whatever "
            "compares tiles needs.",
        ),
        icon="embed",
        menu=Menu.MODELS,
        method="embed",
        rule=rules.can_score,
    ),
    Command(
        id="model.retrain",
        text=QT_TRANSLATE_NOOP("commands", "&Retrain"),
        tip=QT_TRANSLATE_NOOP(
            "commands",
            "Let the model learn from the verdicts that wait, then score every tile again.",
        ),
        icon="retrain",
        menu=Menu.MODELS,
        method="retrain",
        rule=rules.can_retrain,
    ),
    Command(
        id="model.retrain-quick",
        text=QT_TRANSLATE_NOOP("commands", "&Quick retrain"),
        tip=QT_TRANSLATE_NOOP(
            "commands",
            "Let the last layer of the model learn from all verdicts, which takes seconds, and "
            "rank the tiles anew.",
        ),
        icon="retrain-quick",
        menu=Menu.MODELS,
        method="retrain_quick",
        rule=rules.can_retrain_quickly,
    ),
)
