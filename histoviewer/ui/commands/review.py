"""What the Review menu holds: verdicts."""

from typing import Final

from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu, Target, mark

COMMANDS: Final = (
    Command(
        id="review.positive",
        text=mark("Label &positive"),
        short=mark("Positive"),
        tip=mark("Give the selected tiles the positive label."),
        icon="positive",
        menu=Menu.REVIEW,
        method="label",
        arguments=(POSITIVE,),
        target=Target.PAGE,
    ),
    Command(
        id="review.negative",
        text=mark("Label &negative"),
        short=mark("Negative"),
        tip=mark("Give the selected tiles the negative label."),
        icon="negative",
        menu=Menu.REVIEW,
        method="label",
        arguments=(NEGATIVE,),
        target=Target.PAGE,
    ),
    Command(
        id="review.agree",
        text=mark("&Agree with the model"),
        short=mark("Agree"),
        tip=mark("Give the selected tiles the label that the model predicts."),
        icon="confirm",
        menu=Menu.REVIEW,
        method="answer",
        arguments=(True,),
        target=Target.PAGE,
        rule=rules.can_answer,
        separated=True,
    ),
    Command(
        id="review.reject",
        text=mark("&Reject the prediction"),
        short=mark("Reject"),
        tip=mark("Give the selected tiles the label opposite to what the model predicts."),
        icon="reject",
        menu=Menu.REVIEW,
        method="answer",
        arguments=(False,),
        target=Target.PAGE,
        rule=rules.can_answer,
    ),
    Command(
        id="review.skip",
        text=mark("&Skip for now"),
        short=mark("Skip"),
        tip=mark("Pass over the selected tiles."),
        icon="skip",
        menu=Menu.REVIEW,
        method="skip",
        target=Target.PAGE,
        separated=True,
    ),
    Command(
        id="review.flag",
        text=mark("&Flag for a second look"),
        short=mark("Flag"),
        tip=mark("Flag the selected tiles; where all are flagged, take the flag off."),
        icon="flag",
        menu=Menu.REVIEW,
        method="flag",
        target=Target.PAGE,
    ),
    Command(
        id="review.clear",
        text=mark("&Clear verdict"),
        short=mark("Clear"),
        tip=mark("Go back to the given label of the selected tiles."),
        icon="clear",
        menu=Menu.REVIEW,
        method="clear",
        target=Target.PAGE,
    ),
)
