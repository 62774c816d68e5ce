"""The verdict log on disk: appended whole and in order, and read back to the same labels."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from histoviewer.domain.verdicts import Action, Batch, Mode, Sources, VerdictLog
from tests.domain.plain_log import merged, redo, reversal, sources, tiles_of, verdicts
from tests.project.samples import WHEN, batch, model, singles

TILES = 5


def plain(batch: Batch) -> dict[str, Any]:
    """A batch as values that compare, even where they are NaN."""
    values = {field.name: getattr(batch, field.name) for field in fields(batch)}
    if batch.sources is not None:
        values["sources"] = plain_columns(batch.sources)
    return {name: plain_value(value) for name, value in values.items()}


def plain_columns(sources: Sources) -> list[Any]:
    return [plain_value(getattr(sources, field.name)) for field in fields(sources)]


def plain_value(value: Any) -> Any:
    return (value.dtype, value.tobytes()) if isinstance(value, np.ndarray) else value


def test_batches_come_back_as_they_were(project) -> None:
    project.add_model(model())
    written = [
        batch(1, 1, [3, 4], scores=np.array([0.1, np.nan], np.float32), model="001-histo-fast"),
        batch(2, 3, [9], actions=np.array([Action.SKIP], np.int8), reader="Zoë 'Z' O\"Neill"),
        batch(3, 4, [], undoes=2),
        batch(4, 4, [0, 1, 2]),
    ]
    project.append(written)

    read = project.read_log().batches
    assert [plain(one) for one in read] == [plain(one) for one in written]


@pytest.mark.parametrize("mode", [Mode.OPEN, Mode.BLIND, Mode.SETTLING])
def test_how_a_batch_came_about_comes_back(project, mode) -> None:
    project.append([batch(1, 1, mode=mode)])

    assert project.read_log().batches[0].mode is mode


def test_merged_rows_come_back_with_their_readers_times_and_origins(project) -> None:
    log = project.read_log()
    log.append(verdicts(log, {1: (Action.FLAG, 0)}))
    rows = [
        (2, Action.SKIP, 0, "Zoë", 3),
        (2, Action.RELABEL, 1, "bob", 2**52),
        (0, 1, 1, "Zoë", 5),
    ]
    log.append(merged(log, rows))
    log.append(reversal(log, 2))
    project.append(log.batches)
    read = project.read_log()

    assert [plain(one) for one in read.batches] == [plain(one) for one in log.batches]
    assert (read.readers, tiles_of(read)) == (log.readers, tiles_of(log))


def test_the_history_names_the_readers_and_times_of_merged_rows(project) -> None:
    times = [1_714_566_615_123_456, 7]
    found = sources(["bob", "eve"], times)
    project.append([batch(1, 1, [3, 3], mode=Mode.MERGED, sources=found), batch(2, 3, [4])])
    query = text("SELECT reader, time, mode, origin FROM verdict_history ORDER BY sequence")
    with project._database.read() as connection:
        rows = connection.execute(query).all()

    assert rows == [
        ("bob", "2024-05-01 12:30:15.123456", 3, 1),
        ("eve", "1970-01-01 00:00:00.000007", 3, 2),
        ("ann", WHEN.strftime("%Y-%m-%d %H:%M:%S.%f"), 0, None),
    ]


def test_an_empty_log_is_read(project) -> None:
    log = project.read_log()

    assert (log.batches, log.next_number, log.next_sequence) == ([], 1, 1)
    project.append([])


@pytest.mark.parametrize("wrong", [(2, 2), (1, 2), (2, 1)])
def test_a_gap_is_refused(project, wrong) -> None:
    number, sequence = wrong
    with pytest.raises(ValueError, match="does not follow"):
        project.append([batch(number, sequence)])

    assert project.read_log().batches == []


def test_a_batch_is_not_appended_twice(project) -> None:
    project.append(singles(2))

    with pytest.raises(ValueError, match="batch 2 does not follow batch 2"):
        project.append(singles(1, start=2))


def test_batches_are_stored_together_or_not_at_all(project) -> None:
    with pytest.raises(IntegrityError):
        project.append([*singles(3), batch(4, 4, [999])])

    assert project.read_log().batches == []


steps = st.lists(
    st.one_of(
        st.dictionaries(
            st.integers(0, TILES - 1),
            st.tuples(st.sampled_from(Action), st.integers(0, 1)),
            min_size=1,
        ),
        st.sampled_from(["undo", "redo"]),
    ),
    max_size=20,
)


@given(steps, st.integers(0, 10))
@settings(deadline=None)
def test_extending_a_log_is_appending_one_by_one(script, cut) -> None:
    one_by_one = VerdictLog(TILES)
    for step in script:
        if isinstance(step, dict):
            one_by_one.append(verdicts(one_by_one, step))
        elif step == "undo" and one_by_one.undoable:
            one_by_one.append(reversal(one_by_one, one_by_one.undoable.number))
        elif step == "redo" and one_by_one.redoable:
            redo(one_by_one)
    at_once = VerdictLog(TILES)
    at_once.extend(one_by_one.batches[:cut])
    at_once.extend(one_by_one.batches[cut:])

    assert tiles_of(at_once) == tiles_of(one_by_one)
    assert at_once.undoable is one_by_one.undoable
    assert at_once.redo_target == one_by_one.redo_target
    for tile in range(TILES):
        assert at_once.history(tile) == one_by_one.history(tile)


@pytest.mark.parametrize("wrong", [batch(1, 2), batch(1, 1, [3, 3]), batch(1, 1, [0], undoes=1)])
def test_extending_a_log_refuses_what_appending_refuses(wrong) -> None:
    with pytest.raises(ValueError, match="batch"):
        VerdictLog(TILES).extend([wrong])
