"""The verdict log on disk: appended whole and in order, and read back to the same labels."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from histoviewer.domain.verdicts import Action, Batch, VerdictLog
from histoviewer.project.project import Project
from tests.domain.plain_log import PlainLog, redo, reversal, tiles_of, verdicts
from tests.project.samples import batch, catalogue, model, singles

TILES = 5


def plain(batch: Batch) -> dict[str, Any]:
    """A batch as values that compare, even where they are NaN."""
    values = {field.name: getattr(batch, field.name) for field in fields(batch)}
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            values[name] = (value.dtype, value.tobytes())
    return values


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
        st.sampled_from(["undo", "redo", "restart"]),
    ),
    max_size=20,
)


class Reviewer:
    """Reviews a project and a plain model of it side by side."""

    def __init__(self, path) -> None:
        self.path = path
        self.project = Project.create(path, catalogue=catalogue(TILES), tile_size=96)
        self.log = self.project.read_log()
        self.model = PlainLog()

    def act(self, step) -> None:
        if isinstance(step, dict):
            self.store(verdicts(self.log, step))
            self.model.act(self.log.batches[-1])
        elif step == "undo" and self.model.done:
            self.store(reversal(self.log, self.log.undoable.number))
            self.model.undo()
        elif step == "redo" and self.model.undone:
            self.store(reversal(self.log, self.log.redo_target))
            self.model.redo()
        elif step == "restart":
            self.restart()

    def store(self, batch: Batch) -> None:
        self.log.append(batch)
        self.project.append([batch])

    def restart(self) -> None:
        self.project.close()
        self.project = Project.open(self.path)
        self.log = self.project.read_log()


@given(steps)
@settings(max_examples=40, deadline=None)
def test_any_review_with_restarts_leads_to_the_labels_of_a_plain_log(tmp_path_factory, script):
    reviewer = Reviewer(tmp_path_factory.mktemp("review") / "x.histo")
    for step in [*script, "restart"]:
        reviewer.act(step)
        assert tiles_of(reviewer.log) == reviewer.model.tiles(TILES)
    reviewer.project.close()


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
