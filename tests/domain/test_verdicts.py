"""The verdict log: what each action means, and the fold of any log against a plain model."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.verdicts import Action, Batch, TileStates, VerdictLog
from tests.domain.plain_log import (
    PlainLog,
    PlainTile,
    redo,
    reversal,
    tiles_of,
    undo,
    verdicts,
)

TILES = 5
rows = st.dictionaries(
    st.integers(0, TILES - 1), st.tuples(st.sampled_from(Action), st.integers(0, 1)), min_size=1
)
steps = st.lists(st.one_of(rows, st.just("undo"), st.just("redo")), max_size=30)


def play(script: list[dict[int, tuple[Action, int]] | str]) -> tuple[VerdictLog, PlainLog]:
    """Do the same in both logs; an undo or redo with nothing to take back is left out."""
    log, plain = VerdictLog(TILES), PlainLog()
    for step in script:
        if isinstance(step, dict):
            batch = verdicts(log, step)
            log.append(batch)
            plain.act(batch)
        elif step == "undo" and log.undoable:
            undo(log)
            plain.undo()
        elif step == "redo" and log.redoable:
            redo(log)
            plain.redo()
    return log, plain


@given(steps)
def test_states_are_those_of_a_plain_replay(script) -> None:
    log, plain = play(script)

    assert tiles_of(log) == plain.tiles(TILES)


@given(steps)
def test_what_can_be_undone_and_redone_is_what_a_plain_log_says(script) -> None:
    log, plain = play(script)

    assert (log.undoable is not None) == bool(plain.done)
    assert (log.redoable is not None) == bool(plain.undone)


@given(steps)
def test_undo_then_redo_leaves_everything_as_it_was(script) -> None:
    log, _ = play(script)
    before = tiles_of(log)
    undone = 0
    while log.undoable:
        undo(log)
        undone += 1

    assert tiles_of(log) == [PlainTile()] * TILES
    for _ in range(undone):
        redo(log)
    assert tiles_of(log) == before


@given(steps)
def test_a_log_read_back_from_its_batches_is_the_same(script) -> None:
    log, _ = play(script)
    again = VerdictLog(TILES)
    for batch in log.batches:
        again.append(batch)

    assert tiles_of(again) == tiles_of(log)
    assert (again.undoable, again.redoable) == (log.undoable, log.redoable)
    assert again.next_sequence == log.next_sequence


@given(steps)
def test_history_tells_every_row_about_a_tile_in_order(script) -> None:
    log, _ = play(script)

    for tile in range(TILES):
        found = [batch.first_sequence + row for batch, row in log.history(tile)]
        told = [(b, r) for b in log.batches for r, t in enumerate(b.tiles.tolist()) if t == tile]
        assert found == [batch.first_sequence + row for batch, row in told]


@given(steps)
def test_append_names_every_tile_whose_state_changed(script) -> None:
    log = VerdictLog(TILES)
    for step in script:
        before = tiles_of(log)
        if isinstance(step, dict):
            changed = log.append(verdicts(log, step))
        elif step == "undo" and log.undoable:
            changed = log.append(reversal(log, log.undoable.number))
        else:
            continue
        after = tiles_of(log)
        assert {i for i in range(TILES) if before[i] != after[i]} <= set(changed.tolist())


def test_skip_does_not_unsay_a_decision() -> None:
    log = VerdictLog(1)
    log.append(verdicts(log, {0: (Action.RELABEL, 1)}))
    log.append(verdicts(log, {0: (Action.SKIP, 1)}))

    assert tiles_of(log) == [PlainTile(decided=1, decided_at=1, touched_at=2)]


def test_undo_brings_back_the_verdict_before() -> None:
    log = VerdictLog(1)
    log.append(verdicts(log, {0: (Action.CONFIRM, 0)}))
    log.append(verdicts(log, {0: (Action.RELABEL, 1)}))
    undo(log)

    assert tiles_of(log) == [PlainTile(decided=0, decided_at=1, touched_at=1)]


def test_a_new_verdict_ends_what_could_be_redone() -> None:
    log = VerdictLog(2)
    log.append(verdicts(log, {0: (Action.FLAG, 0)}))
    undo(log)
    log.append(verdicts(log, {1: (Action.FLAG, 0)}))

    assert log.redoable is None
    assert log.redo_target is None


def test_an_older_batch_can_be_taken_back_alone() -> None:
    log = VerdictLog(2)
    log.append(verdicts(log, {0: (Action.RELABEL, 1), 1: (Action.RELABEL, 1)}))
    log.append(verdicts(log, {0: (Action.CONFIRM, 0)}))
    log.append(reversal(log, 1))

    assert log.states.decided.tolist() == [0, UNLABELLED]
    assert not log.stands(log.batches[0])
    assert log.stands(log.batches[1])


def test_an_effective_label_is_the_verdict_else_the_given_one() -> None:
    states = TileStates.blank(3)
    states.decided[:] = [1, UNLABELLED, UNLABELLED]

    assert states.effective(np.array([0, 0, -1], np.int8)).tolist() == [1, 0, -1]


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 7},
        {"first_sequence": 9},
        {"tiles": np.array([1, 1])},
        {"tiles": np.array([0, 2])},
        {"tiles": np.array([-1, 0])},
        {"after": np.zeros(1, np.int8)},
        {"undoes": 1},
    ],
    ids=str,
)
def test_a_batch_that_does_not_fit_is_refused_and_leaves_no_trace(changes) -> None:
    log = VerdictLog(2)
    good = verdicts(log, {0: (Action.FLAG, 0), 1: (Action.FLAG, 0)})
    values = {name: getattr(good, name) for name in good.__dataclass_fields__}

    with pytest.raises(ValueError, match="batch"):
        log.append(Batch(**{**values, **changes}))
    assert tiles_of(log) == [PlainTile()] * 2
    assert (log.next_number, log.next_sequence, log.history(0)) == (1, 1, [])


def test_what_is_taken_back_cannot_be_taken_back_again() -> None:
    log = VerdictLog(1)
    log.append(verdicts(log, {0: (Action.FLAG, 0)}))
    undo(log)

    with pytest.raises(ValueError, match="cannot be taken back"):
        log.append(reversal(log, 1))


@pytest.mark.parametrize(
    ("actions", "title"),
    [
        ([Action.RELABEL] * 3, "relabel 3 tiles"),
        ([Action.CONFIRM], "confirm 1 tile"),
        ([Action.CONFIRM, Action.RELABEL], "label 2 tiles"),
    ],
)
def test_a_batch_is_named_as_menus_name_it(actions: list[Action], title: str) -> None:
    batch = Batch(
        number=1,
        first_sequence=1,
        when=datetime.now(UTC),
        reader="ann",
        tiles=np.arange(len(actions)),
        actions=np.array(actions, np.int8),
    )

    assert batch.title == title
