"""How readers agree with the model, blind and not blind, and with one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

import numpy as np

from histoviewer.domain.agreement import Agreement, compare
from histoviewer.domain.arrays import Float32, Int8, Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.domain.models import ChampionRecord
from histoviewer.domain.opinions import read_opinions
from histoviewer.domain.verdicts import Action, Batch, Mode
from histoviewer.project.project import Project
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model, read_scores
from histoviewer.services.reviewing import ReviewSession


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelAgreement:
    """How labels agree with what the model of that time says; a row of the table is the reader's.

    Args:
        seen: Of labels given with the score on screen.
        blind: Of labels given in a blind read.
    """

    seen: Agreement
    blind: Agreement


def model_agreement(*, workspace: Workspace, reader: str | None = None) -> ModelAgreement:
    """Return how readers agree with the model, where they saw its score and where they did not.

    A seen label is compared with the score that was on screen; a blind one with the score that the
    model which was champion then gives the tile. Labels taken back, and merged ones, which were
    given beside another model, do not count. Of several labels of one reader for a tile, seen or
    blind alike, the newest counts.

    Reads files: not for the UI thread, but safe while that one reviews.

    Args:
        workspace: The open project.
        reader: Only this one's labels; None for all.
    """
    session = workspace.session
    batches = [batch for batch in list(session.log.batches) if _counts(session, batch, reader)]
    blind = [batch for batch in batches if batch.mode is Mode.BLIND]
    seen = [batch for batch in batches if batch.mode is not Mode.BLIND]
    return ModelAgreement(
        seen=_agreement(session, seen, [batch.scores for batch in seen]),
        blind=_agreement(session, blind, _champions_scores(workspace.project, blind)),
    )


def reader_agreement(session: ReviewSession) -> list[tuple[str, str, Agreement]]:
    """Return how each two readers agree on the tiles that both labelled.

    Pairs without a common tile are left out. Safe in another thread than the one that reviews.
    """
    several = session.states.labelled_by
    tiles = np.flatnonzero(several & (several - np.uint64(1)))
    opinions = read_opinions(session.log, tiles)
    pairs = combinations(range(len(opinions.readers)), 2)
    found = [(a, b, compare(opinions.labels[a], opinions.labels[b])) for a, b in pairs]
    names = opinions.readers
    return [(names[a], names[b], agreement) for a, b, agreement in found if agreement.n]


def _counts(session: ReviewSession, batch: Batch, reader: str | None) -> bool:
    stands = batch.undoes is None and session.log.stands(batch)
    return stands and batch.mode is not Mode.MERGED and reader in (None, batch.reader)


def _agreement(
    session: ReviewSession, batches: Sequence[Batch], scores: Sequence[Float32]
) -> Agreement:
    """Return how the labels of some batches agree with the scores of their rows."""
    if not batches:
        nothing = np.zeros(0, np.int8)
        return compare(nothing, nothing)
    actions = np.concatenate([batch.actions for batch in batches])
    labels = np.concatenate([batch.after for batch in batches])
    rows = np.flatnonzero((actions == Action.CONFIRM) | (actions == Action.RELABEL))
    rows = rows[_newest(_reader_and_tile(session, batches)[rows])]
    scores_of_rows = np.concatenate(scores)[rows]
    return compare(labels[rows], _predict(scores_of_rows, session.threshold))


def _reader_and_tile(session: ReviewSession, batches: Sequence[Batch]) -> Int64:
    """Return one int64 number for each row that tells its reader and its tile."""
    readers = [session.log.reader_number(batch.reader) for batch in batches]
    numbers = np.repeat(np.array(readers, np.int64), [len(batch) for batch in batches])
    tiles = np.concatenate([batch.tiles for batch in batches])
    return np.asarray(numbers * len(session.tiles) + tiles)


def _newest(keys: Int64) -> Int64:
    """Return the places at which each key stands for the last time."""
    _, from_end = np.unique(keys[::-1], return_index=True)
    return np.asarray(len(keys) - 1 - from_end)


def _predict(scores: Float32, threshold: float) -> Int8:
    label = np.where(scores >= threshold, POSITIVE, NEGATIVE)
    return np.where(np.isnan(scores), UNLABELLED, label).astype(np.int8)


def _champions_scores(project: Project, batches: Sequence[Batch]) -> list[Float32]:
    """Return, for each batch, the scores that the champion of its time gives its tiles."""
    champions = project.champions()
    known: dict[str | None, Float32] = {None: np.full(project.tile_count, np.nan, np.float32)}
    found = []
    for batch in batches:
        model = _champion_at(champions, batch.when)
        if model not in known:
            known[model] = read_scores(project, find_model(project, model))
        found.append(known[model][batch.tiles])
    return found


def _champion_at(champions: Sequence[ChampionRecord], when: datetime) -> str | None:
    """Return the model that was champion at a time; None before there was one."""
    before = [champion.model for champion in champions if champion.since <= when]
    return before[-1] if before else None
