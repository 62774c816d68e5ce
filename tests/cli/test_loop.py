"""The whole loop headless, on synthetic tiles and on real ones."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from histoviewer.files import whole_file
from histoviewer.project.project import Project
from tests.cli.documents import documented_keys
from tests.ui.conftest import add_model

pytestmark = pytest.mark.slow


def test_demo_runs_the_loop_and_writes_a_valid_submission(run, tmp_path):
    outcome = run("demo", "--tiles", 240, "--dir", tmp_path / "demo", "--no-window", "--json")
    assert outcome.code == 0, outcome.err
    assert set(outcome.json) == documented_keys("demo")
    sample = tmp_path / "demo" / "tiles" / "sample_submission.csv"
    judged = run("check-submission", outcome.json["submission"], "--sample", sample)
    assert judged.code == 0
    status = run("status", outcome.json["project"], "--json").json
    assert [model["parent"] for model in status["models"]] == [None, "001-histo-fast"]


@pytest.fixture
def settled_demo(run, dataset, tmp_path):
    """A demo whose champion agrees with every label; slides are too few to promote another."""
    folder = tmp_path / "demo"
    folder.mkdir()
    assert run("import", dataset, folder / "demo.histo").code == 0
    with Project.open(folder / "demo.histo") as project:
        add_model(project, 1)
        with whole_file(project.scores_path("001-test")) as stream:
            np.save(stream, np.maximum(project.tiles().given, 0).astype(np.float32))
        project.set_champion("001-test", reason="test")
    return folder


def test_demo_goes_on_where_nothing_is_left_to_judge(run, settled_demo):
    outcome = run("demo", "--dir", settled_demo, "--no-window")
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("Nothing was left to judge: no label is in doubt.\nTrained: ")
    assert "; nothing waited for retraining\n" in outcome.out
    assert (settled_demo / "submission.csv").is_file()
    status = run("status", settled_demo / "demo.histo", "--json").json
    assert (status["champion"], status["verdicts"]) == ("001-test", 0)
    assert len(status["models"]) == 2


def test_every_model_verb_prints_the_documented_json(run, project, dataset, tmp_path):
    trained = run("train", project, "--epochs", 1, "--json")
    has_not = {"unlabelled_tiles"}  # too few to adapt to
    assert set(trained.json) == documented_keys("train") - has_not
    assert all(isinstance(trained.json[name], int) for name in ("seed", "epochs", "parameters"))
    assert trained.json["champion"] == trained.json["model"] == "001-histo-fast"
    scored = run("score", project, "--json")
    assert set(scored.json) == documented_keys("score")
    assert scored.json["count"] == 96
    evaluated = run("evaluate", project, "--json")
    assert set(evaluated.json) == documented_keys("evaluate")
    names = [path.stem for path in sorted((dataset / "train").iterdir())]
    verdicts = tmp_path / "v.csv"
    verdicts.write_text("id,action\n" + "".join(f"{name},confirm\n" for name in names))
    assert run("review", project, "--verdicts", verdicts).code == 0
    retrained = run("retrain", project, "--epochs", 1, "--json").json
    assert set(retrained) == documented_keys("retrain") - has_not | {"start_val_auc"}
    status = run("status", project, "--json").json
    assert status["champion"] == retrained["model" if retrained["promoted"] else "champion_before"]
    assert (status["queue"] == 0) == retrained["promoted"]
    exported = run("export", project, tmp_path / "s.csv", "--json")
    assert set(exported.json) == documented_keys("export")
    assert run("promote", project, 1, "--json").json["champion"] == "001-histo-fast"


def test_loop_on_real_tiles(run, pcam, tmp_path):
    project, out = tmp_path / "pcam.histo", tmp_path / "s.csv"
    listed = pcam / "validation_ids.csv"
    imported = run("import", pcam, project, "--validation-ids", listed, "--json").json
    assert imported["by_split"]["validation"] == {"0": 588, "1": 412}
    assert run("train", project, "--max-seconds", 25, "--json").code == 0
    assert run("score", project).code == 0
    assert run("evaluate", project, "--json").json["auc"] > 0.8
    labels = (pcam / "train_labels.csv").read_text().split()[1:200]
    verdicts = tmp_path / "v.csv"
    rows = (line.split(",") for line in labels)
    verdicts.write_text(
        "id,action,label\n" + "".join(f"{name},relabel,{label}\n" for name, label in rows)
    )
    assert run("review", project, "--verdicts", verdicts).code == 0
    assert run("retrain", project, "--max-seconds", 8).code == 0
    assert run("export", project, out).code == 0
    assert run("check-submission", out, "--sample", pcam / "sample_submission.csv").code == 0


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_ctrl_c_ends_the_verb_and_keeps_the_best_model(run, project):
    command = [sys.executable, "-m", "histoviewer", "train", project]
    with subprocess.Popen(
        [*map(str, command), "--epochs", "500"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        first = next(line for line in process.stderr if line.startswith("epoch 1:"))
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130, first + rest
    assert "Stopped" in rest
    status = run("status", project, "--json").json
    assert status["champion"] == "001-histo-fast"
