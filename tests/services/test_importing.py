"""From a data set to a project."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from histoviewer.domain.tiles import ProblemKind, Split
from histoviewer.errors import InputError, StorageError
from histoviewer.project.project import Project
from histoviewer.services.importing import ImportOptions, import_dataset, inspect, update
from histoviewer.services.opening import open_workspace
from histoviewer.tiles import packing
from tests.operations import perform


def _run(operation):
    return perform(operation)


def test_project_holds_every_tile_packed_with_a_split_by_group(project_path):
    with Project.open(project_path) as project:
        tiles = project.tiles()
        assert project.info.data_fingerprint
    labelled = tiles.splits != Split.TEST
    assert (len(tiles), int((~labelled).sum())) == (72, 12)
    sides = {
        group: set(tiles.splits[labelled & (tiles.groups == group)].tolist())
        for group in set(tiles.groups[labelled].tolist())
    }
    assert all(len(side) == 1 for side in sides.values())
    assert set().union(*sides.values()) == {Split.TRAIN, Split.VALIDATION}


def test_inspect_reports_without_writing(small_set, tmp_path):
    before = sorted(path.name for path in small_set.iterdir())
    report = _run(inspect(dataset=small_set, options=ImportOptions()))
    assert report.tiles == 72
    assert sum(sum(row.values()) for row in report.by_split.values()) == 72
    assert report.by_size == {"96x96": 72}
    assert sorted(path.name for path in small_set.iterdir()) == before


def _import_listing(dataset, names, tmp_path):
    """Import with some tiles listed for validation; return tiles, validation ids and report."""
    listed = tmp_path / "ids.csv"
    listed.write_text("id\n" + "\n".join(names))
    path = tmp_path / "p.histo"
    options = ImportOptions(validation_ids=listed)
    report = _run(import_dataset(dataset=dataset, path=path, options=options))
    with Project.open(path) as project:
        tiles = project.tiles()
    chosen = {tiles.ids[index] for index in np.flatnonzero(tiles.splits == Split.VALIDATION)}
    return tiles, chosen, report


def test_stated_validation_ids_are_kept(small_set, tmp_path):
    dataset = tmp_path / "tiles"
    shutil.copytree(small_set, dataset)
    (dataset / "groups.csv").unlink()
    names = sorted(path.stem for path in (dataset / "train").iterdir())[:7]
    _, chosen, _ = _import_listing(dataset, names, tmp_path)
    assert chosen == set(names)


def test_group_cut_in_two_by_the_list_goes_to_validation_whole_and_is_named(small_set, tmp_path):
    name = min(path.stem for path in (small_set / "train").iterdir())
    tiles, chosen, report = _import_listing(small_set, [name], tmp_path)
    group = tiles.group_name(tiles.index_of[name])
    labelled = tiles.splits != Split.TEST
    mates = {tiles.ids[i] for i in np.flatnonzero(labelled) if tiles.group_name(i) == group}
    assert chosen == mates
    assert [(p.kind, p.subject) for p in report.problems] == [
        (ProblemKind.GROUP_ON_BOTH_SIDES, group)
    ]


def test_list_of_foreign_ids_is_refused_and_leaves_nothing(small_set, tmp_path):
    listed = tmp_path / "ids.csv"
    listed.write_text("id\nnobody\n")
    path = tmp_path / "p.histo"
    with pytest.raises(InputError, match="None of the ids"):
        _run(
            import_dataset(
                dataset=small_set, path=path, options=ImportOptions(validation_ids=listed)
            )
        )
    assert not path.exists()


def test_existing_project_is_refused_with_both_ways_on(project_path, small_set):
    with pytest.raises(InputError, match="exists already") as caught:
        _run(import_dataset(dataset=small_set, path=project_path, options=ImportOptions()))
    assert "update" in caught.value.hint


def test_full_disk_is_said_before_anything_is_made(small_set, tmp_path, monkeypatch):
    usage = SimpleNamespace(total=10**9, used=10**9, free=10**6)
    monkeypatch.setattr(packing.shutil, "disk_usage", lambda _path: usage)
    path = tmp_path / "p.histo"
    with pytest.raises(StorageError, match="MB left"):
        _run(import_dataset(dataset=small_set, path=path, options=ImportOptions()))
    assert not path.exists()


def test_update_adds_only_what_is_new_and_keeps_verdicts(small_set, tmp_path):
    dataset, path = tmp_path / "tiles", tmp_path / "p.histo"
    shutil.copytree(small_set, dataset)
    held = sorted((dataset / "train").iterdir())[:5]
    for file in held:
        file.rename(tmp_path / file.name)
    _run(import_dataset(dataset=dataset, path=path, options=ImportOptions()))
    with open_workspace(path, reader="AB") as opened:
        before = opened.session.tiles
        opened.session.label([3], 1)
    for file in held:
        (tmp_path / file.name).rename(file)
    with open_workspace(path, reader="AB") as opened:
        added, _ = _run(update(project=opened.project))
    with open_workspace(path, reader="AB") as opened:
        after = opened.session
        assert added == len(held)
        assert list(after.tiles.ids[: len(before)]) == list(before.ids)
        assert after.tiles.splits[: len(before)].tolist() == before.splits.tolist()
        assert after.states.decided[3] == 1
        assert opened.packed is not None
        assert opened.packed.shape[0] == len(before) + len(held)


def test_damaged_tile_is_listed_and_kept_out(small_set, tmp_path):
    dataset, path = tmp_path / "tiles", tmp_path / "p.histo"
    shutil.copytree(small_set, dataset)
    victim: Path = min((dataset / "train").iterdir())
    victim.write_bytes(victim.read_bytes()[:4000])
    report = _run(import_dataset(dataset=dataset, path=path, options=ImportOptions()))
    assert [(p.kind, p.subject) for p in report.problems] == [(ProblemKind.UNREADABLE, victim.stem)]
    with Project.open(path) as project:
        tiles = project.tiles()
    assert not tiles.usable[tiles.index_of[victim.stem]]
