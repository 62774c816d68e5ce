"""What a model clears, and which tiles are worth a look."""

import csv

import numpy as np
import pytest

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.project.derived import DerivedFiles
from histoviewer.services.workload import PlanWish, clear, plan_review, write_plan
from tests.operations import perform_here


@pytest.fixture
def ranked(workspace, add_scored_model):
    """A project whose champion scored every tile, well but for three in ten."""
    rng = np.random.default_rng(0)
    given = workspace.session.tiles.given
    scores = np.where(given == 1, 0.7, 0.3) + rng.normal(0, 0.2, len(given))
    add_scored_model(workspace, np.clip(scores, 0.01, 0.99))
    return workspace


def suspect(workspace, wrong):
    """Keep out-of-sample probabilities that speak against the labels of some tiles."""
    given = workspace.session.tiles.given
    rng = np.random.default_rng(1)
    doubt = rng.uniform(0.02, 0.3, len(given))
    doubt[wrong] = 0.97
    probability = np.where(given == 1, 1 - doubt, doubt).astype(np.float32)
    arrays = {
        "probability": probability,
        "labels": given,
        "suspect": np.isin(np.arange(len(given)), wrong),
        "wanted": np.zeros(len(given), np.float32),
        "through": np.array(0),
        "model": np.array(""),
    }
    key = f"networks {workspace.packed.fingerprint}"
    DerivedFiles(workspace.project).write("label-errors-networks", arrays, key=key)


def labelled(workspace):
    return np.flatnonzero(workspace.session.tiles.given != UNLABELLED)


def test_the_models_are_read_where_the_operation_runs_and_not_where_it_is_asked_for(
    ranked, monkeypatch
) -> None:
    """The window asks in the thread that paints, which reads no database."""
    read = []
    models = ranked.project.models
    monkeypatch.setattr(ranked.project, "models", lambda: read.append(1) or models())

    operation = clear(workspace=ranked)
    assert read == []

    perform_here(operation)
    assert read


def test_the_wanted_share_is_found_and_the_rest_is_cleared(ranked) -> None:
    found = perform_here(clear(workspace=ranked, sensitivities=np.array([0.8, 1.0])))

    session = ranked.session
    rows = np.flatnonzero(
        (session.tiles.splits == Split.VALIDATION) & (session.effective != UNLABELLED)
    )
    scores = np.load(ranked.project.scores_path("001-test"))
    for point in found.curve.points:
        below = scores[rows] < np.float32(point.threshold)
        assert point.cleared.value == pytest.approx(below.mean())
        assert point.found.value >= point.sensitivity
    waiting = scores[session.states.decided == UNLABELLED]
    last = found.curve.points[-1]
    assert found.waiting_below(last) == (waiting < np.float32(last.threshold)).sum()


def test_a_model_that_has_not_scored_is_named(workspace, add_scored_model) -> None:
    add_scored_model(workspace, np.full(workspace.project.tile_count, np.nan))

    with pytest.raises(
        InputError, match=r"has not scored.*on the page Models, or.*score .* --model 001-test"
    ):
        perform_here(clear(workspace=workspace))


def test_the_labels_that_are_likeliest_wrong_come_first(ranked) -> None:
    wrong = labelled(ranked)[[3, 17, 40]]
    suspect(ranked, wrong)

    planned = perform_here(plan_review(workspace=ranked, wish=PlanWish(size=10)))

    assert set(planned.plan.tiles[:3]) == set(wrong)
    assert (np.diff(planned.plan.chances) <= 1e-12).all()
    assert planned.plan.expected().value > planned.plan.expected_at_random
    assert planned.minutes is None


def test_a_plan_offers_nothing_that_was_looked_at(ranked) -> None:
    wrong = labelled(ranked)[[3, 17, 40]]
    suspect(ranked, wrong)
    ranked.session.label([int(wrong[0])], 1 - int(ranked.session.tiles.given[wrong[0]]))
    ranked.session.skip([int(wrong[1])])

    planned = perform_here(plan_review(workspace=ranked, wish=PlanWish(share=1.0)))

    assert not set(wrong[:2].tolist()) & set(planned.plan.tiles.tolist())
    assert (planned.plan.read, planned.plan.found) == (1, 1)
    assert planned.minutes is None  # two tiles tell no pace


def test_a_plan_of_one_split_stays_in_it(ranked) -> None:
    suspect(ranked, labelled(ranked)[[3]])

    planned = perform_here(plan_review(workspace=ranked, wish=PlanWish(split=Split.VALIDATION)))

    assert set(ranked.session.tiles.splits[planned.plan.tiles]) == {Split.VALIDATION}


def test_a_plan_of_nothing_is_refused(ranked) -> None:
    with pytest.raises(InputError, match="No labelled tile is left"):
        perform_here(plan_review(workspace=ranked, wish=PlanWish(split=Split.TEST)))


def test_a_plan_is_written_in_its_order(ranked, tmp_path) -> None:
    suspect(ranked, labelled(ranked)[[3, 17]])
    plan = perform_here(plan_review(workspace=ranked, wish=PlanWish(size=5))).plan

    write_plan(tmp_path / "plan.csv", plan, ranked.session.tiles.ids)

    with (tmp_path / "plan.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [ranked.session.tiles.ids[tile] for tile in plan.tiles]
    assert float(rows[-1]["expected"]) == pytest.approx(plan.expected().value)
