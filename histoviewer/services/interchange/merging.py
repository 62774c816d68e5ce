"""A history of verdicts from another machine, and what of it is new here.

A row is known by reader, sequence and time of the machine it was first given on (`domain.ledger`).
What is known already adds nothing:

* a row of this project's own, whether it stands here or was taken back: this is where it belongs;
* a row merged before, as long as that merge stands.

A row that was taken back there is not merged. Where it was merged before, the merge is made anew
without it. Only the machine where a row was given can take it back: of a row that had been merged
there, taking back says nothing but that this merge was undone.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int32, Int64
from histoviewer.domain.batches import Action, Mode, Sources, as_ticks
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.ledger import Identity, Ledger
from histoviewer.domain.verdicts import check_readers
from histoviewer.services.interchange.history_csv import NO, YES
from histoviewer.services.interchange.naming import Naming
from histoviewer.services.interchange.tables import LineError, Rejection, Table

REQUIRED: Final = ("sequence", "time", "reader", "id", "action", "after")
_GIVES_LABEL: Final = (Action.CONFIRM, Action.RELABEL)
_MOST_DIGITS: Final = 18  # of a sequence number: what 64 bits hold for sure
_END_OF_TIME: Final = as_ticks(datetime(9999, 1, 1, tzinfo=UTC))  # what dates can say in any zone
_ACTIONS: Final = {action.word: action for action in Action}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a history.

    Args:
        identity: Who decided it, which row of their log it is, and when.
        tile: Index.
        action: What was done.
        label: The label given, `UNLABELLED` where none was.
        score: On screen there, NaN where there was none.
        undone: It was taken back there.
        merged: It had been merged there, from a third machine.
    """

    identity: Identity
    tile: int
    action: Action
    label: int
    score: float
    undone: bool
    merged: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Merge:
    """What is to be merged. Arrays are (n,).

    Args:
        tiles: int64 tile indexes; a tile may come several times.
        actions: int8 of `Action`.
        labels: int8 labels, for the rows that give one.
        scores: float32, NaN where there was none.
        sources: Whose rows they are.
        fresh: Which of them were not here before; the others are of the merges made anew.
        replaced: Batches to take back first: merges with rows that were taken back since.
        withdrawn: How many such rows there are.
        known: Lines that are here already.
        undone: Lines that were taken back there and are not here.
        rejected: Lines left out.
    """

    tiles: Int64
    actions: Int8
    labels: Int8
    scores: Float32
    sources: Sources
    fresh: Bool
    replaced: tuple[int, ...]
    withdrawn: int
    known: int
    undone: int
    rejected: tuple[Rejection, ...]


def read_history(table: Table, naming: Naming) -> tuple[list[Entry], list[Rejection]]:
    """Read the lines of a history, and which of them cannot be used. Any thread."""
    entries, rejected = [], []
    for line, fields in table.lines:
        try:
            entries.append(_entry(dict(zip(table.columns, fields, strict=False)), naming))
        except LineError as error:
            rejected.append(Rejection(line, str(error)))
    return entries, rejected


def plan_merge(entries: list[Entry], ledger: Ledger, rejected: list[Rejection]) -> Merge:
    """Find out what of a history is new. Any thread.

    Args:
        entries: Its lines.
        ledger: Every verdict that is here.
        rejected: Its lines that cannot be used.

    Raises:
        InputError: There would be more readers than can be told apart.
    """
    own = set(ledger.identities(~ledger.foreign))
    merged = ledger.foreign & ledger.stands
    here = dict(zip(ledger.identities(merged), ledger.batches[merged].tolist(), strict=True))
    fresh: dict[Identity, Entry] = {}
    withdrawn: set[Identity] = set()
    known = undone = 0
    for entry in entries:
        identity = entry.identity
        if identity in own or (identity in here and not _takes_back(entry)) or identity in fresh:
            known += 1
        elif entry.undone and identity in here:
            withdrawn.add(identity)
        elif entry.undone:
            undone += 1
        else:
            fresh[identity] = entry
    check_readers(len({*ledger.readers, *(reader for reader, _, _ in fresh)}))
    replaced = sorted({here[identity] for identity in withdrawn})
    kept = _kept(ledger, merged & np.isin(ledger.batches, replaced), withdrawn)
    return _merge(
        [*kept, *fresh.values()],
        kept=len(kept),
        replaced=tuple(replaced),
        withdrawn=len(withdrawn),
        known=known,
        undone=undone,
        rejected=tuple(rejected),
    )


def _takes_back(entry: Entry) -> bool:
    return entry.undone and not entry.merged


def _kept(ledger: Ledger, rows: Bool, withdrawn: set[Identity]) -> list[Entry]:
    """Return the rows of merges made anew that are merged again."""
    found = zip(ledger.identities(rows), np.flatnonzero(rows).tolist(), strict=True)
    return [
        Entry(
            identity=identity,
            tile=int(ledger.tiles[row]),
            action=Action(int(ledger.actions[row])),
            label=int(ledger.after[row]),
            score=float(ledger.scores[row]),
            undone=False,
            merged=True,
        )
        for identity, row in found
        if identity not in withdrawn
    ]


def _merge(
    entries: list[Entry],
    *,
    kept: int,
    replaced: tuple[int, ...],
    withdrawn: int,
    known: int,
    undone: int,
    rejected: tuple[Rejection, ...],
) -> Merge:
    readers = {name: number for number, name in enumerate(dict.fromkeys(_names(entries)))}
    reader: Int32 = np.array([readers[name] for name in _names(entries)], np.int32)
    return Merge(
        tiles=np.array([entry.tile for entry in entries], np.int64),
        actions=np.array([entry.action for entry in entries], np.int8),
        labels=np.array([entry.label for entry in entries], np.int8),
        scores=np.array([entry.score for entry in entries], np.float32),
        sources=Sources(
            readers=tuple(readers),
            reader=reader,
            times=np.array([entry.identity[2] for entry in entries], np.int64),
            sequences=np.array([entry.identity[1] for entry in entries], np.int64),
        ),
        fresh=np.arange(len(entries)) >= kept,
        replaced=replaced,
        withdrawn=withdrawn,
        known=known,
        undone=undone,
        rejected=rejected,
    )


def _names(entries: list[Entry]) -> list[str]:
    return [entry.identity[0] for entry in entries]


def _entry(fields: dict[str, str], naming: Naming) -> Entry:
    action = _ACTIONS.get(fields["action"].lower())
    if action is None:
        raise LineError(f"there is no action '{fields['action']}', only {', '.join(_ACTIONS)}")
    return Entry(
        identity=(_reader(fields["reader"]), _sequence(fields["sequence"]), _ticks(fields["time"])),
        tile=naming.tile(fields["id"]),
        action=action,
        label=naming.label(fields["after"]) if action in _GIVES_LABEL else UNLABELLED,
        score=_score(fields.get("score", "")),
        undone=_undone(fields.get("undone", "")),
        merged=fields.get("mode", "").lower() == Mode.MERGED.word,
    )


def _reader(text: str) -> str:
    if not text:
        raise LineError("the reader has no name")
    return text


def _sequence(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text)):
        raise LineError(f"the sequence '{text}' is no number from 1 on")
    return int(text)


@lru_cache(maxsize=1024)  # a bulk action is one moment on ten thousand lines
def _ticks(text: str) -> int:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise LineError(f"the time '{text}' is not in ISO 8601") from None
    if time.tzinfo is None:
        raise LineError(f"the time '{text}' has no time zone")
    ticks = as_ticks(time)
    if not 0 <= ticks < _END_OF_TIME:
        raise LineError(f"the time '{text}' is not after 1970")
    return ticks


def _score(text: str) -> float:
    try:
        score = float(text) if text else float("nan")
    except ValueError:
        raise LineError(f"the score '{text}' is no number") from None
    if not (math.isnan(score) or 0 <= score <= 1):
        raise LineError(f"the score '{text}' is not between 0 and 1")
    return score


def _undone(text: str) -> bool:
    if text.lower() not in ("", YES, NO):
        raise LineError(f"'undone' is '{text}', neither {YES} nor {NO}")
    return text.lower() == YES
