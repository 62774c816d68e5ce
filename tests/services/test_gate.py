"""The promotion gate: who passes it, what is kept of that, and how it is undone."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from unittest.mock import Mock

import numpy as np
import pytest

from histoviewer.domain.label_set import LabelSet
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.jobs.job import Operation
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.runner import drive
from histoviewer.services import ranking
from histoviewer.services.challenging import Arena, Challenge, judge
from histoviewer.services.gate_files import read_gate, write_gate
from histoviewer.services.opening import Workspace
from histoviewer.services.promotion import read_promotions
from histoviewer.services.retraining import roll_back
from histoviewer.settings import Settings, save_settings
from tests.gates import gate_result
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


def at_the_gate(
    workspace: Workspace, challenger: ModelRecord, margin: float | None = None
) -> Operation[Challenge]:
    arena = Arena.of(workspace, margin=margin)
    # The tiles are of two groups only, which would leave nothing to tell.
    arena = replace(arena, groups=np.full(workspace.project.tile_count, -1, np.int32))
    return judge(workspace.project, challenger, arena, {})


def stand(workspace: Workspace, rivals, *, margin: float | None = None) -> Challenge:
    return perform(at_the_gate(workspace, rivals[0], margin))


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


# -- labels that change after a comparison


def relabelled(workspace: Workspace, challenger: ModelRecord) -> int | None:
    found = read_promotions(workspace.project, workspace.session.validation_labels())
    return found.relabelled[challenger.id]


def test_labels_that_readers_change_later_are_counted_until_they_are_as_they_were(
    workspace, rivals
) -> None:
    stand(workspace, rivals)
    session, given = workspace.session, workspace.session.tiles.given
    tiles = np.flatnonzero(session.tiles.splits == Split.VALIDATION)[:3]
    assert relabelled(workspace, rivals[0]) == 0

    session.label(tiles, 1)
    assert relabelled(workspace, rivals[0]) == np.count_nonzero(given[tiles] == 0) > 0
    session.undo()

    assert relabelled(workspace, rivals[0]) == 0


def test_labels_of_training_tiles_make_no_comparison_old(workspace, rivals) -> None:
    stand(workspace, rivals)
    session = workspace.session
    tile = np.flatnonzero(session.tiles.splits == Split.TRAIN)[0]

    session.label([tile], 1 - session.tiles.given[tile])

    assert relabelled(workspace, rivals[0]) == 0


def test_tiles_that_come_into_the_validation_set_count_unless_a_model_learned_them(
    workspace, rivals
) -> None:
    stand(workspace, rivals)
    project, now = workspace.project, workspace.session.validation_labels()
    new = np.flatnonzero(workspace.session.tiles.splits == Split.TRAIN)[:3]
    tiles = np.sort(np.append(now.tiles, new))
    more = LabelSet(tiles=tiles, labels=workspace.session.tiles.given[tiles])

    def learn(labels: Sequence[int]) -> None:
        learned = np.full(project.tile_count, -1, np.int8)
        learned[new] = labels
        np.save(project.learned_path(rivals[0].id), learned)

    learn([-1, -1, -1])
    assert read_promotions(project, more).relabelled[rivals[0].id] == 3
    learn([0, -1, 1])
    assert read_promotions(project, more).relabelled[rivals[0].id] == 1


def test_many_comparisons_are_counted_without_reading_the_same_again(
    workspace, add_scored_model, monkeypatch
) -> None:
    """Hundreds of heads stand at the gate in a project, each with thousands of labels."""
    project, now = workspace.project, workspace.session.validation_labels()
    scores = np.zeros(project.tile_count)
    first = add_scored_model(workspace, scores)
    heads = [add_scored_model(workspace, scores, parent=first.id) for _ in range(6)]
    for older, head in pairwise([first, *heads]):
        found = gate_result(first=head.id, second=older.id)
        write_gate(project, head, replace(found, labels=now))
    new = np.flatnonzero(workspace.session.tiles.splits == Split.TRAIN)[:2]
    tiles = np.sort(np.append(now.tiles, new))
    more = LabelSet(tiles=tiles, labels=workspace.session.tiles.given[tiles])
    learned = np.full(project.tile_count, -1, np.int8)
    learned[new[0]] = 1
    np.save(project.learned_path(heads[2].id), learned)
    registry = Mock(wraps=project.models)
    monkeypatch.setattr(project, "models", registry)
    files = Mock(wraps=ranking.read_learned)
    monkeypatch.setattr(ranking, "read_learned", files)

    promotions = read_promotions(project, more)

    assert list(promotions.relabelled.values()) == [2, 2, 1, 1, 2, 2]
    assert registry.call_count == 2
    assert sorted(call.args[1].number for call in files.call_args_list) == [1, 2, 3, 4, 5, 6, 7]
    again = read_promotions(project, now)
    assert list(again.relabelled.values()) == [0] * 6
    assert all(again.gates[head.id] is promotions.gates[head.id] for head in heads)


@pytest.mark.parametrize("tile", [-1, 72])
def test_a_comparison_on_a_tile_that_there_is_not_is_lost(
    workspace, rivals, expected_log, tile
) -> None:
    expected_log("what the promotion gate found of model 1 is lost")
    stand(workspace, rivals)
    path = workspace.project.model_folder(rivals[0].id) / "gate.json"
    values = json.loads(path.read_text())
    values["labels"]["negative"].append(tile)
    path.write_text(json.dumps(values))

    assert workspace.project.tile_count == 72
    assert read_gate(workspace.project, rivals[0]) is None


def test_of_a_comparison_that_did_not_note_its_labels_nothing_is_known(workspace, rivals) -> None:
    stand(workspace, rivals)
    path = workspace.project.model_folder(rivals[0].id) / "gate.json"
    values = json.loads(path.read_text())
    assert len(values["labels"]["positive"] + values["labels"]["negative"]) > 0
    del values["labels"]
    path.write_text(json.dumps(values))

    assert relabelled(workspace, rivals[0]) is None


def test_a_comparison_that_is_done_again_is_of_the_labels_of_now(workspace, rivals) -> None:
    stand(workspace, rivals)
    session = workspace.session
    tile = np.flatnonzero(session.tiles.splits == Split.VALIDATION)[0]
    session.label([tile], 1 - session.tiles.given[tile])
    assert relabelled(workspace, rivals[0]) == 1

    stand(workspace, rivals)

    assert relabelled(workspace, rivals[0]) == 0
    kept, now = read_gate(workspace.project, rivals[0]).labels, session.validation_labels()
    assert kept.fingerprint(session.tiles.ids) == now.fingerprint(session.tiles.ids)


# -- scores that are made anew after a comparison


def rescored(workspace: Workspace, challenger: ModelRecord) -> tuple[str, ...] | None:
    found = read_promotions(workspace.project, workspace.session.validation_labels())
    return found.rescored[challenger.id]


def test_who_was_scored_anew_is_told_until_the_scores_are_as_they_were(workspace, rivals) -> None:
    stand(workspace, rivals)
    assert rescored(workspace, rivals[0]) == ()
    tile = np.flatnonzero(workspace.session.tiles.splits == Split.VALIDATION)[0]
    before = []

    for model in reversed(rivals):
        path = workspace.project.scores_path(model.id)
        scores = np.load(path)
        before.append((path, scores.copy()))
        scores[tile] += 0.01
        np.save(path, scores)

    assert rescored(workspace, rivals[0]) == (rivals[0].id, rivals[1].id)
    np.save(*before[1])
    assert rescored(workspace, rivals[0]) == (rivals[1].id,)
    np.save(*before[0])
    assert rescored(workspace, rivals[0]) == ()


def test_other_scores_of_tiles_that_were_not_compared_make_no_comparison_old(
    workspace, rivals
) -> None:
    """As where tiles were added, and all of them scored for that."""
    stand(workspace, rivals)
    path = workspace.project.scores_path(rivals[0].id)
    scores = np.load(path)
    scores[workspace.session.tiles.splits != Split.VALIDATION] = 0.5
    np.save(path, scores)

    assert rescored(workspace, rivals[0]) == ()


def test_of_a_comparison_that_did_not_note_its_scores_nothing_is_known(workspace, rivals) -> None:
    stand(workspace, rivals)
    path = workspace.project.model_folder(rivals[0].id) / "gate.json"
    values = json.loads(path.read_text())
    del values["scores"]
    path.write_text(json.dumps(values))

    assert rescored(workspace, rivals[0]) is None
    assert not read_gate(workspace.project, rivals[0]).is_mixed


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


# -- while another model becomes champion


def stand_while(workspace: Workspace, challenger: ModelRecord, becomes: ModelRecord) -> Challenge:
    """Judge a model; another is made champion as the two are about to be compared."""
    promoted = []

    def meanwhile(job) -> None:
        if job.target.endswith(":compare") and not promoted:
            promoted.append(becomes)
            workspace.project.set_champion(becomes.id, reason="meanwhile")

    with LaneProcess() as process:
        return drive(at_the_gate(workspace, challenger), run=process.run, on_job=meanwhile)


@pytest.fixture
def weak(workspace, add_scored_model) -> ModelRecord:
    """A champion that is wrong about every label."""
    given = workspace.session.tiles.given
    return add_scored_model(workspace, np.where(given == 1, 0.2, 0.8))


def test_who_beats_only_the_champion_of_before_is_kept_out(workspace, rivals, weak) -> None:
    challenger, best = rivals

    outcome = stand_while(workspace, challenger, becomes=best)

    assert (outcome.promoted, outcome.champion) == (False, best)
    assert workspace.project.champion() == best.id
    assert outcome.champion_auc == 1.0
    assert read_gate(workspace.project, challenger).comparison.second == best.id


def test_who_lost_to_the_champion_of_before_may_beat_that_of_now(workspace, weak, rivals) -> None:
    challenger, _ = rivals

    outcome = stand_while(workspace, challenger, becomes=weak)

    assert (outcome.promoted, outcome.champion) == (True, weak)
    assert workspace.project.champion() == challenger.id
    assert "before 0.0000" in workspace.project.champions()[-1].reason


def test_who_was_promoted_by_hand_meanwhile_stays(workspace, rivals) -> None:
    challenger, _ = rivals

    outcome = stand_while(workspace, challenger, becomes=challenger)

    assert (outcome.promoted, outcome.champion) == (True, None)
    assert workspace.project.champion() == challenger.id
