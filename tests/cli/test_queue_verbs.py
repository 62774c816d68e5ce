"""The verbs queue and lineage, and a quick retraining, through the real `main()`."""

import zipfile

import numpy as np
import pytest

from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tiles import Split
from histoviewer.project.project import Project
from histoviewer.resources import resource
from histoviewer.services.opening import open_workspace
from tests.cli.documents import documented_keys
from tests.project.samples import model as sample


@pytest.fixture
def reviewed(project) -> tuple[str, ModelRecord]:
    """A training tile that was labelled after model 1; return its id."""
    with open_workspace(project, reader="AB") as workspace:
        session, opened = workspace.session, workspace.project
        record = sample(id="001-test", recipe="test")
        opened.model_folder(record.id).mkdir()
        np.save(opened.scores_path(record.id), np.full(len(session.tiles), 0.5, np.float32))
        training = session.tiles.splits == Split.TRAIN
        np.save(opened.learned_path(record.id), np.where(training, session.tiles.given, -1))
        opened.add_model(record)
        opened.set_champion(record.id, reason="test")
    with open_workspace(project, reader="AB") as workspace:
        session = workspace.session
        tile = int(np.flatnonzero(session.tiles.splits == Split.TRAIN)[0])
        session.label([tile], 1 - session.tiles.given[tile])
        return session.tiles.ids[tile], record


def test_queue_prints_the_documented_json(run, project, reviewed) -> None:
    name, _ = reviewed

    found = run("queue", project, "--json").json

    assert set(found) == documented_keys("queue")
    assert (found["waiting"], found["left_out"]) == (1, 0)
    assert [(row["id"], row["reader"], row["model"]) for row in found["tiles"]] == [
        (name, "AB", "001-test")
    ]


def test_a_weight_is_kept(run, project, reviewed) -> None:
    name, _ = reviewed

    outcome = run("queue", project, name, "--weight", 0)

    assert outcome.out.startswith("0 tiles wait, 1 are left out")
    with Project.open(project, read_only=True) as opened:
        assert [each.weight for each in opened.queue_weights()] == [0.0]


def test_lineage_prints_the_documented_json(run, project, reviewed, tmp_path) -> None:
    name, _ = reviewed
    models = run("lineage", project, "--model", 1, "--out", tmp_path / "l.csv", "--json").json
    verdicts = run("lineage", project, "--tile", name, "--json").json

    assert set(models) | set(verdicts) == documented_keys("lineage")
    assert len((tmp_path / "l.csv").read_text().splitlines()) == models["models"][0]["labels"] + 1
    assert [row["first_model"] for row in verdicts["verdicts"]] == [None]


def test_a_model_is_compared_with_the_champion_of_now_and_not_promoted(
    run, project, reviewed
) -> None:
    _, first = reviewed
    with Project.open(project) as opened:
        record = sample(id="002-test", number=2, recipe="test")
        opened.model_folder(record.id).mkdir()
        tiles = opened.tiles()
        np.save(opened.scores_path(record.id), np.clip(tiles.given, 0, 1).astype(np.float32))
        np.save(opened.learned_path(record.id), np.full(len(tiles), -1))
        opened.add_model(record)

    found = run("challenge", project, 2, "--json").json

    assert set(found) == documented_keys("challenge")
    assert (found["champion"], found["promoted"]) == (first.id, False)
    assert found["difference"] > 0
    with Project.open(project, read_only=True) as opened:
        assert opened.champion() == first.id


@pytest.mark.slow
def test_a_quick_retraining_prints_documented_figures_alone(run, project, reviewed) -> None:
    _, record = reviewed
    with (
        Project.open(project) as opened,
        zipfile.ZipFile(resource("models", "starter.histomodel")) as bundle,
    ):
        network = bundle.read("model.keras")
        opened.model_folder(record.id).joinpath("model.keras").write_bytes(network)

    found = run("retrain", project, "--quick", "--json").json

    has_not = {"best_epoch", "epochs", "batch", "tiles_per_second", "unlabelled_tiles"}
    assert set(found) == documented_keys("retrain") - has_not
    assert (found["parent"], found["recipe"]) == (record.id, record.recipe)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("queue", "no-such-tile", "--weight", 1), "no-such-tile"),
        (("queue", "--weight", 1), "belongs to tiles"),
        (("lineage", "--model", 1, "--tile", "x"), "--model or --tile"),
        (("promote",), "--back"),
        (("promote", "--back"), "no champion before"),
        (("challenge", 1), "champion itself"),
        (("challenge", 9), "no model"),
        (("retrain", "--quick", "--epochs", 2), "neither epochs"),
    ],
)
def test_wrong_input_is_one_sentence(run, project, reviewed, words, said) -> None:
    verb, *rest = words

    outcome = run(verb, project, *rest)

    assert outcome.code == 2
    assert said in outcome.err
