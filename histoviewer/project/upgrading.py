"""Bringing the database to the version this program knows.

Alembic is imported only when there is something to do: it costs as much time as opening a project.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import column, delete, false, inspect, select, table

from histoviewer.errors import InputError
from histoviewer.project import schema
from histoviewer.project.engine import Database

MIGRATIONS: Final = Path(__file__).parent / "migrations"
VERSIONS: Final = MIGRATIONS / "versions"
_VERSION: Final = table("alembic_version", column("version_num"))


def read_version(database: Database) -> str:
    """Return the schema version of a database, such as '0001'.

    Raises:
        InputError: It was not made by this program, or is damaged.
    """
    with database.read() as connection:
        if inspect(connection).has_table(_VERSION.name):
            version = connection.scalar(select(_VERSION.c.version_num))
            if version is not None:
                return str(version)
    raise InputError(
        f"{database.path} is not the database of a HistoViewer project.",
        "Open a folder that HistoViewer made.",
    )


def check_version(database: Database) -> None:
    """Bring an older database up to date, and refuse a newer one.

    Raises:
        InputError: It was made by a newer program, or is older and open for reading only.
        StorageError: The disk cannot take the new version; the old one is left as it was.
    """
    version = read_version(database)
    if version == schema.HEAD:
        return
    if version > schema.HEAD:
        raise InputError(
            f"The project {database.name} has schema version {version}, but this "
            f"program knows versions up to {schema.HEAD}.",
            "Update HistoViewer to open it.",
        )
    if database.read_only:
        raise InputError(
            f"The project {database.name} has schema version {version} and must be "
            f"brought to version {schema.HEAD}, which reading only does not allow.",
            "Open it once where it may be written to.",
        )
    upgrade(database)


def check_writable(database: Database) -> None:
    """Find out now, not at the first verdict, whether the database can be written to.

    SQLite begins a writing transaction even on a file that may only be read; what it refuses is a
    statement that writes, be it to no row at all.

    Raises:
        StorageError: It cannot be written to: no right, or locked by another program.
    """
    with database.write() as connection:
        connection.execute(delete(_VERSION).where(false()))


def upgrade(database: Database) -> None:
    """Run the missing migrations in one transaction; on an empty database, all of them.

    Raises:
        StorageError: The disk cannot take it; the database is left as it was.
    """
    from alembic.command import upgrade as run
    from alembic.config import Config

    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("version_locations", str(VERSIONS).replace("%", "%%"))
    with database.write() as connection:
        config.attributes["connection"] = connection
        run(config, "head")
