"""Derived arrays: kept whole with their key, and never read damaged."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from histoviewer.errors import InputError, StorageError
from histoviewer.project.derived import DerivedFiles
from histoviewer.project.project import Project

ARRAYS = {"indices": np.arange(300, dtype=np.int32).reshape(20, 15), "names": np.array(["a", "b"])}


@pytest.fixture
def files(project: Project) -> DerivedFiles:
    made = DerivedFiles(project)
    made.write("neighbours", ARRAYS, key="abc")
    return made


def test_what_was_written_is_read(files: DerivedFiles) -> None:
    found = files.read("neighbours", key="abc")
    assert found.key == "abc"
    assert set(found.arrays) == set(ARRAYS)
    np.testing.assert_array_equal(found.arrays["indices"], ARRAYS["indices"])


def test_what_was_made_from_something_else_counts_as_none(files: DerivedFiles) -> None:
    assert files.read("neighbours", key="xyz") is None
    assert files.read("neighbours").key == "abc"


def test_there_is_nothing_at_first(project: Project) -> None:
    assert DerivedFiles(project).read("neighbours") is None


def test_writing_again_replaces(files: DerivedFiles) -> None:
    files.write("neighbours", {"other": np.zeros(3)}, key="xyz")
    assert set(files.read("neighbours").arrays) == {"other"}
    assert [path.name for path in files.path("neighbours").parent.iterdir()] == ["neighbours.npz"]


@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damage_is_never_taken_for_arrays(files: DerivedFiles, data: st.DataObject) -> None:
    """Whichever byte is changed, or wherever the file ends: all as it was, or nothing."""
    files.write("neighbours", ARRAYS, key="abc")
    path = files.path("neighbours")
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content = content[:place]
    else:
        content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    found = files.read("neighbours", key="abc")
    if found is not None:
        for name, array in found.arrays.items():
            np.testing.assert_array_equal(array, ARRAYS[name])


@pytest.mark.parametrize("name", ["", "../project", "a/b", "neighbours.npz", "ärzte", "a b"])
def test_a_name_that_is_no_name_is_refused(project: Project, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        DerivedFiles(project).path(name)


def test_no_array_is_called_key(project: Project) -> None:
    with pytest.raises(ValueError, match="'key'"):
        DerivedFiles(project).write("neighbours", {"key": np.zeros(1)}, key="abc")


def test_a_full_disk_is_said_and_the_old_arrays_stay(
    files: DerivedFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("histoviewer.files.os.fsync", full)
    with pytest.raises(StorageError, match="no space left"):
        files.write("neighbours", {"other": np.zeros(3)}, key="xyz")
    assert files.read("neighbours").key == "abc"


def test_a_project_for_reading_only_is_not_written_to(files: DerivedFiles, tmp_path: Path) -> None:
    with Project.open(tmp_path / "mice.histo", read_only=True) as looked_at:
        assert DerivedFiles(looked_at).read("neighbours").key == "abc"
        with pytest.raises(InputError, match="reading only"):
            DerivedFiles(looked_at).write("neighbours", ARRAYS, key="abc")


def test_what_a_killed_program_left_half_written_is_removed(project: Project) -> None:
    files = DerivedFiles(project)
    files.write("neighbours", ARRAYS, key="abc")
    half = files.path("neighbours").with_name(".neighbours.npz.123.part")
    half.write_bytes(b"half")
    project.close()
    with Project.open(project.path) as again:
        assert not half.exists()
        assert DerivedFiles(again).read("neighbours").key == "abc"
