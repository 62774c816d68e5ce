"""What the steps of undo and redo are called: 'relabel 300 tiles', in the reader's language."""

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

if TYPE_CHECKING:
    from histoviewer.domain.batches import Batch
    from histoviewer.domain.verdicts import VerdictLog


def _mark(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("steps", text))


# By `Batch.word`: for one tile and for several, since languages differ in more than the number.
_PHRASES: Final = {
    "confirm": (_mark("confirm 1 tile"), _mark("confirm {count} tiles")),
    "relabel": (_mark("relabel 1 tile"), _mark("relabel {count} tiles")),
    "label": (_mark("label 1 tile"), _mark("label {count} tiles")),
    "skip": (_mark("skip 1 tile"), _mark("skip {count} tiles")),
    "flag": (_mark("flag 1 tile"), _mark("flag {count} tiles")),
    "unflag": (_mark("unflag 1 tile"), _mark("unflag {count} tiles")),
    "clear": (_mark("clear 1 tile"), _mark("clear {count} tiles")),
    "settle": (_mark("settle 1 tile"), _mark("settle {count} tiles")),
    "merge": (_mark("merge 1 verdict"), _mark("merge {count} verdicts")),
}


@lru_cache(maxsize=4)  # asked after every verdict, of the same two or three steps
def step_name(batch: "Batch") -> str:
    """Return what a batch did, as in 'Undo relabel 300 tiles'."""
    one, several = _PHRASES[batch.word]
    text = QCoreApplication.translate("steps", one if len(batch) == 1 else several)
    return text.format(count=f"{len(batch):,}")


def undo_text(log: "VerdictLog") -> str:
    """Return what undo would do, as 'Undo relabel 300 tiles'; '' where there is nothing."""
    batch = log.undoable
    if batch is None:
        return ""
    return QCoreApplication.translate("steps", "Undo {step}").format(step=step_name(batch))


def redo_text(log: "VerdictLog") -> str:
    """Return what redo would do; '' where there is nothing."""
    batch = log.redoable
    if batch is None:
        return ""
    return QCoreApplication.translate("steps", "Redo {step}").format(step=step_name(batch))
