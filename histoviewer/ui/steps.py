"""What the steps of undo and redo are called: 'relabel 300 tiles', in the reader's language."""

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from histoviewer.domain.batches import Batch
    from histoviewer.domain.verdicts import VerdictLog


# By `Batch.word`: for one tile and for several, since languages differ in more than the number.
_PHRASES: Final = {
    "confirm": (
        QT_TRANSLATE_NOOP("steps", "confirm 1 tile"),
        QT_TRANSLATE_NOOP("steps", "confirm {count} tiles"),
    ),
    "relabel": (
        QT_TRANSLATE_NOOP("steps", "relabel 1 tile"),
        QT_TRANSLATE_NOOP("steps", "relabel {count} tiles"),
    ),
    "label": (
        QT_TRANSLATE_NOOP("steps", "label 1 tile"),
        QT_TRANSLATE_NOOP("steps", "label {count} tiles"),
    ),
    "skip": (
        QT_TRANSLATE_NOOP("steps", "skip 1 tile"),
        QT_TRANSLATE_NOOP("steps", "skip {count} tiles"),
    ),
    "flag": (
        QT_TRANSLATE_NOOP("steps", "flag 1 tile"),
        QT_TRANSLATE_NOOP("steps", "flag {count} tiles"),
    ),
    "unflag": (
        QT_TRANSLATE_NOOP("steps", "unflag 1 tile"),
        QT_TRANSLATE_NOOP("steps", "unflag {count} tiles"),
    ),
    "clear": (
        QT_TRANSLATE_NOOP("steps", "clear 1 tile"),
        QT_TRANSLATE_NOOP("steps", "clear {count} tiles"),
    ),
    "settle": (
        QT_TRANSLATE_NOOP("steps", "settle 1 tile"),
        QT_TRANSLATE_NOOP("steps", "settle {count} tiles"),
    ),
    "merge": (
        QT_TRANSLATE_NOOP("steps", "merge 1 verdict"),
        QT_TRANSLATE_NOOP("steps", "merge {count} verdicts"),
    ),
}


@lru_cache(maxsize=4)  # asked after every verdict, of the same two or three steps
def step_name(batch: "Batch") -> str:
    """Return what a batch did, as in 'Undo relabel 300 tiles'."""
    one, several = _PHRASES[batch.word]
    text = translate("steps", one if len(batch) == 1 else several)
    return text.format(count=f"{len(batch):,}")


def undo_text(log: "VerdictLog") -> str:
    """Return what undo would do, as 'Undo relabel 300 tiles'; '' where there is nothing."""
    batch = log.undoable
    if batch is None:
        return ""
    return translate("steps", "Undo {step}").format(step=step_name(batch))


def redo_text(log: "VerdictLog") -> str:
    """Return what redo would do; '' where there is nothing."""
    batch = log.redoable
    if batch is None:
        return ""
    return translate("steps", "Redo {step}").format(step=step_name(batch))
