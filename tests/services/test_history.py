"""The log as a list for people."""

from histoviewer.domain.verdicts import Action, Mode
from histoviewer.services.history import read_steps, read_tile


def test_steps_are_listed_newest_first_with_what_they_are_about(make_session):
    session, _ = make_session(given=[0, 0])
    session.label([0, 1], 1)
    session.undo()
    session.redo()
    session.settle([0], 0)
    steps = read_steps(session.log)

    assert [(step.number, step.word, step.rows, step.of, step.stands) for step in steps] == [
        (4, "settle", 1, None, True),
        (3, "redo", 2, 1, False),
        (2, "undo", 2, 1, False),
        (1, "relabel", 2, None, True),
    ]
    assert [step.number for step in read_steps(session.log, newest=1)] == [4]


def test_what_was_said_of_a_tile_is_told_with_what_was_on_screen(make_session):
    session, _ = make_session(given=[0, 0], scores=[0.75, 0.5])
    session.label([0], 1)
    session.blind, session.reader = True, "CD"
    session.flag([0, 1])
    session.undo()
    first, second = read_tile(session.log, 0)

    assert (first.reader, first.action, first.before, first.after) == ("AB", Action.RELABEL, 0, 1)
    assert (first.score, first.mode, first.stands) == (0.75, Mode.OPEN, True)
    assert (second.reader, second.mode, second.stands) == ("CD", Mode.BLIND, False)
