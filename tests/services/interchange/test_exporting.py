"""Exports of a real project: what is written, and that it is whole or not there."""

import csv
import json
import shutil
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest

from histoviewer.errors import InputError, StorageError
from histoviewer.services.interchange import label_studio
from histoviewer.services.interchange.exporting import export_verdicts
from histoviewer.services.interchange.forms import Form
from histoviewer.services.interchange.history_csv import COLUMNS
from histoviewer.services.interchange.images import Images, copy_names
from histoviewer.services.interchange.importing import import_verdicts
from histoviewer.services.opening import open_workspace
from tests.operations import perform
from tests.services.interchange.conftest import labels_of, opinions_of, snapshot_of


def export(workspace, out, form, **options):
    operation = export_verdicts(workspace=workspace, out=out, form=form, **options)
    return perform(operation)


@pytest.fixture
def reviewed(workspace, add_scored_model):
    """A project with a model, in which two readers have judged some tiles."""
    session = workspace.session
    count = len(session.tiles)
    add_scored_model(workspace, np.linspace(0, 1, count))
    with open_workspace(workspace.project.path, reader="AB", read_only=True) as ranked:
        session.rank_by(ranked.session.ranking)
    session.label([0, 1], 1)
    session.reader = "CD"
    session.label([1], 0)
    session.skip([2])
    session.flag([3])
    session.label([4], 1)
    session.undo()
    return workspace


def test_csv_has_every_verdict_with_its_circumstances(reviewed, tmp_path):
    written = export(reviewed, tmp_path / "v.csv", Form.CSV)
    with written.path.open(newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert tuple(lines[0]) == COLUMNS
    assert (written.rows, len(lines)) == (6, 6)
    assert [line["reader"] for line in lines] == ["AB", "AB", "CD", "CD", "CD", "CD"]
    assert [line["undone"] for line in lines] == ["no"] * 5 + ["yes"]
    assert lines[2] | {"time": "", "score": ""} == {
        "sequence": "3", "time": "", "reader": "CD", "id": reviewed.session.tiles.ids[1],
        "action": "relabel", "before": "1", "after": "0", "model": "001-test", "score": "",
        "batch": "2", "mode": "open", "undone": "no",
    }  # fmt: skip


def test_blind_verdicts_are_marked(reviewed, tmp_path):
    session = reviewed.session
    session.blind = True
    session.label([7], 1)
    export(reviewed, tmp_path / "v.csv", Form.CSV)
    last = (tmp_path / "v.csv").read_text().splitlines()[-1].split(",")
    fields = dict(zip(COLUMNS, last, strict=True))
    assert (fields["mode"], fields["model"], fields["score"]) == ("blind", "", "")


def test_json_tells_what_holds_and_how_it_came_about(reviewed, tmp_path):
    export(reviewed, tmp_path / "v.json", Form.JSON)
    told = json.loads((tmp_path / "v.json").read_text())
    tile = told["tiles"][1]
    assert told["readers"] == ["AB", "CD"]
    assert tile["opinions"] == {"AB": "1", "CD": "0"}
    assert (tile["label"], tile["disputed"], tile["decided"]) == ("0", True, True)
    assert [verdict["reader"] for verdict in tile["history"]] == ["AB", "CD"]
    assert told["tiles"][4]["history"][0]["undone"] is True


def test_a_csv_makes_a_second_project_of_the_data_the_same(reviewed, tmp_path):
    export(reviewed, tmp_path / "v.csv", Form.CSV)
    session = reviewed.session
    expected = labels_of(session), opinions_of(session)
    path = reviewed.project.path
    with open_workspace(fresh_copy(path, tmp_path), reader="EF") as other:
        import_verdicts(session=other.session, path=tmp_path / "v.csv")
    with open_workspace(other.project.path, reader="EF") as reopened:
        assert (labels_of(reopened.session), opinions_of(reopened.session)) == expected
        assert import_verdicts(session=reopened.session, path=tmp_path / "v.csv").applied == 0


def fresh_copy(path: Path, tmp_path: Path) -> Path:
    """Return a project of the same tiles before anybody judged them."""
    from histoviewer.services.importing import ImportOptions, create_project

    with open_workspace(path, reader="x", read_only=True) as opened:
        source = opened.project.info.source
    made = create_project(dataset=source, path=tmp_path / "fresh.histo", options=ImportOptions())
    return perform(made)


def test_tiles_that_browsers_do_not_show_are_copied_without_loss(reviewed, tmp_path):
    written = export(reviewed, tmp_path / "ls", Form.LABEL_STUDIO)
    assert (written.rows, written.copied) == (4, True)
    copy = tmp_path / "ls" / "images" / f"{reviewed.session.tiles.ids[3]}.png"
    pixels = cv2.cvtColor(cv2.imread(str(copy)), cv2.COLOR_BGR2RGB)
    assert np.array_equal(pixels, reviewed.originals.original(3))


def test_label_studio_gets_tasks_that_fit_its_interface(reviewed, tmp_path):
    export(reviewed, tmp_path / "ls", Form.LABEL_STUDIO)
    tasks = json.loads((tmp_path / "ls" / "tasks-1.json").read_text())
    interface = ET.parse(tmp_path / "ls" / "labeling-config.xml")
    choices = {choice.get("value") for choice in interface.iter("Choice")}
    said = [
        result["value"]["choices"][0]
        for result in (each["result"][0] for each in tasks[1]["annotations"])
    ]
    assert choices == {"0", "1"}
    assert said == ["1", "0"]
    assert tasks[1]["data"]["readers"] == "AB, CD"
    assert tasks[2]["annotations"] == [{"result": [], "was_cancelled": True}]
    assert tasks[0]["predictions"][0]["score"] == 1.0
    image = unquote(tasks[0]["data"]["image"].removeprefix("/data/local-files/?d="))
    assert (tmp_path / "ls" / image).is_file()


def test_a_blind_reader_exports_no_prediction_they_must_not_see(reviewed, tmp_path):
    reviewed.session.blind = True
    export(reviewed, tmp_path / "ls", Form.LABEL_STUDIO)
    tasks = json.loads((tmp_path / "ls" / "tasks-1.json").read_text())
    assert [len(task["predictions"]) for task in tasks] == [0, 1, 0, 0]


def test_large_exports_are_split_as_label_studio_wants(reviewed, tmp_path, monkeypatch):
    monkeypatch.setattr(label_studio, "MOST_TASKS", 3)
    export(reviewed, tmp_path / "ls", Form.LABEL_STUDIO)
    sizes = [len(json.loads(path.read_text())) for path in sorted(tmp_path.glob("ls/tasks-*"))]
    assert sizes == [3, 1]
    assert "tasks-1.json, tasks-2.json" in (tmp_path / "ls" / "import.txt").read_text()


def test_originals_that_browsers_show_are_referred_to(machine, tmp_path):
    session = machine("Ann")
    snapshot = snapshot_of(session, root=Path("/data/my slides"))
    images = Images(tiles=np.array([0]), root=snapshot.root, names=["a b/ü#1.png"], copied=False)
    (task,) = label_studio.tasks(snapshot, images)
    assert task["data"]["image"] == "/data/local-files/?d=my%20slides/a%20b/%C3%BC%231.png"


def test_fiftyone_gets_samples_below_its_folder(reviewed, tmp_path):
    export(reviewed, tmp_path / "fo", Form.FIFTYONE, all_tiles=True)
    samples = json.loads((tmp_path / "fo" / "samples.json").read_text())["samples"]
    assert len(samples) == len(reviewed.session.tiles)
    sample = samples[1]
    assert (tmp_path / "fo" / sample["filepath"]).is_file()
    assert (sample["verdict"]["label"], "disputed" in sample["tags"]) == ("0", True)
    assert [each["reader"] for each in sample["opinions"]["classifications"]] == ["AB", "CD"]
    assert samples[-1]["prediction"]["confidence"] == 1.0
    assert samples[-1]["ground_truth"] is None


def test_unreadable_tiles_are_left_out_and_named(reviewed, tmp_path):
    session = reviewed.session
    root = tmp_path / "tiles"
    shutil.copytree(reviewed.project.info.root, root)
    (root / session.tiles.locations[0]).write_bytes(b"")
    with open_workspace(fresh_project(root, tmp_path), reader="AB") as other:
        other.session.label([0, 1], 1)
        written = export(other, tmp_path / "fo", Form.FIFTYONE)
    assert (written.rows, written.unreadable) == (1, (session.tiles.ids[0],))


def fresh_project(root: Path, tmp_path: Path) -> Path:
    from histoviewer.services.importing import ImportOptions, create_project

    made = create_project(dataset=root, path=tmp_path / "other.histo", options=ImportOptions())
    return perform(made)


def test_nothing_is_overwritten_and_nothing_half_is_left(reviewed, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept").touch()
    with pytest.raises(InputError, match="already"):
        export(reviewed, tmp_path / "full", Form.FIFTYONE)
    with pytest.raises(StorageError):
        export(reviewed, tmp_path / "no" / "where", Form.FIFTYONE)
    with pytest.raises(StorageError):
        export(reviewed, tmp_path / "no" / "where.csv", Form.CSV)
    assert [path.name for path in tmp_path.glob("*full*")] == ["full"]
    assert not list(tmp_path.glob("**/*.part"))


def test_without_verdicts_there_is_nothing_to_export(workspace, tmp_path):
    with pytest.raises(InputError, match="no verdicts to export"):
        export(workspace, tmp_path / "ls", Form.LABEL_STUDIO)
    with pytest.raises(InputError, match="lists verdicts"):
        export(workspace, tmp_path / "v.csv", Form.CSV, all_tiles=True)


def test_copies_keep_the_id_as_far_as_a_disk_can() -> None:
    assert copy_names(["a", "b/c", "ä"]) == ["a.png", "b%2Fc.png", "%C3%A4.png"]
    assert copy_names(["A", "a", "b"]) == ["A~0.png", "a~1.png", "b.png"]
