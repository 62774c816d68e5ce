"""What the Review menu holds: verdicts."""

from typing import Final

from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu, Target
from histoviewer.ui.translation import QT_TRANSLATE_NOOP

COMMANDS: Final = (
    Command(
        id="review.positive",
        text=QT_TRANSLATE_NOOP("commands", "Label &positive"),
        short=QT_TRANSLATE_NOOP("commands", "Positive"),
        tip=QT_TRANSLATE_NOOP("commands", "Give the selected tiles the positive label."),
        icon="positive",
        menu=Menu.REVIEW,
        method="label",
        arguments=(POSITIVE,),
        target=Target.PAGE,
        rule=rules.can_write,
        on_tile=True,
    ),
    Command(
        id="review.negative",
        text=QT_TRANSLATE_NOOP("commands", "Label &negative"),
        short=QT_TRANSLATE_NOOP("commands", "Negative"),
        tip=QT_TRANSLATE_NOOP("commands", "Give the selected tiles the negative label."),
        icon="negative",
        menu=Menu.REVIEW,
        method="label",
        arguments=(NEGATIVE,),
        target=Target.PAGE,
        rule=rules.can_write,
        on_tile=True,
    ),
    Command(
        id="review.agree",
        text=QT_TRANSLATE_NOOP("commands", "&Agree with the model"),
        short=QT_TRANSLATE_NOOP("commands", "Agree"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Give the selected tiles the label that the model predicts."
        ),
        icon="confirm",
        menu=Menu.REVIEW,
        method="answer",
        arguments=(True,),
        target=Target.PAGE,
        rule=rules.can_answer,
        on_tile=True,
        separated=True,
    ),
    Command(
        id="review.reject",
        text=QT_TRANSLATE_NOOP("commands", "&Reject the prediction"),
        short=QT_TRANSLATE_NOOP("commands", "Reject"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Give the selected tiles the label opposite to what the model predicts."
        ),
        icon="reject",
        menu=Menu.REVIEW,
        method="answer",
        arguments=(False,),
        target=Target.PAGE,
        rule=rules.can_answer,
        on_tile=True,
    ),
    Command(
        id="review.skip",
        text=QT_TRANSLATE_NOOP("commands", "&Skip for now"),
        short=QT_TRANSLATE_NOOP("commands", "Skip"),
        tip=QT_TRANSLATE_NOOP("commands", "Pass over the selected tiles."),
        icon="skip",
        menu=Menu.REVIEW,
        method="skip",
        target=Target.PAGE,
        rule=rules.can_write,
        on_tile=True,
        separated=True,
    ),
    Command(
        id="review.flag",
        text=QT_TRANSLATE_NOOP("commands", "&Flag for a second look"),
        short=QT_TRANSLATE_NOOP("commands", "Flag"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Flag the selected tiles; where all are flagged, take the flag off."
        ),
        icon="flag",
        menu=Menu.REVIEW,
        method="flag",
        target=Target.PAGE,
        rule=rules.can_write,
        on_tile=True,
    ),
    Command(
        id="review.clear",
        text=QT_TRANSLATE_NOOP("commands", "&Clear verdict"),
        short=QT_TRANSLATE_NOOP("commands", "Clear"),
        tip=QT_TRANSLATE_NOOP("commands", "Go back to the given label of the selected tiles."),
        icon="clear",
        menu=Menu.REVIEW,
        method="clear",
        target=Target.PAGE,
        rule=rules.can_write,
        on_tile=True,
    ),
    Command(
        id="review.next-undecided",
        text=QT_TRANSLATE_NOOP("commands", "Ne&xt undecided tile"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Go to the next tile that nobody has decided or skipped."
        ),
        icon="next",
        menu=Menu.REVIEW,
        method="go_to_undecided",
        arguments=(1,),
        target=Target.PAGE,
        separated=True,
    ),
    Command(
        id="review.previous-undecided",
        text=QT_TRANSLATE_NOOP("commands", "P&revious undecided tile"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Go back to the tile before that nobody has decided or skipped."
        ),
        icon="previous",
        menu=Menu.REVIEW,
        method="go_to_undecided",
        arguments=(-1,),
        target=Target.PAGE,
    ),
    Command(
        id="review.go-to-tile",
        text=QT_TRANSLATE_NOOP("commands", "&Go to tile…"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Go to the tile with a certain id, or to a certain place in the order."
        ),
        icon="go-to",
        menu=Menu.REVIEW,
        method="ask_for_tile",
        target=Target.PAGE,
    ),
    Command(
        id="review.similar",
        text=QT_TRANSLATE_NOOP("commands", "Similar &tiles"),
        short=QT_TRANSLATE_NOOP("commands", "Similar"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Show the tiles that the model finds most like the selected ones."
        ),
        icon="similar",
        menu=Menu.REVIEW,
        method="find_similar",
        target=Target.PAGE,
        rule=rules.can_compare_tiles,
        on_tile=True,
        separated=True,
    ),
    Command(
        id="review.blind",
        text=QT_TRANSLATE_NOOP("commands", "&Blind read"),
        tip=QT_TRANSLATE_NOOP(
            "commands",
            "Hide scores, predictions and their order until the verdict is given; the tiles come "
            "in a random order.",
        ),
        icon="blind",
        menu=Menu.REVIEW,
        method="set_blind",
        target=Target.PAGE,
        rule=rules.can_write,
        checkable=True,
        separated=True,
    ),
    Command(
        id="review.advance",
        text=QT_TRANSLATE_NOOP("commands", "Advance after a &verdict"),
        tip=QT_TRANSLATE_NOOP(
            "commands", "Go on to the next undecided tile after a verdict on one tile."
        ),
        icon="review",
        menu=Menu.REVIEW,
        method="set_advances",
        target=Target.PAGE,
        checkable=True,
    ),
)
