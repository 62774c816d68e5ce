"""The promotion gate: who passes it, what is kept of that, and how it is undone."""

from dataclasses import replace

import numpy as np
import pytest

from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.services.challenging import Arena, Challenge, judge
from histoviewer.services.gate_files import read_gate
from histoviewer.services.opening import Workspace
from histoviewer.services.retraining import roll_back
from histoviewer.settings import Settings, save_settings
from tests.operations import perform


@pytest.fixture
def rivals(workspace, add_scored_model) -> tuple[ModelRecord, ModelRecord]:
    """A champion that is right about all labels, and a challenger that is wrong about two."""
    given = workspace.session.tiles.given
    scores = np.where(given == 1, 0.8, 0.2)
    worse = scores.copy()
    wrong = np.flatnonzero(workspace.session.tiles.splits == Split.VALIDATION)[:2]
    worse[wrong] = 1 - worse[wrong]
    challenger = add_scored_model(workspace, worse)
    return challenger, add_scored_model(workspace, scores)


def stand(workspace: Workspace, rivals, *, margin: float | None = None) -> Challenge:
    challenger, champion = rivals
    arena = Arena.of(workspace, margin=margin)
    # The tiles are of two groups only, which would leave nothing to tell.
    arena = replace(arena, groups=np.full(workspace.project.tile_count, -1, np.int32))
    return perform(judge(workspace.project, challenger, champion, arena, {}))


def test_a_challenger_that_may_be_worse_is_kept_out(workspace, rivals) -> None:
    outcome = stand(workspace, rivals)

    assert not outcome.promoted
    assert workspace.project.champion() == rivals[1].id
    assert outcome.gate is not None
    assert outcome.gate.margin == 0.002


def test_a_wide_margin_lets_it_in_and_the_reason_says_so(workspace, rivals) -> None:
    outcome = stand(workspace, rivals, margin=1.0)

    assert outcome.promoted
    assert workspace.project.champion() == rivals[0].id
    assert "margin 1" in workspace.project.champions()[-1].reason


def test_the_margin_is_that_of_the_settings(workspace, rivals) -> None:
    save_settings(Settings(promotion_margin=0.1))

    assert stand(workspace, rivals).gate.margin == 0.1


def test_what_the_gate_found_is_kept_with_the_model(workspace, rivals) -> None:
    outcome = stand(workspace, rivals)

    kept = read_gate(workspace.project, rivals[0])
    wrong = np.flatnonzero(workspace.session.tiles.splits == Split.VALIDATION)[:2]
    assert kept == outcome.gate
    assert kept.changes.lost == tuple(wrong)
    assert kept.changes.gained == ()
    assert read_gate(workspace.project, rivals[1]) is None


def test_readers_verdicts_on_validation_tiles_count(workspace, rivals) -> None:
    """They say that the challenger was right about the two after all."""
    wrong = np.flatnonzero(workspace.session.tiles.splits == Split.VALIDATION)[:2]
    for tile in wrong:
        workspace.session.label([tile], 1 - workspace.session.tiles.given[tile])

    outcome = stand(workspace, rivals)

    assert outcome.challenger_auc == 1.0 > outcome.champion_auc
    assert outcome.gate.changes.gained == tuple(wrong)


def test_a_damaged_file_counts_as_lost(workspace, rivals, expected_log) -> None:
    expected_log("what the promotion gate found of model 1 is lost")
    stand(workspace, rivals)
    path = workspace.project.model_folder(rivals[0].id) / "gate.json"
    path.write_text(path.read_text()[:-20])

    assert read_gate(workspace.project, rivals[0]) is None


def test_rolling_back_brings_the_champion_before_back(workspace, rivals) -> None:
    stand(workspace, rivals, margin=1.0)

    ranking = roll_back(project=workspace.project)

    assert ranking.model == rivals[1]
    assert workspace.project.champion() == rivals[1].id


def test_a_first_champion_cannot_be_rolled_back(workspace, add_scored_model) -> None:
    add_scored_model(workspace, np.full(workspace.project.tile_count, 0.5))

    with pytest.raises(InputError, match="no champion before"):
        roll_back(project=workspace.project)
