"""The verbs about the verdict log."""

import pytest

from tests.cli.documents import documented_keys


@pytest.fixture
def ids(dataset) -> list[str]:
    return sorted(path.stem for path in (dataset / "train").iterdir())


@pytest.fixture
def reviewed(run, project, ids, tmp_path):
    """A project of which two readers labelled five tiles each, three of them the same."""
    for reader, names, label in [("AB", ids[:5], 1), ("CD", ids[2:7], 0)]:
        file = tmp_path / f"{reader}.csv"
        file.write_text("id,action,label\n" + "".join(f"{n},relabel,{label}\n" for n in names))
        assert run("review", project, "--verdicts", file, "--reader", reader).code == 0
    return project


def test_any_step_is_taken_back_by_its_number(run, reviewed):
    undone = run("undo", reviewed, "--step", 1, "--json")
    assert undone.json["step"].endswith("label 5 tiles")
    steps = run("history", reviewed, "--json").json["steps"]
    assert [(s["number"], s["word"], s["of"], s["stands"]) for s in steps[:1]] == [
        (3, "undo", 1, False)
    ]
    assert [step["stands"] for step in steps[1:]] == [True, False]
    assert run("redo", reviewed, "--json").json["step"] == undone.json["step"]
    assert run("history", reviewed, "--json").json["steps"][0]["word"] == "redo"


def test_a_step_that_is_not_there_is_said(run, reviewed):
    outcome = run("undo", reviewed, "--step", 9)
    assert (outcome.code, "There is no step 9." in outcome.err) == (2, True)


def test_history_prints_the_documented_json_and_the_newest_only(run, reviewed, ids):
    steps = run("history", reviewed, "--limit", 1, "--json").json
    assert [step["reader"] for step in steps["steps"]] == ["CD"]
    said = run("history", reviewed, "--tile", ids[2], "--json").json
    assert [(row["reader"], row["after"]) for row in said["verdicts"]] == [("CD", 0), ("AB", 1)]
    assert set(steps) | set(said) == documented_keys("history")


def test_history_reads_as_lines(run, reviewed, ids):
    lines = run("history", reviewed).out.splitlines()
    assert [line.split()[0] for line in lines] == ["2", "1"]
    assert "CD" in run("history", reviewed, "--tile", ids[2]).out


def test_history_of_a_tile_that_is_not_there_is_said(run, reviewed):
    assert "There is no tile 'nobody'" in run("history", reviewed, "--tile", "nobody").err


def test_disputes_are_listed_and_settled(run, reviewed, ids):
    found = run("disputes", reviewed, "--json").json
    assert set(found) == documented_keys("disputes")
    assert [one["id"] for one in found["disputes"]] == ids[2:5]
    assert found["disputes"][0]["labels"] == {"AB": 1, "CD": 0}
    settled = run("settle", reviewed, *ids[2:4], "--label", 1, "--reader", "AB", "--json").json
    assert set(settled) == documented_keys("settle")
    assert (settled["settled"], settled["disputed"]) == (2, 1)
    assert run("history", reviewed, "--limit", 1, "--json").json["steps"][0]["mode"] == "settling"
    assert ids[4] in run("disputes", reviewed).out


def test_agreement_prints_the_documented_json(run, reviewed):
    found = run("agreement", reviewed, "--json").json
    assert set(found) == documented_keys("agreement")
    (pair,) = found["readers"]
    assert (pair["a"], pair["b"], pair["n"], pair["agreed"]) == ("AB", "CD", 3, 0)
    assert found["seen"]["kappa"] is None
    assert "AB and CD   0 of 3 alike" in run("agreement", reviewed).out
    assert run("agreement", reviewed, "--reader", "EF", "--json").json["readers"] == []


def test_pace_prints_the_documented_json(run, reviewed):
    found = run("pace", reviewed, "--reader", "AB", "--json").json
    assert set(found) == documented_keys("pace")
    assert sum(one["verdicts"] for one in found["bins"]) == found["looked_at"] == 5
    assert "errors found in 7 tiles looked at" in run("pace", reviewed).out
