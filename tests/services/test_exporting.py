"""Writing submissions."""

import csv
import json

import numpy as np
import pytest

from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError, StorageError
from histoviewer.services.exporting import export, incomplete_models
from histoviewer.services.submission import check_submission
from tests.operations import perform


def _run(operation):
    return perform(operation)


@pytest.fixture
def scores(workspace):
    rng = np.random.default_rng(0)
    return rng.random(workspace.project.tile_count).astype(np.float32)


def test_submission_lists_the_sample_in_its_order_and_keeps_every_digit(
    workspace, scores, add_scored_model, tmp_path
):
    add_scored_model(workspace, scores)
    out = tmp_path / "s.csv"
    _run(export(workspace=workspace, out=out))
    with out.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    sample = workspace.project.sample_ids()
    index_of = workspace.session.tiles.index_of
    assert [row["id"] for row in rows] == list(sample)
    written = np.array([row["label"] for row in rows], np.float32)
    assert (written == scores[[index_of[name] for name in sample]]).all()
    assert check_submission(out, sample_ids=sample).valid


def test_provenance_stands_beside_it(workspace, scores, add_scored_model, tmp_path):
    record = add_scored_model(workspace, scores)
    workspace.session.label([0], 1)
    out = tmp_path / "s.csv"
    _run(export(workspace=workspace, out=out))
    facts = json.loads((tmp_path / "s.csv.json").read_text())
    assert (facts["model"], facts["verdicts"], facts["rows"]) == (record.id, 1, 12)
    assert facts["data_fingerprint"] == workspace.project.info.data_fingerprint
    assert [export.path for export in workspace.project.exports()] == [str(out)]


def test_unscored_test_tiles_are_refused(workspace, scores, add_scored_model, tmp_path):
    test = np.flatnonzero(workspace.session.tiles.splits == Split.TEST)
    scores[test[:3]] = np.nan
    refused = add_scored_model(workspace, scores)
    record = add_scored_model(workspace, np.ones_like(scores))
    with pytest.raises(InputError, match="3 of 12 test tiles have no score"):
        _run(export(workspace=workspace, out=tmp_path / "s.csv", model_id=refused.id))
    refusal = incomplete_models(workspace.project, workspace.session.tiles)
    assert (refused.id in refusal, record.id in refusal) == (True, False)
    assert not (tmp_path / "s.csv").exists()


def test_scores_of_older_tiles_are_refused(workspace, scores, add_scored_model, tmp_path):
    add_scored_model(workspace, scores, fingerprint="before")
    with pytest.raises(InputError, match="older than the packed tiles"):
        _run(export(workspace=workspace, out=tmp_path / "s.csv"))


def test_project_without_a_model_is_refused(workspace, tmp_path):
    with pytest.raises(InputError, match="no model yet"):
        _run(export(workspace=workspace, out=tmp_path / "s.csv"))


def test_foreign_sample_is_refused(workspace, scores, add_scored_model, tmp_path):
    add_scored_model(workspace, scores)
    sample = tmp_path / "sample.csv"
    sample.write_text("id,label\nnobody,0\n")
    with pytest.raises(InputError, match="not in the project"):
        _run(export(workspace=workspace, out=tmp_path / "s.csv", sample=sample))


def test_hard_labels_say_what_they_cost(workspace, scores, add_scored_model, tmp_path):
    add_scored_model(workspace, scores)
    outcome = _run(export(workspace=workspace, out=tmp_path / "s.csv", hard=True))
    assert "Hard labels cost" in outcome.warnings[0]
    lines = (tmp_path / "s.csv").read_text().splitlines()[1:]
    assert {line.split(",")[1] for line in lines} <= {"0", "1"}


def test_failed_write_leaves_the_old_file(workspace, scores, add_scored_model, tmp_path):
    add_scored_model(workspace, scores)
    out = tmp_path / "missing" / "s.csv"
    with pytest.raises(StorageError):
        _run(export(workspace=workspace, out=out))
    assert not out.parent.exists()


def test_sample_with_other_tiles_is_refused(workspace, scores, add_scored_model, tmp_path):
    add_scored_model(workspace, scores)
    sample = tmp_path / "sample.csv"
    sample.write_text("id,label\n" + "".join(f"{name},0\n" for name in workspace.session.tiles.ids))
    with pytest.raises(InputError, match="are no test tiles"):
        _run(export(workspace=workspace, out=tmp_path / "s.csv", sample=sample))


def test_sample_may_be_saved_by_a_spreadsheet(workspace, scores, add_scored_model, tmp_path):
    add_scored_model(workspace, scores)
    names = list(workspace.project.sample_ids())[::-1]
    sample = tmp_path / "sample.csv"
    sample.write_text("\ufeffid;label\r\n" + "".join(f"{name}.tif;0\r\n" for name in names))
    _run(export(workspace=workspace, out=tmp_path / "s.csv", sample=sample))
    lines = (tmp_path / "s.csv").read_text().splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == names
