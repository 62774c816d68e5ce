"""The review session: what keys mean, the queue, undo and redo."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from histoviewer.domain.tiles import Split
from histoviewer.domain.verdicts import Action, Mode
from histoviewer.errors import InputError
from histoviewer.services.disputes import read_disputes
from histoviewer.services.ranking import Ranking


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


def test_a_blind_verdict_is_marked_and_holds_neither_model_nor_score(make_session):
    session, batches = make_session(given=[0, 0], scores=[0.9, 0.9])
    session.blind = True
    session.label([0], 1)
    (batch,) = batches
    assert (batch.mode, batch.model) == (Mode.BLIND, None)
    assert np.isnan(batch.scores).all()


def test_in_a_blind_read_scores_show_once_the_reader_gave_a_label(make_session):
    session, batches = make_session(given=[0, 0], scores=[0.9, 0.8])
    assert not session.hidden([0, 1]).any()
    session.blind = True
    session.label([0], 1)
    session.skip([1])
    assert session.hidden([0, 1]).tolist() == [False, True]
    session.label([0], 0)
    assert (batches[-1].mode, batches[-1].scores.tolist()) == (Mode.OPEN, [np.float32(0.9)])


def test_what_another_reader_said_reveals_no_score(make_session):
    session, _ = make_session(given=[0], scores=[0.9])
    session.label([0], 1)
    session.blind, session.reader = True, "CD"
    assert session.hidden([0]).tolist() == [True]


def test_a_step_on_tiles_shown_and_hidden_is_not_blind_but_keeps_what_was_hidden_null(make_session):
    session, batches = make_session(given=[0, 0], scores=[0.75, 0.75])
    session.blind = True
    session.label([0], 1)
    session.label([0, 1], 1)
    assert batches[-1].mode is Mode.OPEN
    assert np.isnan(batches[-1].scores).tolist() == [False, True]


def test_there_is_nothing_to_agree_with_in_a_blind_read(make_session):
    session, batches = make_session(given=[0], scores=[0.9])
    session.blind = True
    with pytest.raises(InputError, match="hidden until the verdict"):
        session.answer([0], agree=True)
    assert not batches


def test_any_step_can_be_taken_back_on_its_own(make_session):
    session, _ = make_session(given=[0, 0])
    session.label([0, 1], 1)
    session.label([1], 0)
    changes = session.undo(1)
    assert changes.tiles.tolist() == [0, 1]
    assert session.states.decided.tolist() == [-1, 0]
    session.redo()
    assert session.states.decided.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (0, "There is no step 0. The steps are numbered 1 to 3"),
        (4, "There is no step 4"),
        (1, "Step 1 is taken back already"),
        (3, "Step 3 took back or brought back another one"),
    ],
)
def test_a_step_that_does_not_stand_cannot_be_taken_back(make_session, step, sentence):
    session, batches = make_session(given=[0])
    session.label([0], 1)
    session.flag([0])
    session.undo(1)
    with pytest.raises(InputError, match=sentence):
        session.undo(step)
    assert len(batches) == 3


def test_settling_ends_a_dispute(make_session):
    session, batches = make_session(given=[0])
    session.label([0], 1)
    session.reader = "CD"
    session.label([0], 0)
    assert [dispute.labels for dispute in read_disputes(session.log)] == [{"AB": 1, "CD": 0}]
    session.settle([0], 1)
    assert (batches[-1].mode, batches[-1].title) == (Mode.SETTLING, "settle 1 tile")
    assert read_disputes(session.log) == []


@pytest.mark.parametrize(
    "verdict",
    [
        lambda session: session.label([0], 1),
        lambda session: session.flag([0]),
        lambda session: session.settle([0], 1),
        lambda session: session.undo(),
        lambda session: session.redo(),
    ],
)
def test_a_session_for_looking_only_takes_no_verdict_and_says_why(make_session, verdict):
    session, batches = make_session(given=[0], scores=[0.9])
    session.read_only = True
    with pytest.raises(InputError, match=r"open for reading only.*Close it"):
        verdict(session)
    assert not batches


@given(
    learned=st.lists(st.integers(-1, 1), min_size=4, max_size=4),
    verdicts=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=8),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_queue_kept_up_verdict_by_verdict_is_the_one_worked_out_anew(
    make_session, learned, verdicts
):
    session, _ = make_session(given=[0, 1, 0, -1])
    known = np.array(learned, np.int8)
    session.rank_by(Ranking(model=None, scores=session.scores, learned=known))
    for tile, label in verdicts:
        session.clear([tile]) if label == 2 else session.label([tile], label)
        kept = session.queued.copy()
        session.rank_by(session.ranking)
        assert session.queued.tolist() == kept.tolist()


def test_a_reader_too_many_is_refused_and_nothing_is_recorded(make_session):
    session, batches = make_session(given=[0])
    for number in range(64):
        session.reader = f"reader {number}"
        session.skip([0])
    session.reader = "one more"
    with pytest.raises(InputError, match="64 can be told apart"):
        session.skip([0])
    assert len(batches) == len(session.log.batches) == 64
