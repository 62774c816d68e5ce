"""The retraining queue as a list: what waits and why, what is left out, what will be learned."""

import numpy as np
import pytest

from histoviewer.domain.models import ModelKind
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.services.opening import open_workspace
from histoviewer.services.queue import Waiting, preview, read_queue, weigh
from histoviewer.services.ranking import read_ranking
from histoviewer.services.training import Lesson


@pytest.fixture
def reviewed(workspace, add_scored_model):
    """A champion that learned all given labels, and three verdicts on training tiles since."""
    session, project = workspace.session, workspace.project
    model = add_scored_model(workspace, np.full(project.tile_count, 0.25))
    training = session.tiles.splits == Split.TRAIN
    np.save(project.learned_path(model.id), np.where(training, session.tiles.given, -1))
    session.rank_by(read_ranking(project))
    negatives = np.flatnonzero(training & (session.tiles.given == 0))[:3]
    session.label(negatives[:2], 1)
    session.label(negatives[2:], 0)
    return workspace, negatives


def entries_of(workspace):
    return read_queue(Waiting.of(workspace.session))


def test_what_waits_is_listed_with_labels_reader_model_and_score(reviewed) -> None:
    workspace, tiles = reviewed

    newest, *others = entries_of(workspace)

    assert (newest.tile, newest.before, newest.after) == (tiles[2], 0, 0)
    assert [(entry.tile, entry.before, entry.after) for entry in others] == [
        (tiles[1], 0, 1),
        (tiles[0], 0, 1),
    ]
    assert (newest.reader, newest.model, newest.score) == ("AB", "001-test", 0.25)
    assert newest.when == workspace.session.log.batches[-1].when


def test_a_verdict_taken_back_since_waits_without_a_reader(reviewed) -> None:
    workspace, tiles = reviewed
    learned = np.load(workspace.project.learned_path("001-test"))
    learned[tiles[0]] = 1
    np.save(workspace.project.learned_path("001-test"), learned)
    workspace.session.rank_by(read_ranking(workspace.project))

    workspace.session.undo(1)

    (entry,) = (each for each in entries_of(workspace) if each.tile == tiles[0])
    assert (entry.before, entry.after, entry.reader, entry.when) == (1, 0, "", None)


def test_what_is_left_out_is_neither_queued_nor_learned(reviewed) -> None:
    workspace, tiles = reviewed

    changes, given = weigh(workspace.session, tiles[:1], 0.0)
    workspace.project.weigh(given)

    assert changes.tiles.tolist() == [tiles[0]]
    assert workspace.session.queue_length == 2
    lesson = Lesson.of(workspace)
    assert tiles[0] not in lesson.train
    assert tiles[0] not in lesson.queue
    assert len(entries_of(workspace)) == 3


def test_a_weight_survives_a_restart_until_a_newer_verdict(reviewed) -> None:
    workspace, tiles = reviewed
    _, given = weigh(workspace.session, tiles[:2], 3.5)
    workspace.project.weigh(given)
    path = workspace.project.path
    workspace.close()

    with open_workspace(path, reader="CD") as again:
        assert Lesson.of(again).weights[tiles].tolist() == [3.5, 3.5, 1.0]
        again.session.label(tiles[:1], 0)

        assert Lesson.of(again).weights[tiles].tolist() == [1.0, 3.5, 1.0]


def test_the_preview_counts_what_will_be_learned(reviewed) -> None:
    workspace, tiles = reviewed
    weigh(workspace.session, tiles[:1], 0.0)

    coming = preview(Waiting.of(workspace.session))

    training = np.count_nonzero(workspace.session.tiles.splits == Split.TRAIN)
    assert coming.changed == {(0, 1): 1}
    assert (coming.confirmed, coming.taken_back, coming.left_out) == (1, 0, 1)
    assert coming.learnable == training - 1 == len(Lesson.of(workspace).train)


def test_a_weight_out_of_range_is_refused(reviewed) -> None:
    workspace, tiles = reviewed

    with pytest.raises(InputError, match="not possible"):
        weigh(workspace.session, tiles, 101.0)


def test_a_head_as_champion_empties_no_queue(reviewed, add_scored_model) -> None:
    """The queue is what the network has not learned, whatever its head learned since."""
    workspace, _ = reviewed
    project = workspace.project
    champion = project.models()[0]
    head = add_scored_model(
        workspace, np.full(project.tile_count, 0.5), kind=ModelKind.HEAD, parent=champion.id
    )
    np.save(project.learned_path(head.id), workspace.session.effective)

    workspace.session.rank_by(read_ranking(project))

    assert workspace.session.ranking.model == head
    assert workspace.session.queue_length == 3
