"""Which model is meant, and what of it ranks the grid."""

import io
import json
import zlib

import numpy as np
import pytest

from histoviewer.domain.command_lines import command_line
from histoviewer.errors import InputError
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model, read_ranking, read_scores
from tests.project.samples import model


@pytest.fixture
def without_champion(workspace: Workspace) -> Workspace:
    """What a kill leaves between the entry of the first model and its promotion."""
    workspace.project.add_model(model())
    return workspace


def test_models_without_a_champion_say_how_to_choose_one(without_champion) -> None:
    project = without_champion.project

    with pytest.raises(InputError, match=r"No model .* is champion yet\.") as refused:
        find_model(project, None)

    assert refused.value.hint == (
        "Choose one of 001-histo-fast on the page Models, or run: "
        f"{command_line('promote', project.path, '001-histo-fast')}"
    )
    assert find_model(project, "1").id == "001-histo-fast"


def test_without_a_model_both_ways_to_train_one_are_named(workspace: Workspace) -> None:
    project = workspace.project

    with pytest.raises(InputError, match="has no model yet") as refused:
        find_model(project, None)

    verb = command_line("train", project.path)
    assert refused.value.hint == f"Train one in the window (Train), or run: {verb}"


def _cut(content: bytes) -> bytes:
    return content[:-40]


def _with_a_value_changed(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 0x40])


def _longer_than_the_project(_: bytes) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.zeros(500, np.float32))
    return stream.getvalue()


@pytest.mark.expected_log("the scores of model 1 cannot be read")
@pytest.mark.expected_log("what model 1 learned is not known any more")
@pytest.mark.parametrize(
    "damage", [_cut, _with_a_value_changed, _longer_than_the_project, lambda _: b""]
)
def test_damaged_scores_count_as_none_and_leave_the_project_usable(
    workspace: Workspace, add_scored_model, damage
) -> None:
    project = workspace.project
    scores = np.linspace(0, 1, project.tile_count, dtype=np.float32)
    record = add_scored_model(workspace, scores)
    path = project.scores_path(record.id)
    note = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps({**note, "crc32": zlib.crc32(scores)}))
    assert (read_scores(project, record) == scores).all()
    path.write_bytes(damage(path.read_bytes()))
    project.learned_path(record.id).write_bytes(b"")

    ranking = read_ranking(project)

    assert np.isnan(ranking.scores).all()
    assert ranking.scores_lost
    assert ranking.learned is None


def test_scores_of_before_tiles_were_added_still_rank(
    workspace: Workspace, add_scored_model
) -> None:
    record = add_scored_model(workspace, np.array([0.25, 0.75]))

    ranking = read_ranking(workspace.project)

    assert read_scores(workspace.project, record)[:2].tolist() == [0.25, 0.75]
    assert not ranking.scores_lost
