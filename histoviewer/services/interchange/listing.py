"""A plain list of verdicts, made by hand or by a script: the headless twin of the review keys.

It has the columns `id`, `action` and, where an action needs it, `label`. It is recorded as this
reader's own verdicts, given now.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from histoviewer.domain.arrays import Bool, Int8, Int64
from histoviewer.domain.batches import Action
from histoviewer.domain.labels import UNLABELLED
from histoviewer.services.interchange.naming import Naming
from histoviewer.services.interchange.tables import LineError, Rejection, Table
from histoviewer.services.reviewing import ReviewSession


class Word(IntEnum):
    """What the column `action` of a list may say."""

    CONFIRM = 0
    RELABEL = 1
    AGREE = 2
    REJECT = 3
    SKIP = 4
    FLAG = 5
    UNFLAG = 6
    CLEAR = 7

    @property
    def gives_label(self) -> bool:
        """Return whether it gives the tile a label."""
        return self <= Word.REJECT


ACTIONS = tuple(word.name.lower() for word in Word)


@dataclass(frozen=True, kw_only=True, eq=False)
class Listing:
    """The lines of a list that can be understood. Arrays are (n,), in the order of the file.

    Args:
        lines: int64 line numbers.
        tiles: int64 tile indexes; a tile may come several times.
        words: int8 of `Word`.
        labels: int8 labels the lines name, `UNLABELLED` where they name none.
        rejected: The other lines.
    """

    lines: Int64
    tiles: Int64
    words: Int8
    labels: Int8
    rejected: tuple[Rejection, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Verdicts:
    """What the lines of a list come to, each tile at most once.

    Args:
        tiles: (m,) int64 tile indexes.
        actions: (m,) int8 of `Action`.
        labels: (m,) int8 labels, for the rows that give one.
        rejected: The lines left out, in the order of the file.
    """

    tiles: Int64
    actions: Int8
    labels: Int8
    rejected: tuple[Rejection, ...]


def read_listing(table: Table, naming: Naming) -> Listing:
    """Read a list. Any thread: what depends on the labels of now is found by `resolve`."""
    place = {name: number for number, name in enumerate(table.columns)}
    found: list[tuple[int, int, int, int]] = []
    rejected = []
    for line, fields in table.lines:
        label = fields[place["label"]] if "label" in place else ""
        try:
            tile = naming.tile(fields[place["id"]])
            found.append((line, tile, *_entry(fields[place["action"]], label, naming)))
        except LineError as error:
            rejected.append(Rejection(line, str(error)))
    columns = np.array(found, np.int64).reshape(-1, 4).T
    return Listing(
        lines=columns[0],
        tiles=columns[1],
        words=columns[2].astype(np.int8),
        labels=columns[3].astype(np.int8),
        rejected=tuple(rejected),
    )


def resolve(listing: Listing, session: ReviewSession) -> Verdicts:
    """Find out what the lines come to by the labels and scores of now. In the session's thread.

    Of several lines about one tile the last one counts.
    """
    labels, unclear = _labels(listing, session)
    rejected = [
        Rejection(
            int(listing.lines[row]),
            f"the tile has no score, so there is nothing to {ACTIONS[listing.words[row]]}",
        )
        for row in np.flatnonzero(unclear)
    ]
    clear = np.flatnonzero(~unclear)
    last = _last_of_each(listing.tiles[clear])
    rejected += _overruled(listing, clear, last)
    chosen = clear[last]
    tiles = listing.tiles[chosen]
    same = labels[chosen] == session.states.effective_of(tiles, session.tiles.given)
    return Verdicts(
        tiles=tiles,
        actions=_actions(listing.words[chosen], same),
        labels=labels[chosen],
        rejected=tuple(sorted((*listing.rejected, *rejected), key=lambda each: each.line)),
    )


def _entry(action: str, label: str, naming: Naming) -> tuple[Word, int]:
    """Return word and label of a line; the label is `UNLABELLED` where there is none."""
    if action.lower() not in ACTIONS:
        raise LineError(f"there is no action '{action}', only {', '.join(ACTIONS)}")
    word = Word[action.upper()]
    if not word.gives_label or (not label and word is not Word.RELABEL):
        return word, UNLABELLED
    if not label:
        raise LineError("relabel needs a label")
    return word, naming.label(label)


def _labels(listing: Listing, session: ReviewSession) -> tuple[Int8, Bool]:
    """Return the label each line gives, and which lines should give one but cannot.

    A line without a label means the label of now, where it confirms, or what the model says. What a
    blind reader must not see is as if there were no score.
    """
    tiles, words = listing.tiles, listing.words
    hidden = session.hidden(tiles)
    predicted = np.where(hidden, UNLABELLED, session.predicted(tiles))
    opposite = np.where(predicted == UNLABELLED, UNLABELLED, 1 - predicted)
    now = session.states.effective_of(tiles, session.tiles.given)
    implied = np.where(words == Word.REJECT, opposite, predicted)
    implied = np.where((words == Word.CONFIRM) & (now != UNLABELLED), now, implied)
    labels = np.where(listing.labels == UNLABELLED, implied, listing.labels).astype(np.int8)
    return labels, (words <= Word.REJECT) & (labels == UNLABELLED)


def _last_of_each(tiles: Int64) -> Int64:
    """Return the positions of the last row of each tile, ascending."""
    _, first = np.unique(tiles[::-1], return_index=True)
    return np.sort(len(tiles) - 1 - first)


def _overruled(listing: Listing, clear: Int64, last: Int64) -> list[Rejection]:
    """Return the lines after which another speaks of the same tile."""
    lines = listing.lines[clear]
    winner = dict(zip(listing.tiles[clear[last]].tolist(), lines[last].tolist(), strict=True))
    earlier = np.setdiff1d(np.arange(len(clear)), last)
    return [
        Rejection(
            int(lines[row]),
            f"line {winner[int(listing.tiles[clear[row]])]} speaks of the same tile",
        )
        for row in earlier
    ]


def _actions(words: Int8, same: Bool) -> Int8:
    marks = {Word.SKIP: Action.SKIP, Word.FLAG: Action.FLAG}
    marks |= {Word.UNFLAG: Action.UNFLAG, Word.CLEAR: Action.CLEAR}
    actions = np.where(same, Action.CONFIRM, Action.RELABEL)
    for word, action in marks.items():
        actions = np.where(words == word, action, actions)
    return actions.astype(np.int8)
