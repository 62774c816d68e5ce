"""What the inspector says of a tile: plain values in the reader's language, no widgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tiles import Split
from histoviewer.domain.verdicts import Action, Batch, Mode
from histoviewer.services.lineage import Learner, first_learners
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.facts import problem_words
from histoviewer.ui.review.filter_words import splits
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate

SIGNS: Final = {POSITIVE: "+", NEGATIVE: "\N{MINUS SIGN}", UNLABELLED: "?"}
TIMES: Final = "\N{MULTIPLICATION SIGN}"


_ACTIONS: Final[Mapping[Action, str]] = {
    Action.CONFIRM: QT_TRANSLATE_NOOP("describing", "confirmed as {label}"),
    Action.RELABEL: QT_TRANSLATE_NOOP("describing", "relabelled {label}"),
    Action.SKIP: QT_TRANSLATE_NOOP("describing", "skipped"),
    Action.FLAG: QT_TRANSLATE_NOOP("describing", "flagged"),
    Action.UNFLAG: QT_TRANSLATE_NOOP("describing", "flag taken off"),
    Action.CLEAR: QT_TRANSLATE_NOOP("describing", "verdict cleared"),
}
_FIRST_LABEL: Final = QT_TRANSLATE_NOOP("describing", "labelled {label}")
_MODES: Final[Mapping[Mode, str]] = {
    Mode.BLIND: QT_TRANSLATE_NOOP("describing", "blind"),
    Mode.SETTLING: QT_TRANSLATE_NOOP("describing", "settled a difference"),
    Mode.MERGED: QT_TRANSLATE_NOOP("describing", "merged from elsewhere"),
}
_UNDONE: Final = QT_TRANSLATE_NOOP("describing", "undone")
_STATES: Final = {
    "labelled": QT_TRANSLATE_NOOP("describing", "labelled"),
    "confirmed": QT_TRANSLATE_NOOP("describing", "confirmed"),
    "relabelled": QT_TRANSLATE_NOOP("describing", "relabelled"),
    "skipped": QT_TRANSLATE_NOOP("describing", "skipped"),
    "undecided": QT_TRANSLATE_NOOP("describing", "undecided"),
    "flagged": QT_TRANSLATE_NOOP("describing", "flagged"),
    "queued": QT_TRANSLATE_NOOP("describing", "waits for retraining"),
}


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One verdict in the history of a tile.

    Args:
        when: Local time of the decision, 'YYYY-MM-DD HH:MM'.
        reader: Who decided.
        action: What, such as 'relabelled tumour'.
        score: The score on screen then, '' where there was none or it is hidden now.
        model: The model that gave it; '' as for the score, and where it is not known here.
        mode: How it came about.
        stands: Whether it is in force, that is not undone.
        learned_by: Number of the first model trained on it; None where none was, or that is not
            known yet.
    """

    when: str
    reader: str
    action: str
    score: str
    model: str
    mode: Mode
    stands: bool
    learned_by: int | None = None

    @property
    def marks(self) -> list[str]:
        """Return what is special about it, in words: 'blind', 'undone'."""
        words = [translate("describing", _MODES[self.mode])] if self.mode in _MODES else []
        return words if self.stands else [*words, translate("describing", _UNDONE)]

    @property
    def what(self) -> str:
        """Return the action with its marks: 'relabelled tumour (blind, undone)'."""
        return f"{self.action} ({', '.join(self.marks)})" if self.marks else self.action

    @property
    def circumstances(self) -> str:
        """Return who, when, and what the model said: 'AB, 2026-05-01 12:30, score 0.990'."""
        parts = [self.reader, self.when]
        if self.score:
            text = (
                translate("describing", "score {score} by {model}")
                if self.model
                else translate("describing", "score {score}")
            )
            parts.append(text.format(score=self.score, model=self.model))
        if self.learned_by is not None:
            text = translate("describing", "first learned by model {number}")
            parts.append(text.format(number=self.learned_by))
        return ", ".join(parts)


@dataclass(frozen=True, kw_only=True)
class Description:
    """All that is said of a tile in words.

    Args:
        id: Its id.
        label: Effective label, `UNLABELLED` where none.
        effective: The same in words.
        given: Given label in words.
        state: What readers made of it: 'undecided', 'confirmed', 'flagged', …
        prediction: Score and predicted class.
        hidden: In a blind read: nothing that a model says of the tile may be shown yet.
        disagrees: The model says another class than the effective label.
        split: Name of the split.
        group: Name of the group, '' where unknown.
        neighbours: Number of other tiles in the group.
        problems: What is wrong with it, '' for nothing.
        history: Verdicts, newest first.
    """

    id: str
    label: int
    effective: str
    given: str
    state: str
    prediction: str
    hidden: bool
    disagrees: bool
    split: str
    group: str
    neighbours: int
    problems: str
    history: Sequence[HistoryRow]


def describe(session: ReviewSession, tile: int, learners: Sequence[Learner] = ()) -> Description:
    """Return what is known of a tile, and may be shown of it. UI thread, as the session.

    Args:
        session: The review.
        tile: Index of the tile.
        learners: What each model learned of it, in the order of their numbers, where that is known.
    """
    first = first_learners(session.log, tile, learners)
    table, states = session.tiles, session.states
    given, decided = int(table.given[tile]), int(states.decided[tile])
    label = given if decided == UNLABELLED else decided
    hidden = bool(session.hidden([tile])[0])
    predicted = UNLABELLED if hidden else int(session.predicted(np.array([tile]))[0])
    group = int(table.groups[tile])
    return Description(
        id=table.ids[tile],
        label=label,
        effective=_class_name(session, label),
        given=_class_name(session, given),
        state=", ".join(translate("describing", _STATES[word]) for word in _state(session, tile)),
        prediction=translate("describing", "hidden until your verdict")
        if hidden
        else _prediction(session, tile, predicted),
        hidden=hidden,
        disagrees=UNLABELLED not in (label, predicted) and label != predicted,
        split=splits()[Split(int(table.splits[tile]))],
        group=table.group_name(tile),
        neighbours=int(table.group_sizes[group]) - 1 if group >= 0 else 0,
        problems=", ".join(problem_words(int(table.problems[tile]))),
        history=[
            _history_row(session, batch, row, first, hidden=hidden)
            for batch, row in reversed(session.log.history(tile))
        ],
    )


def twins(session: ReviewSession, tile: int) -> list[tuple[int, str]]:
    """Return index and text of the other tiles with the same pixels; none until measured."""
    if session.measures is None:
        return []
    tiles = session.measures.twins(tile)
    decided, given = session.states.decided[tiles], session.tiles.given[tiles]
    labels = np.where(decided == UNLABELLED, given, decided)
    return [
        (index, f"{SIGNS[label]} {session.tiles.ids[index]}")
        for index, label in zip(tiles.tolist(), labels.tolist(), strict=True)
    ]


def _class_name(session: ReviewSession, label: int) -> str:
    return (
        translate("describing", "unlabelled") if label == UNLABELLED else session.classes.of(label)
    )


def _state(session: ReviewSession, tile: int) -> list[str]:
    """Return what readers made of a tile, as keys of `_STATES`."""
    states, given = session.states, int(session.tiles.given[tile])
    decided = int(states.decided[tile])
    if decided == UNLABELLED:
        words = ["skipped" if states.skipped[tile] else "undecided"]
    elif given == UNLABELLED:
        words = ["labelled"]
    else:
        words = ["confirmed" if decided == given else "relabelled"]
    words += ["flagged"] if states.flagged[tile] else []
    words += ["queued"] if session.queued[tile] else []
    return words


def _prediction(session: ReviewSession, tile: int, predicted: int) -> str:
    if predicted == UNLABELLED:
        return translate("describing", "not scored")
    model = session.ranking.model
    by = (
        ""
        if model is None
        else " " + translate("describing", "(model {number})").format(number=model.number)
    )
    return f"{session.scores[tile]:.3f} → {session.classes.of(predicted)}{by}"


def _history_row(
    session: ReviewSession,
    batch: Batch,
    row: int,
    first: Mapping[int, ModelRecord],
    *,
    hidden: bool,
) -> HistoryRow:
    learned_by = first.get(batch.first_sequence + row)
    score = float(batch.scores[row])
    has_score = not (hidden or np.isnan(score))
    return HistoryRow(
        when=batch.time_of(row).astimezone().strftime("%Y-%m-%d %H:%M"),
        reader=batch.reader_of(row),
        action=_action(session, batch, row),
        score=f"{score:.3f}" if has_score else "",
        model=(batch.model or "") if has_score else "",
        mode=batch.mode,
        stands=session.log.stands(batch),
        learned_by=None if learned_by is None else learned_by.number,
    )


def _action(session: ReviewSession, batch: Batch, row: int) -> str:
    action = Action(int(batch.actions[row]))
    text = _ACTIONS[action]
    if action is Action.RELABEL and int(batch.before[row]) == UNLABELLED:
        text = _FIRST_LABEL  # there was none to change
    return translate("describing", text).format(label=_class_name(session, int(batch.after[row])))
