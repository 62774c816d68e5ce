"""How much reading there is, from the command line."""

import csv
import math

import numpy as np
import pytest

from histoviewer.cli.workload_verbs import _plan_lines, _workload_lines
from histoviewer.domain.assessment import Interval
from histoviewer.domain.review_plan import ReviewPlan, calibrate
from histoviewer.domain.workload import Clearing, ClearingCurve
from histoviewer.project.derived import DerivedFiles
from histoviewer.project.project import Project
from histoviewer.services.workload import PlannedReview, Workload
from tests.cli.documents import documented_keys
from tests.ui.conftest import add_model


@pytest.fixture
def judged(project):
    """The project with a champion, and with label errors that were looked for."""
    with Project.open(project) as opened:
        add_model(opened, 1)
        opened.set_champion("001-test", reason="test")
        given = opened.tiles().given
        arrays = {
            "probability": np.linspace(0.01, 0.99, len(given), dtype=np.float32),
            "labels": given,
            "suspect": np.zeros(len(given), bool),
            "wanted": np.zeros(len(given), np.float32),
            "through": np.array(0),
            "model": np.array(""),
        }
        key = f"networks {opened.info.data_fingerprint}"
        DerivedFiles(opened).write("label-errors-networks", arrays, key=key)
    return project


def test_workload_prints_the_documented_json(run, judged) -> None:
    found = run("workload", judged, "--sensitivity", 0.9, "--sensitivity", 1, "--json").json

    assert set(found) == documented_keys("workload")
    assert [point["sensitivity"] for point in found["points"]] == [0.9, 1.0]
    assert found["points"][0]["cleared"] >= found["points"][1]["cleared"]


def test_a_sensitivity_out_of_range_is_refused(run, judged) -> None:
    outcome = run("workload", judged, "--sensitivity", 95)

    assert outcome.code == 2
    assert "out of range" in outcome.err


def test_plan_prints_the_documented_json_and_writes_the_tiles(run, judged, tmp_path) -> None:
    found = run("plan", judged, "-n", 5, "--out", tmp_path / "plan.csv", "--json").json

    assert set(found) == documented_keys("plan")
    with (tmp_path / "plan.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [tile["id"] for tile in found["tiles"]]
    assert len(rows) == found["n"] == 5


def test_people_get_sentences() -> None:
    point = Clearing(
        sensitivity=0.95,
        threshold=0.25,
        cleared=Interval(value=0.4, low=0.3, high=0.5),
        found=Interval(value=0.96, low=math.nan, high=math.nan),
    )
    curve = ClearingCurve(
        model="m", points=(point,), n=100, positives=40, resampled="group", units=3
    )
    plan = ReviewPlan(
        tiles=np.arange(4),
        odds=np.array([2.0, 1.0, 0.0, -1.0]),
        calibration=calibrate(np.zeros(0), np.zeros(0, bool)),
        candidates=10,
        expected_in_all=3.0,
        read=0,
        found=0,
    )

    cleared = "\n".join(_workload_lines(Workload(curve=curve, waiting=np.zeros(8, np.float32))))
    planned = "\n".join(_plan_lines(PlannedReview(plan=plan, per_minute=2.0)))

    assert "clears 40.0% (30.0% to 50.0%), threshold 0.2500, finds 96.0%; 8 of 8" in cleared
    assert "4 of 10 tiles that nobody has looked at: 2 wrong labels expected" in planned
    assert "about 2 minutes" in planned


def test_a_project_without_a_model_is_told_what_to_do(run, project) -> None:
    for verb in ("workload", "plan"):
        outcome = run(verb, project)

        assert outcome.code == 2
        assert outcome.err.count("\n") <= 2
