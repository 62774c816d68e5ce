"""Histories from other machines: what is merged, what is known, who differs."""

import pytest

from histoviewer.services.interchange.importing import (
    Basis,
    import_verdicts,
    is_outdated,
    read_verdicts,
    record_verdicts,
)
from tests.services.interchange.conftest import carry, labels_of, opinions_of


@pytest.fixture
def file(tmp_path):
    return tmp_path / "verdicts.csv"


@pytest.fixture
def ann(machine):
    return machine("Ann")


@pytest.fixture
def bob(machine):
    return machine("Bob")


def test_a_fresh_project_gets_everything(ann, bob, file):
    ann.label([0, 1], 1)
    ann.skip([2])
    ann.flag([3])
    outcome = carry(ann, bob, file)
    assert (outcome.applied, outcome.known, outcome.relabelled) == (4, 0, 1)
    assert labels_of(bob) == labels_of(ann)
    assert opinions_of(bob) == {"Ann": [1, 1, -1, -1, -1, -1]}


def test_a_merge_is_one_step_of_undo(ann, bob, file):
    ann.label([0], 1)
    ann.flag([3])
    blank = labels_of(bob)
    carry(ann, bob, file)
    bob.undo()
    assert labels_of(bob) == blank


def test_the_same_file_twice_adds_nothing(ann, bob, file):
    ann.label([0, 1], 1)
    carry(ann, bob, file)
    again = carry(ann, bob, file)
    assert (again.applied, again.known) == (0, 2)
    assert len(bob.log.batches) == 1


def test_an_import_that_was_undone_can_be_repeated(ann, bob, file):
    ann.label([0], 1)
    carry(ann, bob, file)
    bob.undo()
    assert carry(ann, bob, file).applied == 1


def test_back_at_its_origin_a_file_adds_nothing_even_what_was_taken_back(ann, bob, file):
    ann.label([0], 1)
    carry(ann, bob, file)
    ann.undo()
    back = carry(bob, ann, file)
    assert (back.applied, back.known) == (0, 1)
    assert ann.effective[0] == 0


def test_the_newest_verdict_stands_whichever_way_it_travels(ann, bob, file):
    ann.label([0], 1)
    bob.label([0], 0)
    ann.label([1], 0)
    carry(ann, bob, file)
    carry(bob, ann, file)
    assert labels_of(ann) == labels_of(bob)
    assert ann.effective[:2].tolist() == [0, 0]


def test_conflicts_say_who_says_what_and_which_label_stands(ann, bob, file):
    ann.label([0, 1], 1)
    bob.label([0], 0)
    outcome = carry(ann, bob, file)
    (conflict,) = outcome.conflicts
    assert (conflict.tile, conflict.stands) == ("t0", 0)
    assert [(each.reader, each.label) for each in conflict.opinions] == [("Ann", 1), ("Bob", 0)]
    assert conflict.opinions[0].time == ann.log.batches[0].when


def test_a_reader_who_changes_their_mind_is_no_conflict(ann, bob, file):
    ann.label([0], 1)
    carry(ann, bob, file)
    ann.label([0], 0)
    outcome = carry(ann, bob, file)
    assert (outcome.applied, outcome.known, outcome.conflicts) == (1, 1, ())
    assert bob.states.decided[0] == 0


def test_what_was_taken_back_there_is_left_out(ann, bob, file):
    ann.label([0], 1)
    ann.label([1], 0)
    ann.undo()
    outcome = carry(ann, bob, file)
    assert (outcome.applied, outcome.undone) == (1, 1)
    assert bob.states.decided[:2].tolist() == [1, -1]


def test_what_is_taken_back_there_later_is_taken_back_here_too(ann, bob, file):
    ann.label([0], 1)
    ann.label([1], 0)
    carry(ann, bob, file)
    ann.undo()
    outcome = carry(ann, bob, file)
    assert (outcome.applied, outcome.withdrawn, outcome.known) == (0, 1, 1)
    assert labels_of(bob) == labels_of(ann)


def test_who_undoes_an_import_takes_back_nothing_elsewhere(ann, bob, machine, file):
    cleo = machine("Cleo")
    ann.label([0], 1)
    carry(ann, bob, file)
    carry(ann, cleo, file)
    bob.undo()
    assert carry(bob, cleo, file).withdrawn == 0
    assert cleo.effective[0] == 1


def test_a_verdict_passed_on_is_known_from_whom_it_came(ann, bob, machine, file):
    cleo = machine("Cleo")
    ann.label([0], 1)
    carry(ann, bob, file)
    carry(bob, cleo, file)
    assert carry(ann, cleo, file).known == 1
    assert opinions_of(cleo) == {"Ann": [1, -1, -1, -1, -1, -1]}


def test_bad_lines_are_listed_and_the_others_merged(ann, bob, file):
    ann.label([0, 1, 2, 3, 4, 5], 1)
    carry(ann, ann, file)
    lines = file.read_text().splitlines()
    lines[1] = lines[1].replace("t0", "nobody")
    lines[2] = lines[2].replace("confirm", "delete")
    lines[3] = lines[3].replace("+00:00", "")
    lines[4] = "-" + lines[4]
    lines[5] = lines[5].replace("Ann", "")
    file.write_text("\n".join(lines))
    outcome = import_verdicts(session=bob, path=file)
    assert [line.line for line in outcome.rejected] == [2, 3, 4, 5, 6]
    assert outcome.applied == 1


def test_a_file_is_read_anew_where_something_was_merged_or_undone_since(ann, bob, file):
    ann.label([0], 1)
    carry(ann, bob, file)
    read = read_verdicts(file, Basis.of(bob))
    bob.label([1], 1)
    assert not is_outdated(read, bob)
    bob.undo(1)
    assert is_outdated(read, bob)
    assert record_verdicts(bob, read_verdicts(file, Basis.of(bob))).applied == 1
