"""Judging submission files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.errors import InputError
from histoviewer.services.submission import check_submission, read_sample_ids


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_probabilities_for_every_id_are_valid(tmp_path):
    path = _write(tmp_path / "s.csv", "id,label\na,0.25\nb,1e-05\n")
    assert check_submission(path, sample_ids=["b", "a"]).valid


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id,score\na,0.5\n", "header"),
        ("id,label\na,0.5\na,0.6\n", "more than once"),
        ("id,label\na.tif,0.5\n", "suffix"),
        ("id,label\na,nan\n", "not a number"),
        ("id,label\na,high\n", "not a number"),
        ("id,label\na,1.5\n", "outside"),
        ("id,label\na\n", "two columns"),
        ("id,label\n", "no rows"),
        ("id,label\nb,0.5\n", "missing"),
        ("id,label\na,0.5\nc,0.5\n", "not in the sample"),
    ],
)
def test_fault_is_named(tmp_path, text, fault):
    judgement = check_submission(_write(tmp_path / "s.csv", text), sample_ids=["a"])
    assert not judgement.valid
    assert fault in "; ".join(judgement.faults)


def test_hard_labels_are_valid_with_a_warning(tmp_path):
    judgement = check_submission(_write(tmp_path / "s.csv", "id,label\na,0\nb,1\n"))
    assert judgement.valid
    assert "hard labels" in judgement.warnings[0]


def test_missing_file_is_wrong_input(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        check_submission(tmp_path / "none.csv")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_any_probabilities_are_valid(tmp_path_factory, values):
    rows = "".join(f"t{number},{value:.9g}\n" for number, value in enumerate(values))
    path = _write(tmp_path_factory.mktemp("s") / "s.csv", f"id,label\n{rows}")
    assert check_submission(path, sample_ids=[f"t{n}" for n in range(len(values))]).valid


def test_published_submission_is_valid(shared_data):
    sample = read_sample_ids(shared_data / "csv" / "kaggle_sample_submission.csv")
    path = shared_data / "csv" / "submission_probabilities.csv"
    judgement = check_submission(path, sample_ids=sample)
    assert (judgement.valid, judgement.rows) == (True, 57_458)


def test_published_raw_logits_are_refused_for_range_and_rows(shared_data):
    sample = read_sample_ids(shared_data / "csv" / "kaggle_sample_submission.csv")
    path = shared_data / "csv" / "submission_raw_logits_2000.csv"
    faults = "; ".join(check_submission(path, sample_ids=sample).faults)
    assert "logits" in faults
    assert "missing" in faults
