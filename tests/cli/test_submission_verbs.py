"""What was exported, and what Kaggle said of it, from the command line."""

from datetime import UTC, datetime

import pytest

from histoviewer.domain.models import ExportRecord
from histoviewer.project.project import Project
from tests.cli.documents import documented_keys
from tests.ui.conftest import add_model


@pytest.fixture
def exported(project):
    """The project with two exports of one model."""
    with Project.open(project) as opened:
        add_model(opened, 1)
        for name in "ab":
            opened.add_export(
                ExportRecord(
                    path=f"{name}.csv",
                    model="001-test",
                    created=datetime(2026, 11, 21, 8, 30, tzinfo=UTC),
                    rows=16,
                    hard=False,
                    sha256="0",
                )
            )
    return project


def test_what_kaggle_said_is_noted_with_an_export(run, exported) -> None:
    run("exports", exported, 2, "--public", "0.9612", "--private", "0.9588")
    found = run("exports", exported, 2, "--private", "none", "--json").json

    assert set(found) == documented_keys("exports")
    assert [row["public_score"] for row in found["exports"]] == [None, 0.9612]
    assert [row["private_score"] for row in found["exports"]] == [None, None]
    listed = run("exports", exported).out
    assert listed.splitlines()[1].endswith("b.csv  public 0.96120")
    assert run("models", exported, "--json").json["models"][0]["public_score"] == 0.9612


def test_without_an_export_it_says_so(run, project) -> None:
    assert run("exports", project).out == "Nothing was exported yet.\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([2], "noted with the number of an export"),
        (["--public", 0.9], "noted with the number of an export"),
        ([2, "--public", "good"], "'good' is no Kaggle score"),
        ([2, "--public", 96], "96 is no Kaggle score"),
        ([7, "--private", 0.9], "There is no export 7"),
    ],
)
def test_scores_that_cannot_be_noted_are_refused(run, exported, words, why) -> None:
    outcome = run("exports", exported, *words)

    assert outcome.code == 2
    assert why in outcome.err
