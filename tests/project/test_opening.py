"""Opening a project: what is refused, who may write, and what a killed run left behind."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from histoviewer.errors import InputError, StorageError
from histoviewer.project import engine, schema
from histoviewer.project.project import Project
from tests.project.samples import batch, catalogue, singles

HOLD = """
import sys
from pathlib import Path
from histoviewer.project.project import Project
project = Project.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(project) -> Path:
    """A closed project."""
    project.append(singles(3))
    project.close()
    return project.path


def run_sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path / "project.db")) as connection, connection:
        connection.execute(statement)


def test_another_folder_is_not_taken_for_a_project(tmp_path) -> None:
    with pytest.raises(InputError, match="is not a HistoViewer project"):
        Project.open(tmp_path)


def test_a_file_that_is_no_database_is_refused(path) -> None:
    (path / "project.db").write_text("This is no database. " * 200)

    with pytest.raises(InputError, match="damaged or not a database"):
        Project.open(path)


def test_an_empty_database_is_refused(path) -> None:
    (path / "project.db").write_bytes(b"")

    with pytest.raises(InputError, match="not the database of a HistoViewer project"):
        Project.open(path)


def test_damage_is_said_where_it_is_met(tmp_path) -> None:
    path = tmp_path / "x.histo"
    Project.create(path, catalogue=catalogue(5_000), tile_size=96).close()
    with (path / "project.db").open("r+b") as file:
        file.seek(40 * 4096)
        file.write(b"\xa5" * 60 * 4096)

    with pytest.raises(InputError, match="damaged"), Project.open(path) as project:
        project.tiles()


def test_a_newer_schema_is_refused_naming_both_versions(path) -> None:
    run_sql(path, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(InputError, match=r"version 9999.*up to \d{4}.*Update HistoViewer"):
        Project.open(path)


def test_a_refused_project_is_not_left_locked(path) -> None:
    run_sql(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InputError):
        Project.open(path)
    run_sql(path, f"UPDATE alembic_version SET version_num = '{schema.HEAD}'")

    Project.open(path).close()


def test_a_second_writer_is_refused(path) -> None:
    with Project.open(path), pytest.raises(InputError, match="open in another window"):
        Project.open(path)


def test_closing_gives_up_the_right_to_write(path) -> None:
    with Project.open(path) as project:
        project.close()
        Project.open(path).close()


def test_a_closed_project_is_not_written_to_behind_its_next_owner(path) -> None:
    with Project.open(path) as project:
        pass

    with pytest.raises(RuntimeError, match="is closed"):
        project.append([batch(4, 4)])
    with pytest.raises(RuntimeError, match="is closed"):
        project.tiles()


def test_a_writer_in_another_process_is_respected_until_it_dies(path) -> None:
    command = [sys.executable, "-c", HOLD, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as holder:
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(InputError, match="open in another window"):
            Project.open(path)
        holder.kill()
        holder.wait()
        Project.open(path).close()


def test_reading_only_works_beside_a_writer(path) -> None:
    with Project.open(path) as writer, Project.open(path, read_only=True) as reader:
        writer.append(singles(1, start=4))

        assert len(reader.read_log().batches) == 4


def test_reading_only_refuses_to_write(path) -> None:
    with (
        Project.open(path, read_only=True) as project,
        pytest.raises(InputError, match="for reading only"),
    ):
        project.append([batch(4, 4)])


@pytest.fixture
def foreign(path, open_folder) -> Path:
    """A closed project of somebody else's."""
    return shutil.copytree(path, open_folder / "theirs.histo")


def test_a_folder_without_the_right_to_write_opens_for_reading_only(foreign, no_right) -> None:
    with no_right(foreign):
        with pytest.raises(StorageError, match="no right to write"):
            Project.open(foreign)
        with Project.open(foreign, read_only=True) as project:
            assert len(project.tiles()) == 10
            assert len(project.read_log().batches) == 3


def test_a_log_that_a_crash_left_is_not_overlooked_when_reading_only(path, open_folder) -> None:
    copy = open_folder / "copy.histo"
    with Project.open(path) as project:
        project.append(singles(1, start=4))
        shutil.copytree(path, copy)  # as the disk looks when the power fails

    with Project.open(copy, read_only=True) as crashed:
        assert len(crashed.read_log().batches) == 4


def test_a_database_that_may_not_be_written_to_is_said_at_opening(open_folder, no_right) -> None:
    path = open_folder / "x.histo"
    Project.create(path, catalogue=catalogue(3), tile_size=96).close()
    (path / "project.lock").unlink(missing_ok=True)
    path.chmod(0o777)

    with no_right(open_folder), pytest.raises(StorageError, match="no right to write"):
        Project.open(path)


def test_a_database_locked_by_another_program_is_said_at_opening(path, monkeypatch) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.01)
    with closing(sqlite3.connect(path / "project.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match=r"locked by another program.*Close the program"):
            Project.open(path)

    Project.open(path).close()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_full_disk_is_said_at_opening_and_loses_nothing(small_disk, read_only) -> None:
    path = small_disk / "x.histo"
    with Project.create(path, catalogue=catalogue(3), tile_size=96) as project:
        project.append(singles(2, tiles=3))
    filling = small_disk / "filling"
    with filling.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    with pytest.raises(StorageError, match=r"no space left.*Free some space"):
        Project.open(path, read_only=read_only)

    filling.unlink()
    with Project.open(path, read_only=read_only) as project:
        assert len(project.read_log().batches) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes and moves no open file")
def test_a_verdict_is_not_saved_into_a_database_that_was_moved_away(project) -> None:
    aside = project.path.with_name("aside.histo")
    project.path.rename(aside)
    with pytest.raises(StorageError, match=r"no longer where it was.*Put it back"):
        project.append(singles(1))

    aside.rename(project.path)
    project.append(singles(1))
    assert len(project.read_log().batches) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes and moves no open file")
def test_a_verdict_is_not_saved_into_a_database_that_was_replaced(project) -> None:
    database = project.path / "project.db"
    project.append(singles(1))
    copy = database.with_name("copy.db")
    shutil.copy(database, copy)
    copy.replace(database)

    with pytest.raises(StorageError, match="no longer where it was"):
        project.append(singles(1, start=2))


def test_models_and_exports_that_never_became_whole_are_removed(path) -> None:
    (path / "models" / "002-x.part").mkdir()
    (path / "models" / "002-x.part" / "model.keras").write_bytes(b"half")
    (path / "models" / "001-x").mkdir()
    (path / "exports" / "out.csv.part").write_bytes(b"half")

    Project.open(path).close()

    assert [entry.name for entry in (path / "models").iterdir()] == ["001-x"]
    assert list((path / "exports").iterdir()) == []


def test_reading_only_removes_nothing(path) -> None:
    leftover = path / "models" / "002-x.part"
    leftover.mkdir()

    Project.open(path, read_only=True).close()

    assert leftover.is_dir()


def test_an_up_to_date_project_opens_without_alembic(path) -> None:
    program = (
        "import sys; from pathlib import Path; from histoviewer.project.project import Project;"
        "Project.open(Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(path)]
    assert subprocess.run(command, capture_output=True, check=True).stdout.strip() == b"False"
