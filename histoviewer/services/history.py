"""The log as a list for people: the steps of a project, and what was said of one tile."""

from dataclasses import dataclass
from datetime import datetime

from histoviewer.domain.verdicts import Action, Batch, Mode, VerdictLog


@dataclass(frozen=True, kw_only=True)
class Step:
    """One batch of the log.

    Args:
        number: Its number; what `ReviewSession.undo` takes.
        when: UTC time.
        reader: Who did it.
        mode: How it came about.
        word: What was done: an action, 'label' for several, 'settle', 'merge', 'undo' or 'redo'.
        rows: Verdicts it holds, or that it took back or brought back.
        of: Number of the step that an undo took back or a redo brought back; None for verdicts.
        stands: Whether it is in force and can be taken back; False for an undo or redo.
    """

    number: int
    when: datetime
    reader: str
    mode: Mode
    word: str
    rows: int
    of: int | None
    stands: bool


@dataclass(frozen=True, kw_only=True)
class TileVerdict:
    """One thing that was said of a tile.

    Args:
        step: Number of the batch.
        when: UTC time.
        reader: Who said it, wherever that was.
        mode: How it came about.
        action: What was said.
        before: Effective label before.
        after: Effective label after.
        score: Score on screen; NaN where there was none or it was hidden.
        model: Id of the model whose score it was, or None.
        stands: Whether it is in force, that is, not taken back.
    """

    step: int
    when: datetime
    reader: str
    mode: Mode
    action: Action
    before: int
    after: int
    score: float
    model: str | None
    stands: bool


def read_steps(log: VerdictLog, *, newest: int | None = None) -> list[Step]:
    """Return the steps of a log, the newest first.

    Args:
        log: The verdict log.
        newest: Only so many; None for all.
    """
    batches = log.batches if newest is None else log.batches[-newest:] if newest else []
    return [_step(log, batch) for batch in reversed(batches)]


def _step(log: VerdictLog, batch: Batch) -> Step:
    reverses = None if batch.undoes is None else log.batches[batch.undoes - 1]
    word, of = batch.word, reverses
    if reverses is not None and reverses.undoes is None:
        word = "undo"
    elif reverses is not None and reverses.undoes is not None:
        word, of = "redo", log.batches[reverses.undoes - 1]
    return Step(
        number=batch.number,
        when=batch.when,
        reader=batch.reader,
        mode=batch.mode,
        word=word,
        rows=len(batch if of is None else of),
        of=None if of is None else of.number,
        stands=log.can_take_back(batch.number),
    )


def read_tile(log: VerdictLog, tile: int) -> list[TileVerdict]:
    """Return everything that was said of a tile, oldest first."""
    return [
        TileVerdict(
            step=batch.number,
            when=batch.time_of(row),
            reader=batch.reader_of(row),
            mode=batch.mode,
            action=Action(int(batch.actions[row])),
            before=int(batch.before[row]),
            after=int(batch.after[row]),
            score=float(batch.scores[row]),
            model=batch.model,
            stands=log.stands(batch),
        )
        for batch, row in log.history(tile)
    ]
