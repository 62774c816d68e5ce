"""The report on a data set, from the command line."""

from tests.cli.documents import documented_keys


def test_the_report_is_one_file_and_prints_the_documented_json(run, project, tmp_path) -> None:
    found = run("report", project, tmp_path / "r.html", "--samples", 4, "--json").json

    assert set(found) == documented_keys("report")
    assert found["by_split"]["test"] == {"negative": 0, "positive": 0, "unlabelled": 16}
    brightness = found["brightness"]["negative"]
    assert sum(brightness["counts"]) == brightness["n"] > 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 3  # two classes and the unlabelled test tiles
    assert not any(word in page for word in (' src="http', " href=", "<script", "@import", "url("))


def test_a_report_for_a_folder_that_is_not_there_is_refused_at_once(run, project, tmp_path) -> None:
    outcome = run("report", project, tmp_path / "nowhere" / "r.html")

    assert outcome.code == 2
    assert "Choose a folder that exists." in outcome.err
