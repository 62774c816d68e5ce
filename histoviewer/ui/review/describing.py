"""What the inspector says of a tile, as plain values: no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.domain.tiles import Split
from histoviewer.domain.verdicts import Action
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.facts import problem_words

SIGNS: Final = {POSITIVE: "+", NEGATIVE: "\N{MINUS SIGN}", UNLABELLED: "?"}
TIMES: Final = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One verdict in the history of a tile.

    Args:
        when: Local time, 'YYYY-MM-DD HH:MM'.
        reader: Who.
        action: What, such as 'relabel to tumour'.
        score: The score on screen then, '' where there was none.
        model: The model that gave it, '' where there was none.
        stands: Whether it is in force, that is not undone.
    """

    when: str
    reader: str
    action: str
    score: str
    model: str
    stands: bool


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
        disagrees: The model says another class than the effective label.
        split: Name of the split.
        group: Name of the group, '' where unknown.
        problems: What is wrong with it, '' for nothing.
        history: Verdicts, newest first.
    """

    id: str
    label: int
    effective: str
    given: str
    state: str
    prediction: str
    disagrees: bool
    split: str
    group: str
    problems: str
    history: Sequence[HistoryRow]


def describe(session: ReviewSession, tile: int) -> Description:
    """Return what is known of a tile."""
    table, states, classes = session.tiles, session.states, session.classes
    given, decided = int(table.given[tile]), int(states.decided[tile])
    label = given if decided == UNLABELLED else decided
    predicted = int(session.predicted(np.array([tile]))[0])
    return Description(
        id=table.ids[tile],
        label=label,
        effective=classes.of(label),
        given=classes.of(given),
        state=_state(session, tile),
        prediction=_prediction(session, tile, predicted),
        disagrees=UNLABELLED not in (label, predicted) and label != predicted,
        split=Split(int(table.splits[tile])).word,
        group=table.group_name(tile),
        problems=", ".join(problem_words(int(table.problems[tile]))),
        history=_history(session, tile),
    )


def _decision(given: int, decided: int) -> str:
    """Return what a verdict made of the given label."""
    if given == UNLABELLED:
        return "labelled"
    return "confirmed" if decided == given else "relabelled"


def _state(session: ReviewSession, tile: int) -> str:
    states, given = session.states, session.tiles.given
    words = []
    if states.decided[tile] != UNLABELLED:
        words.append(_decision(int(given[tile]), int(states.decided[tile])))
    else:
        words.append("skipped" if states.skipped[tile] else "undecided")
    words += ["flagged"] if states.flagged[tile] else []
    words += ["waits for retraining"] if session.queued[tile] else []
    return ", ".join(words)


def _prediction(session: ReviewSession, tile: int, predicted: int) -> str:
    if predicted == UNLABELLED:
        return "not scored"
    model = session.ranking.model
    by = "" if model is None else f" (model {model.number})"
    return f"{session.scores[tile]:.3f} → {session.classes.of(predicted)}{by}"


def _history(session: ReviewSession, tile: int) -> list[HistoryRow]:
    rows = []
    for batch, row in reversed(session.log.history(tile)):
        action, score = Action(int(batch.actions[row])), float(batch.scores[row])
        words = action.word
        if action is Action.RELABEL and session.tiles.given[tile] == UNLABELLED:
            words = "label"  # there was none to change
        if action in (Action.CONFIRM, Action.RELABEL):
            words += f": {session.classes.of(int(batch.after[row]))}"
        rows.append(
            HistoryRow(
                when=batch.when.astimezone().strftime("%Y-%m-%d %H:%M"),
                reader=batch.reader,
                action=words,
                score="" if np.isnan(score) else f"{score:.3f}",
                model=batch.model or "",
                stands=session.log.stands(batch),
            )
        )
    return rows
