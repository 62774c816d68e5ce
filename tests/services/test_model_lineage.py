"""Which labels a model learned, and which model was the first to learn a verdict."""

from dataclasses import replace

import numpy as np
import pytest

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelKind
from histoviewer.services.lineage import (
    Learner,
    first_learners,
    learned_labels,
    learned_verdicts,
    write_labels,
)


@pytest.fixture
def make_model(workspace, add_scored_model):
    """Enter a model that learned one label of tile 3 when the log had reached some verdict."""

    def make(label: int, through: int, **changes):
        count = workspace.project.tile_count
        model = add_scored_model(workspace, np.zeros(count), learned_through=through, **changes)
        learned = np.full(count, UNLABELLED, np.int8)
        learned[3] = label
        np.save(workspace.project.learned_path(model.id), learned)
        return model

    return make


def first(workspace) -> dict[int, int | None]:
    """Number of the first model that learned each verdict on tile 3, by its sequence."""
    found = learned_verdicts(workspace.project, workspace.session.log, [3])
    return {each.sequence: each.model and each.model.number for each in found}


def test_the_first_model_trained_since_a_verdict_learned_it(workspace, make_model) -> None:
    make_model(0, through=0)
    workspace.session.label([3], 1)
    make_model(1, through=1)
    make_model(1, through=1)

    assert first(workspace) == {1: 2}


def test_a_verdict_that_another_one_replaced_in_time_was_learned_by_none(
    workspace, make_model
) -> None:
    workspace.session.label([3], 1)
    workspace.session.label([3], 0)
    make_model(0, through=2)
    workspace.session.label([3], 1)

    assert first(workspace) == {1: None, 2: 1, 3: None}


def test_a_verdict_taken_back_after_the_training_was_learned(workspace, make_model) -> None:
    workspace.session.label([3], 1)
    make_model(1, through=1)
    workspace.session.undo()
    workspace.session.label([3], 0)
    make_model(0, through=2)

    assert first(workspace) == {1: 1, 2: 2}


@pytest.mark.parametrize("noted", [True, False])
def test_a_verdict_whose_correction_was_taken_back_before_the_training_was_learned(
    workspace, make_model, noted
) -> None:
    workspace.session.label([3], 1)
    workspace.session.label([3], 0)
    workspace.session.undo()
    make_model(1, through=2, learned_step=3 if noted else None)

    assert first(workspace) == {1: 1, 2: None}


def test_a_verdict_taken_back_before_the_training_was_not_learned(workspace, make_model) -> None:
    given = int(workspace.session.tiles.given[3])
    workspace.session.label([3], given)
    workspace.session.undo()
    make_model(given, through=1, learned_step=2)
    workspace.session.redo()

    assert first(workspace) == {1: None}


def test_a_verdict_taken_back_right_after_the_training_was_learned(workspace, make_model) -> None:
    workspace.session.label([3], 1)
    make_model(1, through=1, learned_step=1)
    workspace.session.undo()

    assert first(workspace) == {1: 1}


def test_models_from_elsewhere_learned_no_verdict_of_here(workspace, make_model) -> None:
    workspace.session.label([3], 1)
    model = make_model(1, through=1, kind=ModelKind.IMPORTED)

    assert first(workspace) == {1: None}
    trained = replace(model, kind=ModelKind.HEAD)
    learners = [Learner(model=trained, label=1)]
    assert first_learners(workspace.session.log, 3, learners) == {1: trained}


def test_the_fingerprint_is_that_of_the_set(workspace, make_model) -> None:
    ids = workspace.session.tiles.ids
    same, other = make_model(1, through=1), make_model(0, through=1)

    found = [learned_labels(workspace.project, model).fingerprint(ids) for model in (same, other)]

    assert found[0] == learned_labels(workspace.project, make_model(1, through=9)).fingerprint(ids)
    assert found[0] != found[1]


def test_the_list_of_labels_is_written(workspace, make_model, tmp_path) -> None:
    workspace.session.label([3], 1)
    found = learned_labels(workspace.project, make_model(1, through=1))
    session = workspace.session

    write_labels(found, session.tiles.ids, session.log, tmp_path / "labels.csv")

    lines = (tmp_path / "labels.csv").read_text().splitlines()
    assert lines == ["id,label,source", f"{session.tiles.ids[3]},1,verdict"]


def test_the_source_of_a_label_is_what_it_was_at_the_training(
    workspace, make_model, tmp_path
) -> None:
    session, out = workspace.session, tmp_path / "labels.csv"
    given = int(session.tiles.given[3])
    before = make_model(given, through=0, learned_step=0)
    session.label([3], given)
    after = make_model(given, through=1, learned_step=1)
    session.undo()
    elsewhere = make_model(given, through=0, learned_step=0, kind=ModelKind.IMPORTED)

    sources = []
    for model in (before, after, elsewhere):
        write_labels(learned_labels(workspace.project, model), session.tiles.ids, session.log, out)
        sources.append(out.read_text().splitlines()[1].split(",")[2])

    assert sources == ["given", "verdict", "elsewhere"]
