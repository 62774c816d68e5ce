"""What retraining will learn, in words."""

from histoviewer.domain.labels import ClassNames
from histoviewer.services.queue import Preview
from histoviewer.ui.translation import translate

ARROW = "\N{RIGHTWARDS ARROW}"


def preview_text(coming: Preview, classes: ClassNames) -> str:
    """Return what retraining will learn, one fact a line."""
    lines = [
        translate("queue", "{before} {arrow} {after}: {count}").format(
            count=f"{count:,}", before=classes.of(before), after=classes.of(after), arrow=ARROW
        )
        for (before, after), count in sorted(coming.changed.items())
    ]
    for count, text in (
        (coming.confirmed, translate("queue", "label confirmed: {count}")),
        (coming.taken_back, translate("queue", "no label any more, not learned from: {count}")),
        (coming.left_out, translate("queue", "left out: {count}")),
    ):
        if count:
            lines.append(text.format(count=f"{count:,}"))
    whole = translate(
        "queue",
        "Retraining learns from {count} tiles in all; what waits is shown several times as often.",
    )
    return "\n".join((*lines, whole.format(count=f"{coming.learnable:,}")))
