"""Making a project: whole or not at all, and read back as it was."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.tiles import Problem, ProblemFlag, ProblemKind, Split
from histoviewer.errors import InputError, StorageError
from histoviewer.project.folder import ProjectFolder
from histoviewer.project.project import Project
from tests.project.samples import catalogue


def create(path: Path, **changes) -> Project:
    return Project.create(path, catalogue=catalogue(**changes), tile_size=96)


def test_the_source_is_kept_beside_the_folder_of_the_tiles(tmp_path) -> None:
    source = Path("/data/tiles/fold 1.csv").absolute()
    with create(tmp_path / "mice.histo", source=source) as project:
        assert (project.info.root, project.info.source) == (source.parent, source)


def test_key_facts_are_kept(tmp_path) -> None:
    with create(tmp_path / "mice.histo") as project:
        info = project.info

    assert (info.name, info.layout, info.tile_size) == ("mice", "folders", 96)
    assert info.root == Path("/data/tiles").absolute()
    assert info.classes == ClassNames("normal", "tumour")
    assert info.created.utcoffset().total_seconds() == 0
    assert (info.data_fingerprint, info.packed_tiles) == (None, 0)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@given(
    ids=st.lists(texts, min_size=1, max_size=8, unique=True),
    group=st.one_of(st.just(""), texts),
    split=st.sampled_from(Split),
    label=st.integers(-1, 1),
)
@settings(max_examples=30, deadline=None)
def test_odd_names_come_back_as_they_were(tmp_path_factory, ids, group, split, label) -> None:
    count = len(ids)
    made = catalogue(
        ids,
        groups=[group] * count,
        splits=np.full(count, split, np.int8),
        given=np.full(count, label, np.int8),
        sample_ids=ids[::-1],
    )
    path = tmp_path_factory.mktemp("odd") / "x.histo"
    with Project.create(path, catalogue=made, tile_size=96):
        pass
    with Project.open(path) as project:
        tiles, sample = project.tiles(), project.sample_ids()

    assert list(tiles.ids) == ids
    assert list(tiles.locations) == list(made.locations)
    assert [tiles.group_name(index) for index in range(count)] == [group] * count
    assert tiles.splits.tolist() == [split] * count
    assert tiles.given.tolist() == [label] * count
    assert list(sample) == ids[::-1]


def test_a_project_can_be_empty_of_groups_and_sample(tmp_path) -> None:
    with create(tmp_path / "x.histo", groups=[""] * 10) as project:
        assert project.tiles().groups.tolist() == [-1] * 10
        assert project.sample_ids() == ()
        assert project.problems() == []


def test_what_the_scan_found_marks_its_tiles(tmp_path) -> None:
    problems = [
        Problem(ProblemKind.LABEL_WITHOUT_FILE, "gone", "line 7"),
        Problem(ProblemKind.MISSING, "tile3"),
    ]
    with create(tmp_path / "x.histo", problems=problems) as project:
        assert project.problems() == problems
        assert np.flatnonzero(project.tiles().problems).tolist() == [3]
        assert project.tiles().problems[3] == ProblemFlag.MISSING


def test_an_existing_project_is_refused_with_an_offer(project) -> None:
    with pytest.raises(InputError, match="exists already") as caught:
        create(project.path)

    assert f"histoviewer update {project.path}" in caught.value.hint


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_something_else_in_the_way_is_left_alone(tmp_path, kind) -> None:
    path = tmp_path / "x.histo"
    path.mkdir() if kind == "folder" else path.write_text("mine")

    with pytest.raises(InputError, match="exists and is not a project"):
        create(path)

    assert path.is_dir() if kind == "folder" else path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_parent_folder_is_named(tmp_path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        create(tmp_path / "nowhere" / "x.histo")


def test_a_failure_halfway_leaves_nothing(tmp_path) -> None:
    broken = catalogue(given=np.full(10, 7, np.int8))

    with pytest.raises(Exception, match="ck_tiles_given"):
        Project.create(tmp_path / "x.histo", catalogue=broken, tile_size=96)

    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_text_is_refused_by_name(tmp_path) -> None:
    with pytest.raises(InputError, match=r"'bad\\udcff'"):
        create(tmp_path / "x.histo", ids=["good", "bad\udcff"])

    assert list(tmp_path.iterdir()) == []


def test_a_data_set_whose_folder_is_no_text_is_refused_by_name(tmp_path) -> None:
    with pytest.raises(InputError, match=r"bad\\udcff"):
        create(tmp_path / "x.histo", root=Path("/data/bad\udcff"))


def test_a_problem_may_be_about_a_name_that_is_no_text(tmp_path) -> None:
    problem = Problem(ProblemKind.UNREADABLE, "bad\udcff.png")
    with create(tmp_path / "x.histo", problems=[problem]) as project:
        assert project.problems() == [Problem(ProblemKind.UNREADABLE, r"bad\udcff.png")]


@pytest.mark.parametrize("name", ["100 % of #1?", "[a] 'b' & c", "Überprüfung"])
def test_a_project_may_have_an_odd_name(tmp_path, name) -> None:
    create(tmp_path / f"{name}.histo").close()

    with Project.open(tmp_path / f"{name}.histo", read_only=True) as project:
        assert (project.info.name, len(project.tiles())) == (name, 10)


def test_no_right_to_write_is_said_and_nothing_is_left(open_folder, no_right) -> None:
    with no_right(open_folder), pytest.raises(StorageError, match="no right to write"):
        create(open_folder / "x.histo")

    assert list(open_folder.iterdir()) == []


def test_no_space_is_said_and_nothing_is_left(small_disk) -> None:
    with pytest.raises(StorageError, match="no space left to write to the project x"):
        create(small_disk / "x.histo", ids=50_000)

    assert list(small_disk.iterdir()) == []


def test_what_a_killed_attempt_left_is_removed(tmp_path) -> None:
    abandoned = tmp_path / ".x.histo.0a0a.part"
    abandoned.mkdir()
    (abandoned / "project.db").write_bytes(b"half")

    create(tmp_path / "x.histo").close()

    assert list(tmp_path.iterdir()) == [tmp_path / "x.histo"]


def test_an_attempt_at_work_is_left_alone(tmp_path) -> None:
    busy = tmp_path / ".x.histo.0a0a.part"
    busy.mkdir()
    lock = ProjectFolder(busy).lock()

    create(tmp_path / "x.histo").close()
    lock.release()

    assert busy.is_dir()


def test_a_large_data_set_is_read_back_in_order(tmp_path) -> None:
    with create(tmp_path / "x.histo", ids=20_000) as project:
        tiles = project.tiles()

    assert list(tiles.ids) == [f"tile{n}" for n in range(20_000)]
    assert tiles.given.tolist() == [n % 2 for n in range(20_000)]
    assert tiles.groups.tolist() == [0] * 10_000 + [1] * 10_000
