"""The database itself: what it enforces, whoever writes to it, and how it is brought up to date."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from histoviewer.domain.models import ModelKind
from histoviewer.domain.verdicts import Mode
from histoviewer.errors import InputError
from histoviewer.project import schema, upgrading
from histoviewer.project.engine import Database
from histoviewer.project.project import Project
from tests.project.samples import WHEN, batch, catalogue, model, singles

LATER_STEP = """
import sqlalchemy as sa
from alembic import op
revision = "0007"
down_revision = "0006"
def upgrade():
    op.add_column("batches", sa.Column("note", sa.String))
"""
FAILING_STEP = LATER_STEP + "    op.execute('INSERT INTO nowhere VALUES (1)')\n"


@pytest.fixture
def raw(project) -> Iterator[sqlite3.Connection]:
    """Another program on the database of a project with a small log: 1, 2, undo of 2, 4."""
    project.append([*singles(2), batch(3, 3, [], undoes=2), batch(4, 3, [5, 6])])
    with closing(sqlite3.connect(project.path / "project.db")) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


def test_the_newest_migration_is_the_one_the_program_expects() -> None:
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(upgrading.MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_migrations_make_the_tables_that_the_program_addresses(project) -> None:
    with project._database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, schema.METADATA) == []


def test_migrations_and_tables_have_the_same_checks(project) -> None:
    with closing(sqlite3.connect(project.path / "project.db")) as connection:
        made = connection.execute("SELECT group_concat(sql) FROM sqlite_master").fetchone()[0]
    for table in schema.METADATA.tables.values():
        for line in str(CreateTable(table)).splitlines():
            if "CHECK" in line:
                assert line.strip().rstrip(",") in made


def test_the_tables_can_be_made_in_postgresql() -> None:
    for table in schema.METADATA.tables.values():
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_commits_are_flushed_and_foreign_keys_checked(project) -> None:
    with project._database.write() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE batches SET reader = 'bob' WHERE number = 1",
        "DELETE FROM batches WHERE number = 4",
        "UPDATE verdicts SET after = 0 WHERE sequence = 1",
        "DELETE FROM verdicts WHERE sequence = 4",
        "INSERT OR REPLACE INTO verdicts VALUES (1, 1, 0, 1, 0, 0, NULL, NULL, NULL, NULL)",
        "INSERT OR REPLACE INTO batches VALUES (1, 1, '2024-05-01', 'bob', NULL, NULL, 0)",
        "INSERT INTO verdicts VALUES (6, 4, 7, 1, 0, 0, NULL, NULL, NULL, NULL)",
    ],
)
def test_nothing_in_the_log_can_be_changed(raw, statement) -> None:
    before = raw.execute("SELECT * FROM verdict_history").fetchall()

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)

    assert raw.execute("SELECT * FROM verdict_history").fetchall() == before


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        ((5, 4, 1, 9, 0, 1, 0.5), "ck_verdicts_action"),
        ((5, 4, 1, 1, 2, 1, 0.5), "ck_verdicts_before"),
        ((5, 4, 1, 1, 0, 2, 0.5), "ck_verdicts_after"),
        ((5, 9, 1, 1, 0, 1, 0.5), "FOREIGN KEY"),
        ((5, 4, 99, 1, 0, 1, 0.5), "FOREIGN KEY"),
    ],
)
def test_a_wrong_verdict_is_refused(raw, row, broken) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=broken):
        raw.execute("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)", row)


def test_the_history_says_by_which_batch_a_verdict_was_undone(raw) -> None:
    query = "SELECT sequence, reader, tile, batch, undone_by FROM verdict_history ORDER BY sequence"

    assert raw.execute(query).fetchall() == [
        (1, "ann", 1, 1, None),
        (2, "ann", 2, 2, 3),
        (3, "ann", 5, 4, None),
        (4, "ann", 6, 4, None),
    ]


def test_the_history_knows_redo(project) -> None:
    reversals = [batch(n, 2, [], undoes=target) for n, target in [(2, 1), (3, 2), (4, 1)]]
    project.append([*singles(1), *reversals[:2]])
    with closing(sqlite3.connect(project.path / "project.db")) as raw:
        query = "SELECT undone_by FROM verdict_history"
        after_redo = raw.execute(query).fetchall()
        project.append(reversals[2:])

        assert (after_redo, raw.execute(query).fetchall()) == ([(None,)], [(4,)])


def test_a_time_without_a_zone_is_refused(project) -> None:
    unclear = batch(1, 1, when=WHEN.replace(tzinfo=None))

    with pytest.raises(Exception, match="has no time zone"):
        project.append([unclear])


def test_our_own_mistakes_are_not_blamed_on_the_disk(project) -> None:
    with pytest.raises(IntegrityError):
        project.set_champion("no-such-model", reason="")


@pytest.fixture
def later(tmp_path, monkeypatch) -> Path:
    """A later program: its migrations folder, which has one step more to be filled in."""
    folder = tmp_path / "versions"
    folder.mkdir()
    for step in (upgrading.MIGRATIONS / "versions").glob("v*.py"):
        (folder / step.name).write_text(step.read_text())
    monkeypatch.setattr(upgrading, "VERSIONS", folder)
    monkeypatch.setattr(schema, "HEAD", "0007")
    return folder / "v0006_note.py"


def columns(path: Path) -> set[str]:
    with closing(sqlite3.connect(path / "project.db")) as connection:
        return {row[1] for row in connection.execute("PRAGMA table_info(batches)")}


def test_an_older_project_is_brought_up_to_date_with_all_its_verdicts(project, later) -> None:
    project.append(singles(3))
    project.close()
    later.write_text(LATER_STEP)

    with Project.open(project.path) as opened:
        assert opened.info.schema_version == "0007"
        assert len(opened.read_log().batches) == 3
    assert "note" in columns(project.path)


def test_a_migration_that_fails_leaves_the_old_version(project, later) -> None:
    project.close()
    later.write_text(FAILING_STEP)

    with pytest.raises(Exception, match="nowhere"):
        Project.open(project.path)

    database = Database(project.path / "project.db", name="x")
    version = upgrading.read_version(database)
    database.close()
    assert (version, "note" in columns(project.path)) == ("0006", False)


def test_reading_only_does_not_migrate(project, later) -> None:
    project.close()
    later.write_text(LATER_STEP)

    with pytest.raises(InputError, match="must be brought to version 0007"):
        Project.open(project.path, read_only=True)


def test_a_project_of_the_first_version_keeps_every_verdict(tmp_path, monkeypatch) -> None:
    first = tmp_path / "versions"
    first.mkdir()
    step = upgrading.VERSIONS / "v0001_base.py"
    (first / step.name).write_text(step.read_text())
    with monkeypatch.context() as then:
        then.setattr(upgrading, "VERSIONS", first)
        then.setattr(schema, "HEAD", "0001")
        path = make_old_project(tmp_path / "old.histo")

    with Project.open(path) as opened:
        assert opened.info.schema_version == schema.HEAD
        log = opened.read_log()
        opened.append([batch(4, 4, [5])])
        opened.save_view("mine", {"split": "train"})
    assert [(len(one), one.undoes, one.mode) for one in log.batches] == [
        (2, None, Mode.OPEN),
        (1, None, Mode.OPEN),
        (0, 2, Mode.OPEN),
    ]
    assert log.states.decided.tolist()[:5] == [-1, -1, 1, 1, -1]


def test_a_project_of_the_third_version_keeps_its_models(tmp_path, monkeypatch) -> None:
    third = tmp_path / "versions"
    third.mkdir()
    for step in sorted(upgrading.VERSIONS.glob("v*.py"))[:3]:
        (third / step.name).write_text(step.read_text())
    with monkeypatch.context() as then:
        then.setattr(upgrading, "VERSIONS", third)
        then.setattr(schema, "HEAD", "0003")
        with Project.create(tmp_path / "old.histo", catalogue=catalogue(), tile_size=96) as old:
            path = old.path
    with closing(sqlite3.connect(path / "project.db")) as raw, raw:
        raw.executemany(
            "INSERT INTO models (id, number, recipe, created, seed, learned_through, "
            "data_fingerprint, metrics, kind) "
            "VALUES (?, ?, 'r', '2024-05-01 12:30:15.000000', 0, 0, 'abc', '{}', ?)",
            [(model().id, 1, "trained"), (model(2).id, 2, "imported")],
        )
        raw.execute(
            "INSERT INTO champions VALUES (1, ?, '2024-05-01 12:30:15.000000', 'first model')",
            [model().id],
        )

    with Project.open(path) as opened:
        opened.add_model(model(3, kind=ModelKind.HEAD, parent=model().id, learned_step=7))

        assert [each.learned_step for each in opened.models()] == [None, None, 7]
        assert [each.kind for each in opened.models()] == ["trained", "imported", "head"]
        assert opened.champion() == model().id


def make_old_project(path: Path) -> Path:
    """A project as version 0001 left it: two steps, the second taken back."""
    Project.create(path, catalogue=catalogue(), tile_size=96).close()
    with closing(sqlite3.connect(path / "project.db")) as raw, raw:
        raw.executemany(
            "INSERT INTO batches VALUES (?, ?, '2024-05-01 12:30:15.000000', 'ann', NULL, ?)",
            [(1, 1, None), (2, 3, None), (3, 4, 2)],
        )
        raw.executemany(
            "INSERT INTO verdicts VALUES (?, ?, ?, 1, 0, 1, 0.5)", [(1, 1, 2), (2, 1, 3), (3, 2, 4)]
        )
    return path
