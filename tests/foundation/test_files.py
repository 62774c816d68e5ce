"""Nobody sees half a file; nobody misses a shipped one."""

from pathlib import Path

import pytest

from histoviewer.errors import HistoViewerError
from histoviewer.files import whole_file
from histoviewer.resources import resource


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with whole_file(path) as stream:
        stream.write(b"whole")
        assert not path.exists()

    assert path.read_bytes() == b"whole"


def half_a_file(path: Path) -> None:
    with whole_file(path) as stream:
        stream.write(b"half")
        raise OSError("full")


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="full"):
        half_a_file(path)

    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.txt", b"old")]


@pytest.mark.parametrize("path", [Path(), Path("/")])
def test_a_place_without_a_name_is_refused_as_the_system_would(path: Path) -> None:
    with pytest.raises(IsADirectoryError), whole_file(path):
        pass


def test_shipped_files_are_found() -> None:
    assert resource("recipes", "histo-fast.toml").is_file()


def test_a_missing_shipped_file_is_named() -> None:
    with pytest.raises(HistoViewerError, match=r"lacks the file recipes/no-such.toml"):
        resource("recipes", "no-such.toml")
