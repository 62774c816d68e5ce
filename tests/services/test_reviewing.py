"""The review session: what keys mean, the queue, undo and redo."""

import numpy as np
import pytest

from histoviewer.domain.tiles import Split
from histoviewer.domain.verdicts import Action
from histoviewer.errors import InputError


def test_label_that_agrees_is_a_confirmation_and_one_that_differs_a_relabelling(make_session):
    session, batches = make_session(given=[1, 0])
    session.label([0, 1], 1)
    assert batches[0].actions.tolist() == [Action.CONFIRM, Action.RELABEL]
    assert session.effective.tolist() == [1, 1]


def test_answer_takes_the_models_side_or_the_other(make_session):
    session, _ = make_session(given=[0, 0], scores=[0.9, 0.9])
    session.answer([0], agree=True)
    session.answer([1], agree=False)
    assert session.effective.tolist() == [1, 0]


def test_answer_without_a_score_is_refused_and_changes_nothing(make_session):
    session, batches = make_session(given=[0, 1], scores=[0.9, np.nan])
    with pytest.raises(InputError, match="no score"):
        session.answer([0, 1], agree=True)
    assert not batches


def test_every_batch_remembers_reader_labels_and_score(make_session):
    session, batches = make_session(given=[0], scores=[0.75])
    session.label([0], 1)
    (batch,) = batches
    assert (batch.reader, batch.before.tolist(), batch.after.tolist()) == ("AB", [0], [1])
    assert batch.scores.tolist() == [0.75]


def test_flag_toggles_only_when_all_have_it(make_session):
    session, _ = make_session(given=[0, 0])
    session.flag([0])
    session.flag([0, 1])
    assert session.states.flagged.all()
    session.flag([0, 1])
    assert not session.states.flagged.any()


def test_skipping_keeps_a_decision(make_session):
    session, _ = make_session(given=[0])
    session.label([0], 1)
    session.skip([0])
    assert session.effective.tolist() == [1]
    assert not session.states.skipped[0]


def test_only_sound_training_tiles_wait_for_retraining(make_session):
    session, _ = make_session(
        given=[0, 0, 0, 0],
        splits=[Split.TRAIN, Split.VALIDATION, Split.TEST, Split.TRAIN],
        problems=[0, 0, 0, 1],
    )
    session.label(range(4), 1)
    assert session.queued.tolist() == [True, False, False, False]


def test_undo_takes_a_bulk_back_in_one_step_and_redo_brings_it_back(make_session):
    session, batches = make_session(given=[0] * 300)
    session.label(range(300), 1)
    assert session.log.undoable.title == "relabel 300 tiles"
    changes = session.undo()
    assert len(changes.tiles) == 300
    assert (session.queue_length, session.effective.sum()) == (0, 0)
    session.redo()
    assert session.queue_length == 300
    assert [batch.undoes for batch in batches] == [None, 1, 2]


def test_undo_without_a_step_changes_nothing(make_session):
    session, batches = make_session(given=[0])
    assert len(session.undo().tiles) == 0
    assert not session.redo().verdicts
    assert not batches


def test_repeated_tiles_are_judged_once(make_session):
    session, batches = make_session(given=[0, 0])
    session.label([1, 1, 0], 1)
    assert batches[0].tiles.tolist() == [1, 0]


def test_columns_do_not_change_under_a_worker(make_session):
    session, _ = make_session(given=[0])
    columns = session.columns()
    session.label([0], 1)
    assert columns.decided.tolist() == [-1]
