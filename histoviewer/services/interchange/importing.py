"""Taking verdicts in from a file: a plain list, or a history exported on another machine.

One import for both; the columns tell which it is. It has three steps, so that a window can take
each in the thread where it belongs: `read_verdicts` reads and compares, `record_verdicts` changes
the session, `tell_conflicts` looks at what came of it.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.domain.batches import Batch, Mode
from histoviewer.domain.labels import UNLABELLED, ClassNames
from histoviewer.domain.ledger import Ledger, replica
from histoviewer.domain.tiles import TileTable
from histoviewer.errors import InputError
from histoviewer.services.changes import Changes
from histoviewer.services.interchange import listing, merging
from histoviewer.services.interchange.conflicts import Conflict, find_conflicts
from histoviewer.services.interchange.naming import Naming
from histoviewer.services.interchange.tables import Rejection, Table, open_table
from histoviewer.services.reviewing import ReviewSession

_IDENTITY: Final = ("sequence", "time", "reader")


@dataclass(frozen=True, kw_only=True, eq=False)
class Basis:
    """What a file is compared with: tiles and verdicts at one moment.

    Args:
        tiles: The tiles.
        classes: What the data set calls its classes.
        batches: The verdict log.
    """

    tiles: TileTable
    classes: ClassNames
    batches: tuple[Batch, ...]

    @classmethod
    def of(cls, session: ReviewSession) -> Self:
        """Take the basis. In the session's thread; the rest may go on in another."""
        return cls(tiles=session.tiles, classes=session.classes, batches=tuple(session.log.batches))


@dataclass(frozen=True, kw_only=True, eq=False)
class VerdictFile:
    """A file that was read.

    Args:
        path: The file.
        content: Its lines.
        seen: Number of batches in the log it was compared with.
    """

    path: Path
    content: listing.Listing | merging.Merge
    seen: int


@dataclass(frozen=True, kw_only=True, eq=False)
class ImportOutcome:
    """What became of a file of verdicts.

    Args:
        path: The file.
        is_history: Whether it was an exported history rather than a plain list.
        applied: Verdicts recorded, as one step of undo.
        known: Verdicts that were here already.
        undone: Verdicts that had been taken back there, so were left out.
        withdrawn: Verdicts of an earlier import that were taken back there since, and so here.
        relabelled: Tiles whose label is another one now.
        rejected: Lines that could not be used.
        conflicts: Tiles on which readers differ.
        tiles: (m,) int64 tiles that were given a label.
        changes: What changed.
    """

    path: Path
    is_history: bool
    applied: int
    known: int = 0
    undone: int = 0
    withdrawn: int = 0
    relabelled: int = 0
    rejected: tuple[Rejection, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    tiles: Int64
    changes: Changes


def import_verdicts(*, session: ReviewSession, path: Path) -> ImportOutcome:
    """Record the verdicts of a file, as one step of undo.

    Lines that cannot be used are left out and listed.

    Raises:
        InputError: The file cannot be read or lacks a column, or there would be too many readers;
            nothing is recorded.
    """
    file = read_verdicts(path, Basis.of(session))
    outcome = record_verdicts(session, file)
    return tell_conflicts(outcome, Basis.of(session))


def read_verdicts(path: Path, basis: Basis) -> VerdictFile:
    """Read a file and find out what of it is new. Any thread.

    Raises:
        InputError: The file cannot be read or lacks a column.
    """
    naming = Naming(tiles=basis.tiles, classes=basis.classes)
    content: listing.Listing | merging.Merge
    with open_table(path) as table:
        if _is_history(table):
            entries, rejected = merging.read_history(table, naming)
            ledger = Ledger.of(replica(basis.batches, len(basis.tiles)))
            content = merging.plan_merge(entries, ledger, rejected)
        else:
            content = listing.read_listing(table, naming)
    return VerdictFile(path=path, content=content, seen=len(basis.batches))


def is_outdated(file: VerdictFile, session: ReviewSession) -> bool:
    """Return whether something was merged or undone since the file was read, so read it anew."""
    since = session.log.batches[file.seen :]
    return any(batch.mode is Mode.MERGED or batch.undoes is not None for batch in since)


def record_verdicts(
    session: ReviewSession, file: VerdictFile, *, initiator: object = None
) -> ImportOutcome:
    """Record what is new in a file. In the session's thread.

    Raises:
        InputError: There would be too many readers, or the project is open for reading only.
    """
    before = session.effective
    if isinstance(file.content, merging.Merge):
        outcome = _record_merge(session, file.path, file.content, initiator)
    else:
        outcome = _record_listing(session, file.path, file.content, initiator)
    changed = outcome.changes.tiles
    relabelled = session.states.effective_of(changed, session.tiles.given) != before[changed]
    return replace(outcome, relabelled=int(np.count_nonzero(relabelled)))


def tell_conflicts(outcome: ImportOutcome, basis: Basis) -> ImportOutcome:
    """Return an outcome with its conflicts. Any thread.

    Args:
        outcome: Of `record_verdicts`.
        basis: Taken after it.
    """
    if not outcome.is_history or len(outcome.tiles) == 0:
        return outcome
    log = replica(basis.batches, len(basis.tiles))
    return replace(outcome, conflicts=find_conflicts(log, basis.tiles, outcome.tiles))


def _is_history(table: Table) -> bool:
    """Return whether a file is an exported history; refuse what is neither it nor a list."""
    identity = [name for name in _IDENTITY if name in table.columns]
    required = merging.REQUIRED if identity else ("id", "action")
    lacking = [name for name in required if name not in table.columns]
    if lacking and identity:
        raise InputError(
            f"The verdict file {table.path} has the column '{identity[0]}', but lacks the column "
            f"'{lacking[0]}'.",
            f"A history of verdicts has {', '.join(merging.REQUIRED)}; a list has id, action and "
            "label.",
        )
    if lacking:
        raise InputError(
            f"The verdict file {table.path} lacks the column '{lacking[0]}'.",
            "It needs the columns id and action, and label for relabel.",
        )
    return bool(identity)


def _record_listing(
    session: ReviewSession, path: Path, content: listing.Listing, initiator: object
) -> ImportOutcome:
    verdicts = listing.resolve(content, session)
    changes = session.apply(verdicts.tiles, verdicts.actions, verdicts.labels, initiator=initiator)
    return ImportOutcome(
        path=path,
        is_history=False,
        applied=len(verdicts.tiles),
        rejected=verdicts.rejected,
        tiles=verdicts.tiles,
        changes=changes,
    )


def _record_merge(
    session: ReviewSession, path: Path, merge: merging.Merge, initiator: object
) -> ImportOutcome:
    steps = [session.undo(number, initiator=initiator) for number in merge.replaced]
    steps.append(
        session.merge(
            merge.tiles,
            merge.actions,
            merge.labels,
            merge.sources,
            scores=merge.scores,
            initiator=initiator,
        )
    )
    return ImportOutcome(
        path=path,
        is_history=True,
        applied=int(np.count_nonzero(merge.fresh)),
        known=merge.known,
        undone=merge.undone,
        withdrawn=merge.withdrawn,
        rejected=merge.rejected,
        tiles=_labelled(merge),
        changes=_together(steps, initiator),
    )


def _labelled(merge: merging.Merge) -> Int64:
    """Return the distinct tiles that new rows give a label."""
    return np.unique(merge.tiles[merge.fresh & (merge.labels != UNLABELLED)])


def _together(steps: list[Changes], initiator: object) -> Changes:
    tiles = np.unique(np.concatenate([step.tiles for step in steps]))
    return Changes(tiles=tiles, verdicts=any(step.verdicts for step in steps), initiator=initiator)
