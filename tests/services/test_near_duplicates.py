"""Near duplicates and outliers of a project: found, kept, told of, kept on one side."""

import csv
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from histoviewer.domain.near_duplicates import Evidence
from histoviewer.domain.outliers import OutlierKind
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.project.derived import DerivedFiles
from histoviewer.services.importing import ImportOptions, import_dataset, update
from histoviewer.services.near_duplicates import (
    NearDuplicateReport,
    find_near_duplicates,
    read_near_duplicates,
)
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.outliers import find_outliers, read_outliers
from histoviewer.services.ranking import unlearned
from histoviewer.services.regrouping import regroup
from histoviewer.tiles import tiff
from histoviewer.tiles.decode import read_rgb
from tests.operations import perform


class Planted:
    """A data set in which four tiles have a near duplicate on another side, and one is blank."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.folder = Path(shutil.copytree(source, folder))
        (folder / "groups.csv").unlink()
        files = sorted((folder / "train").iterdir())
        self.originals = [file.stem for file in files[:3]]
        self.copies = [self._copy(file, "train") for file in files[:3]]
        self.tested = self._copy(files[3], "test")
        self.blank = self._write(np.full((96, 96, 3), 240, np.uint8) + self._grain(), "train")
        self.validation = folder / "validation.csv"
        self.validation.write_text(
            "\n".join(["id", *self.copies[:2], *(file.stem for file in files[10:20])])
        )

    def _grain(self) -> np.ndarray:
        return np.random.default_rng(0).integers(0, 3, (96, 96, 3), np.uint8)

    def _copy(self, file: Path, side: str) -> str:
        darker = (read_rgb(file) * 0.9).astype(np.uint8)
        return self._write(np.ascontiguousarray(cv2.flip(darker, 1)), side)

    def _write(self, rgb: np.ndarray, side: str) -> str:
        name = hashlib.sha1(rgb.data, usedforsecurity=False).hexdigest()
        (self.folder / side / f"{name}.tif").write_bytes(tiff.encode(rgb))
        if side == "train":
            with (self.folder / "train_labels.csv").open("a", newline="") as file:
                csv.writer(file).writerow([name, 0])
        return name


@pytest.fixture(scope="module")
def planted(small_set, tmp_path_factory) -> Planted:
    """The data set. Never write to it."""
    return Planted(small_set, tmp_path_factory.mktemp("planted") / "tiles")


@pytest.fixture(scope="module")
def made(planted, tmp_path_factory) -> Path:
    """Its project, packed. Copy it before opening it."""
    path = tmp_path_factory.mktemp("made") / "p.histo"
    options = ImportOptions(validation_ids=planted.validation)
    perform(import_dataset(dataset=planted.folder, path=path, options=options))
    return path


@pytest.fixture
def workspace(made, tmp_path) -> Iterator[Workspace]:
    """Its project, open."""
    path = Path(shutil.copytree(made, tmp_path / "p.histo"))
    with open_workspace(path, reader="AB") as opened:
        yield opened


def index(workspace: Workspace, names: list[str]) -> list[int]:
    return [workspace.session.tiles.index_of[name] for name in names]


def look(workspace: Workspace) -> NearDuplicateReport:
    found = read_near_duplicates(workspace.project, workspace.packed)
    assert found is not None
    return NearDuplicateReport(found=found, tiles=workspace.project.tiles())


@pytest.fixture
def searched(workspace, ask) -> Workspace:
    """The project, in which near duplicates have been looked for without embeddings."""
    ask(find_near_duplicates(workspace=workspace))
    return workspace


def test_planted_near_duplicates_are_found_within_and_across_sides(searched, planted) -> None:
    report = look(searched)

    twins = [index(searched, pair) for pair in zip(planted.originals, planted.copies, strict=True)]
    for one, other in twins:
        assert report.clusters[one] == report.clusters[other] >= 0
    assert len(report.found) == 4
    assert (report.found.evidence == Evidence.HASH).all()


def test_leaks_are_told_by_side(searched, planted) -> None:
    into_validation, into_test = look(searched).leaks

    assert (into_validation.sides, into_validation.pairs) == ((Split.TRAIN, Split.VALIDATION), 2)
    expected = index(searched, [*planted.originals[:2], *planted.copies[:2]])
    assert sorted(into_validation.tiles.tolist()) == sorted(expected)
    assert into_test.sides == (Split.TRAIN, Split.TEST)


def test_what_was_found_is_kept_and_looks_are_measured_once(searched, ask) -> None:
    again = ask(find_near_duplicates(workspace=searched))

    assert [job.title for job in ask.jobs] == ["Finding near duplicates among {count:,} tiles"]
    kept = read_near_duplicates(searched.project, searched.packed)
    assert (kept.first == again.first).all()


def test_near_duplicates_of_other_or_damaged_tiles_count_as_none(searched) -> None:
    files = DerivedFiles(searched.project)
    content = files.path("near-duplicates").read_bytes()
    files.path("near-duplicates").write_bytes(content[: len(content) // 2])

    assert read_near_duplicates(searched.project, searched.packed) is None
    with pytest.raises(InputError, match="not been looked for"):
        regroup(project=searched.project, packed=searched.packed)


def test_grouping_ends_the_leak_and_takes_nothing_from_validation(searched, planted) -> None:
    before = searched.session.tiles

    done = regroup(project=searched.project, packed=searched.packed)

    moved = sorted(index(searched, planted.originals[:2]))
    assert done.plan.moving.tolist() == moved
    assert (done.tiles.splits[before.splits != Split.TRAIN] >= Split.VALIDATION).all()
    assert [leak.sides for leak in look(searched).leaks] == [(Split.TRAIN, Split.TEST)]
    assert {move.tile for move in searched.project.regroupings()} == set(done.plan.tiles.tolist())
    searched.session.replace_tiles(done.tiles)
    assert (searched.session.tiles.splits[moved] == Split.VALIDATION).all()


def test_verdicts_stay_and_models_are_judged_without_what_they_learned(
    searched, planted, add_scored_model
) -> None:
    moved = np.array(index(searched, planted.originals[:2]))
    searched.session.label(moved, 1)
    model = add_scored_model(searched, np.zeros(searched.project.tile_count))
    learned = np.full(searched.project.tile_count, -1, np.int8)
    learned[moved[0]] = 1
    np.save(searched.project.learned_path(model.id), learned)

    done = regroup(project=searched.project, packed=searched.packed)

    searched.session.replace_tiles(done.tiles)
    assert (searched.session.effective[moved] == 1).all()
    assert not searched.session.queued[moved].any()
    assert unlearned(searched.project, moved, [model]).tolist() == [moved[1]]


def test_new_tiles_without_a_group_are_still_welcome_after_grouping(searched) -> None:
    sides = regroup(project=searched.project, packed=searched.packed).tiles.splits

    assert perform(update(project=searched.project))[0] == 0
    assert (searched.project.tiles().splits == sides).all()


def test_a_planted_blank_tile_is_the_strangest(workspace, planted, ask) -> None:
    found = ask(find_outliers(workspace=workspace))

    (blank,) = index(workspace, [planted.blank])
    assert OutlierKind(int(found.kind[blank])) is OutlierKind.BLANK
    assert found.score.argmax() == blank
    kept = read_outliers(workspace.project, workspace.packed)
    assert (kept.score == found.score).all()
    assert kept.model == ""


def test_nothing_is_written_where_the_project_is_open_for_reading_only(made, tmp_path, ask) -> None:
    path = Path(shutil.copytree(made, tmp_path / "p.histo"))
    with open_workspace(path, reader="AB", read_only=True) as reading:
        found = ask(find_near_duplicates(workspace=reading))

        assert len(found) == 4
        assert read_near_duplicates(reading.project, reading.packed) is None
        with pytest.raises(InputError, match="reading only"):
            regroup(project=reading.project, packed=reading.packed)
