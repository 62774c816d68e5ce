"""Arrays on their way to a file: a kill at any moment loses what was not saved, and no more."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histoviewer.errors import StorageError
from histoviewer.ml.finished import map_rows, read_note
from histoviewer.ml.unfinished import UnfinishedRows

COUNT, WIDTH = 40, 3
WHOLE = np.arange(COUNT * WIDTH, dtype=np.float16).reshape(COUNT, WIDTH)


def rows_at(folder: Path, key: str = "abc") -> UnfinishedRows:
    return UnfinishedRows(
        folder / "rows.npy",
        {"of": key},
        shape=WHOLE.shape,
        dtype=WHOLE.dtype,
        what="the rows",
    )


def write_to(rows: UnfinishedRows, stop: int) -> None:
    rows.write(WHOLE[rows.done : stop])


@given(steps=st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=8))
@settings(max_examples=40, deadline=None)
def test_after_a_kill_it_goes_on_with_what_was_saved(steps: list[tuple[int, bool]]) -> None:
    with TemporaryDirectory() as name:
        alive, killed = Path(name, "alive"), Path(name, "killed")
        rows, saved = rows_at(alive), 0
        with rows.opened():
            for count, saves in steps:
                write_to(rows, min(COUNT, rows.done + count))
                if saves:
                    rows.save()
                    saved = rows.done
            shutil.copytree(alive, killed)  # the disk as it is when the process dies here
        again = rows_at(killed)
        with again.opened():
            assert again.done == saved
            write_to(again, COUNT)
        again.finish()
        np.testing.assert_array_equal(np.load(killed / "rows.npy"), WHOLE)
        assert {path.name for path in killed.iterdir()} == {"rows.npy", "rows.json"}


@pytest.mark.parametrize("place", [0, 70, -1])
def test_a_damaged_part_counts_as_nothing_done(tmp_path: Path, place: int) -> None:
    rows = rows_at(tmp_path)
    with rows.opened():
        write_to(rows, 30)
    part = tmp_path / "rows.npy.part"
    content = bytearray(part.read_bytes())
    content[place] ^= 1
    part.write_bytes(content)
    again = rows_at(tmp_path)
    with again.opened():
        assert again.done == 0


def test_rows_of_another_key_are_not_taken_up(tmp_path: Path) -> None:
    with rows_at(tmp_path).opened():
        pass
    rows = rows_at(tmp_path)
    with rows.opened():
        write_to(rows, 30)
    other = rows_at(tmp_path, "xyz")
    with other.opened():
        assert other.done == 0


def test_a_crash_while_finishing_leaves_no_note_of_old_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new rows are there, but nothing says of what: they count as none."""
    rows = rows_at(tmp_path)
    with rows.opened():
        write_to(rows, COUNT)
    rows.finish()
    again = rows_at(tmp_path, "xyz")
    with again.opened():
        write_to(again, COUNT)

    def lost(*_args: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("histoviewer.ml.unfinished.whole_file", lost)
    with pytest.raises(StorageError, match="Writing the rows failed"):
        again.finish()
    assert read_note(tmp_path / "rows.npy") is None


def test_finished_rows_are_mapped_only_while_their_checksum_holds(tmp_path: Path) -> None:
    rows, path = rows_at(tmp_path), tmp_path / "rows.npy"
    with rows.opened():
        write_to(rows, COUNT)
    rows.finish()
    np.testing.assert_array_equal(map_rows(path, read_note(path)), WHOLE)
    assert map_rows(path, {"crc32": 1}) is None
    assert map_rows(tmp_path / "other.npy", {"crc32": 1}) is None
