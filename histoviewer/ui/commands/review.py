"""What the Review menu holds: verdicts."""

from typing import Final

from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.ui.commands import rules
from histoviewer.ui.commands.command import Command, Menu, Target, mark

COMMANDS: Final = (
    Command(
        id="review.positive",
        text=mark("Label &positive"),
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
        tip=mark("Flag the selected tiles; where all are flagged, take the flag off."),
        icon="flag",
        menu=Menu.REVIEW,
        method="flag",
        target=Target.PAGE,
    ),
    Command(
        id="review.clear",
        text=mark("&Clear verdict"),
        tip=mark("Go back to the given label of the selected tiles."),
        icon="clear",
        menu=Menu.REVIEW,
        method="clear",
        target=Target.PAGE,
    ),
)
