"""Instant retraining on the network that comes with the program."""

import numpy as np
import pytest

from histoviewer.domain.models import ModelKind
from histoviewer.domain.tiles import Split
from histoviewer.errors import JobCancelled, NotEmbeddedError
from histoviewer.jobs.messages import Cancelled
from histoviewer.jobs.runner import drive
from histoviewer.services.quick import retrain_quick
from histoviewer.services.ranking import read_learned, read_ranking, read_scores
from histoviewer.services.scoring import score


def test_a_head_learns_the_verdicts_and_scores_every_tile(workspace, model, ask) -> None:
    session, project = workspace.session, workspace.project
    session.rank_by(read_ranking(project))
    tiles = np.flatnonzero(session.tiles.splits == Split.TRAIN)[:3]
    session.label(tiles, 1)

    outcome = ask(retrain_quick(workspace=workspace, margin=1.0))

    head = outcome.model
    assert (head.kind, head.parent) == (ModelKind.HEAD, model.id)
    assert np.isfinite(read_scores(project, head)).all()
    learned = read_learned(project, head)
    assert (learned[tiles] == 1).all()
    assert (learned[session.tiles.splits != Split.TRAIN] == -1).all()
    assert [job.target.rpartition(":")[2] for job in ask.jobs][:3] == [
        "embed",
        "find_neighbours",
        "retrain_head",
    ]


def test_its_own_network_gives_the_scores_it_ranks_by(workspace, model, ask) -> None:
    outcome = ask(retrain_quick(workspace=workspace))
    from_embeddings = read_scores(workspace.project, outcome.model)

    ask(score(workspace=workspace, model_id=outcome.model.id))

    from_pixels = read_scores(workspace.project, outcome.model)
    np.testing.assert_allclose(from_embeddings, from_pixels, atol=0.02)


def test_without_embeddings_it_is_refused_where_asked_to(workspace, model) -> None:
    with pytest.raises(NotEmbeddedError, match="not embedded by model 1"):
        next(retrain_quick(workspace=workspace, embeds=False))


def test_what_is_cancelled_leaves_neither_folder_nor_entry(workspace, model, ask) -> None:
    ask(retrain_quick(workspace=workspace))
    folders = set(workspace.project.models_folder.iterdir())
    champion = workspace.project.champion()

    with pytest.raises(JobCancelled):
        drive(retrain_quick(workspace=workspace), run=lambda _job, _on_update, **_: Cancelled())

    assert set(workspace.project.models_folder.iterdir()) == folders
    assert (len(workspace.project.models()), workspace.project.champion()) == (2, champion)
