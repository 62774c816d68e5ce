"""How readers agree with the model that was champion, and with one another."""

import numpy as np
import pytest

from histoviewer.services.agreement import model_agreement, reader_agreement
from histoviewer.services.ranking import read_ranking


@pytest.fixture
def scored(workspace, add_scored_model):
    """The project with a champion that says positive of the first ten tiles."""
    scores = np.zeros(workspace.project.tile_count)
    scores[:10] = 0.9
    add_scored_model(workspace, scores)
    workspace.session.rank_by(read_ranking(workspace.project))
    return workspace


def test_labels_are_compared_with_the_model_seen_and_blind_apart(scored):
    scored.session.label([0, 1, 11], 1)
    scored.session.blind = True
    scored.session.label([2, 12], 0)
    found = model_agreement(workspace=scored)

    assert (found.seen.n, found.seen.agreed) == (3, 2)
    assert found.blind.table.tolist() == [[1, 1], [0, 0]]


def test_a_blind_label_is_compared_with_the_champion_of_its_time(scored, add_scored_model):
    scored.session.blind = True
    scored.session.label([0, 1], 1)
    add_scored_model(scored, np.zeros(scored.project.tile_count))
    scored.session.rank_by(read_ranking(scored.project))
    scored.session.label([2], 1)
    found = model_agreement(workspace=scored).blind

    assert (found.n, found.agreed) == (3, 2)


def test_a_blind_label_before_any_model_is_compared_with_none(workspace, add_scored_model):
    workspace.session.blind = True
    workspace.session.label([0], 1)
    add_scored_model(workspace, np.ones(workspace.project.tile_count))

    assert model_agreement(workspace=workspace).blind.n == 0


def test_a_second_label_counts_in_place_of_the_first(scored):
    scored.session.label([0], 0)
    scored.session.label([0], 1)
    scored.session.skip([1])

    assert model_agreement(workspace=scored).seen.table.tolist() == [[0, 0], [0, 1]]


def test_what_is_taken_back_and_what_another_reader_said_does_not_count(scored):
    scored.session.label([0], 1)
    scored.session.undo()
    scored.session.label([1], 1)
    scored.session.reader = "CD"
    scored.session.label([2], 1)

    assert model_agreement(workspace=scored, reader="CD").seen.n == 1
    assert model_agreement(workspace=scored).seen.n == 2


def test_readers_are_compared_pair_by_pair_where_both_labelled(make_session):
    session, _ = make_session(given=[0] * 6)
    for reader, tiles, label in [("AB", [0, 1, 2], 1), ("CD", [1, 2, 3], 0), ("EF", [5], 1)]:
        session.reader = reader
        session.label(tiles, label)
    ((a, b, found),) = reader_agreement(session)

    assert (a, b, found.n, found.agreed) == ("AB", "CD", 2, 0)
