"""Networks of earlier heads are cleared away, and are there again when somebody wants them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError, JobCancelled
from histoviewer.files import digest_of
from histoviewer.jobs.job import Job, Operation
from histoviewer.jobs.messages import Cancelled, Ending
from histoviewer.jobs.runner import drive
from histoviewer.ml.head_files import KeptHead
from histoviewer.services.bundles.exporting import export_bundle
from histoviewer.services.ensembles import make_ensemble
from histoviewer.services.explaining import explain
from histoviewer.services.gate_files import read_gate
from histoviewer.services.lineage import label_facts, learned_verdicts
from histoviewer.services.networks import clear_networks
from histoviewer.services.onnx_export import export_onnx
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.plain_scores import plain_scores
from histoviewer.services.quick import retrain_quick
from histoviewer.services.ranking import find_model, read_scores
from histoviewer.services.retraining import promote, retrain, roll_back
from histoviewer.services.scoring import score
from histoviewer.services.training import packed_or_refuse
from tests.ml.helpers import TINY
from tests.operations import perform


def network(workspace: Workspace, number: int) -> Path:
    project = workspace.project
    return project.model_folder(find_model(project, str(number)).id) / "model.keras"


def kept(workspace: Workspace) -> list[int]:
    """The numbers of the models whose networks are there."""
    numbers = [model.number for model in workspace.project.models()]
    return [number for number in numbers if network(workspace, number).exists()]


Use = Callable[[Workspace, Path], Operation[Any]]

# -- which


@pytest.fixture
def add_head(workspace: Workspace, model: ModelRecord, add_scored_model) -> Callable[[], None]:
    """Enter a head of the first model as retraining leaves it, and make it champion."""

    def add() -> None:
        scores = np.zeros(workspace.project.tile_count)
        head = add_scored_model(workspace, scores, kind=ModelKind.HEAD, parent=model.id)
        folder = workspace.project.model_folder(head.id)
        (folder / "model.keras").write_bytes(b"network")
        (folder / "explanations").mkdir()
        digest = digest_of(network(workspace, 1))
        last = KeptHead(kernel=np.zeros(3, np.float32), bias=0.5, network=digest)
        last.write(folder / "head.npz")

    return add


def test_the_newest_heads_and_the_champions_one_step_back_keep_theirs(
    workspace: Workspace, add_head: Callable[[], None]
) -> None:
    for _ in range(7):
        add_head()
    promote(project=workspace.project, model_id="3")
    promote(project=workspace.project, model_id="4")

    clear_networks(workspace.project)

    assert kept(workspace) == [1, 3, 4, 6, 7, 8]
    for number in (2, 5):
        names = {path.name for path in network(workspace, number).parent.iterdir()}
        assert names == {"head.npz", "learned.npy", "scores.npy", "scores.json"}
    roll_back(project=workspace.project)
    clear_networks(workspace.project)
    assert kept(workspace) == [1, 3, 4, 6, 7, 8]


def test_members_of_an_ensemble_keep_theirs(
    workspace: Workspace, add_head: Callable[[], None]
) -> None:
    for _ in range(6):
        add_head()
    perform(make_ensemble(workspace=workspace, members=["2", "3"]))

    clear_networks(workspace.project)

    assert kept(workspace) == [1, 2, 3, 5, 6, 7]


def without_its_last_layer(workspace: Workspace) -> None:
    network(workspace, 2).with_name("head.npz").unlink()


def with_a_damaged_last_layer(workspace: Workspace) -> None:
    network(workspace, 2).with_name("head.npz").write_bytes(b"PK no more")


@pytest.mark.parametrize("spoil", [without_its_last_layer, with_a_damaged_last_layer])
def test_what_could_not_be_made_again_stays(
    workspace: Workspace, add_head: Callable[[], None], spoil: Callable[[Workspace], None]
) -> None:
    for _ in range(5):
        add_head()
    spoil(workspace)

    clear_networks(workspace.project)

    assert kept(workspace) == [1, 2, 4, 5, 6]


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"another")])
def test_heads_of_a_network_that_has_changed_keep_theirs(
    workspace: Workspace, add_head: Callable[[], None], change: Callable[[Path], object]
) -> None:
    for _ in range(5):
        add_head()
    change(network(workspace, 1))

    clear_networks(workspace.project)

    assert {2, 3, 4, 5, 6} <= set(kept(workspace))


# -- while one is used


def scored(workspace: Workspace, _out: Path) -> Operation[Any]:
    return score(workspace=workspace, model_id="2")


def scored_plainly(workspace: Workspace, _out: Path) -> Operation[Any]:
    project = workspace.project
    tiles = packed_or_refuse(workspace)
    return plain_scores(project, find_model(project, "2"), tiles, np.arange(3), {})


def sent_as_a_bundle(workspace: Workspace, out: Path) -> Operation[Any]:
    return export_bundle(workspace=workspace, out=out / "a.histomodel", model_id="2")


def sent_as_onnx(workspace: Workspace, out: Path) -> Operation[Any]:
    return export_onnx(workspace=workspace, out=out / "a.onnx", model_id="2")


def trained_further(workspace: Workspace, _out: Path) -> Operation[Any]:
    promote(project=workspace.project, model_id="2")
    (network(workspace, 2).with_name("recipe.toml")).write_text(TINY)
    workspace.session.label([np.flatnonzero(workspace.session.tiles.splits == Split.TRAIN)[0]], 1)
    return retrain(workspace=workspace)


def member_checked(workspace: Workspace, _out: Path) -> Operation[Any]:
    return make_ensemble(workspace=workspace, members=["2", "3"], tta=True)


@pytest.mark.parametrize(
    "use",
    [
        scored,
        scored_plainly,
        sent_as_a_bundle,
        sent_as_onnx,
        trained_further,
        member_checked,
    ],
)
def test_a_network_stays_while_it_is_used(
    workspace: Workspace, add_head: Callable[[], None], tmp_path: Path, use: Use
) -> None:
    """Heads are retrained in one lane while another uses an earlier one."""
    for _ in range(6):
        add_head()
    used = []

    def run(job: Job, _on_update: object) -> Ending:
        used.append(job.target)
        promote(project=workspace.project, model_id="6")
        promote(project=workspace.project, model_id="7")
        clear_networks(workspace.project)
        assert 2 in kept(workspace)
        return Cancelled()

    with pytest.raises(JobCancelled):
        drive(use(workspace, tmp_path), run=run)

    assert len(used) == 1
    clear_networks(workspace.project)
    assert kept(workspace) == [1, 5, 6, 7]


# -- and back


@pytest.fixture
def retrained(workspace: Workspace, model: ModelRecord, ask) -> Workspace:
    """Five heads, each of which learned one more verdict; the first has lost its network."""
    training = np.flatnonzero(workspace.session.tiles.splits == Split.TRAIN)
    for tile in training[:4]:
        workspace.session.label([tile], 1)
        ask(retrain_quick(workspace=workspace, margin=1.0))
    assert kept(workspace) == [1, 3, 4, 5]
    return workspace


def test_what_was_cleared_away_is_made_again_where_it_is_used(retrained: Workspace, ask) -> None:
    project = retrained.project
    before = read_scores(project, find_model(project, "2"))

    ask(score(workspace=retrained, model_id="2"))

    assert [job.target.rpartition(":")[2] for job in ask.jobs] == ["graft_head", "score"]
    np.testing.assert_allclose(read_scores(project, find_model(project, "2")), before, atol=0.02)
    assert kept(retrained) == [1, 2, 3, 4, 5]

    ask(retrain_quick(workspace=retrained, margin=1.0))

    assert kept(retrained) == [1, 4, 5, 6]


def test_nothing_else_of_an_earlier_head_is_lost(retrained: Workspace) -> None:
    project, log = retrained.project, retrained.session.log
    facts = label_facts(project, find_model(project, "2"), retrained.session.tiles.ids)
    first = next(iter(learned_verdicts(project, log)))

    assert first.model.number == 2
    assert facts.count > 0
    assert read_gate(project, find_model(project, "2")) is not None
    assert np.isfinite(read_scores(project, find_model(project, "2"))).all()


def test_an_earlier_head_is_explained_all_the_same(retrained: Workspace, ask) -> None:
    found = ask(explain(workspace=retrained, tiles=[0], model_id="2"))

    assert found.model.number == 2
    assert [job.target.rpartition(":")[2] for job in ask.jobs] == ["graft_head", "explain"]
    assert {job.lane for job in ask.jobs} == {"interactive"}


def test_for_reading_only_it_is_said_what_to_do(retrained: Workspace, ask) -> None:
    retrained.close()
    with (
        open_workspace(retrained.project.path, reader="AB", read_only=True) as opened,
        pytest.raises(InputError, match="network of model 2 was cleared away"),
    ):
        ask(explain(workspace=opened, tiles=[0], model_id="2"))
