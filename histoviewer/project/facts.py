"""The key facts of a project: where its data set is, and how far it is packed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.tiles import Catalogue
from histoviewer.errors import InputError
from histoviewer.project import schema
from histoviewer.project.schema import PROJECT
from histoviewer.project.tile_rows import check_names


@dataclass(frozen=True, kw_only=True)
class ProjectInfo:
    """Key facts of a project.

    Args:
        name: Name of its folder without the suffix.
        root: Folder that the tiles' locations are relative to.
        source: Data set folder or file as it was given; scanned anew to find new tiles.
        layout: Name of the layout the data set was read by.
        classes: What the data set calls its classes.
        tile_size: Side of a packed tile in pixels.
        created: UTC time.
        data_fingerprint: Fingerprint of the packed tiles; None until all tiles are packed.
        packed_tiles: The first so many tiles have been packed once, which fixed their splits.
        schema_version: Version of the database, such as '0001'.
    """

    name: str
    root: Path
    source: Path
    layout: str
    classes: ClassNames
    tile_size: int
    created: datetime
    data_fingerprint: str | None
    packed_tiles: int
    schema_version: str


def read_info(connection: Connection, name: str) -> ProjectInfo:
    """Return the key facts of the project called `name`."""
    row = connection.execute(select(PROJECT)).one()
    return ProjectInfo(
        name=name,
        root=Path(row.root),
        source=Path(row.source),
        layout=row.layout,
        classes=ClassNames(row.negative, row.positive),
        tile_size=row.tile_size,
        created=row.created,
        data_fingerprint=row.data_fingerprint,
        packed_tiles=row.packed_tiles,
        schema_version=schema.HEAD,
    )


def write_facts(connection: Connection, *, catalogue: Catalogue, tile_size: int) -> None:
    """Store the key facts of a new project.

    Raises:
        InputError: The name of the data set's folder is no text.
    """
    root, source = str(catalogue.root.absolute()), str(catalogue.source.absolute())
    check_names([root, source])
    row = {
        "id": 1,
        "root": root,
        "source": source,
        "layout": catalogue.layout,
        "negative": catalogue.classes.negative,
        "positive": catalogue.classes.positive,
        "tile_size": tile_size,
        "created": datetime.now(UTC),
        "packed_tiles": 0,
    }
    connection.execute(insert(PROJECT), row)


def note_packed(connection: Connection, *, fingerprint: str, tiles: int) -> None:
    """Store that all tiles are packed."""
    row = {"data_fingerprint": fingerprint, "packed_tiles": tiles}
    connection.execute(update(PROJECT).values(row))


def note_unpacked(connection: Connection) -> None:
    """Store that the packed tiles do not cover all tiles any more."""
    connection.execute(update(PROJECT).values(data_fingerprint=None))


def check_same_data_set(info: ProjectInfo, catalogue: Catalogue) -> None:
    """Refuse tiles of another data set.

    Raises:
        InputError: Says which data set the project was made from.
    """
    source = catalogue.source.absolute()
    found = (catalogue.root.absolute(), source, catalogue.layout, catalogue.classes)
    if found == (info.root, info.source, info.layout, info.classes):
        return
    raise InputError(
        f"The project {info.name} was made from {info.source} (layout {info.layout}, classes "
        f"{info.classes.negative} and {info.classes.positive}), not from {source} (layout "
        f"{catalogue.layout}, classes {catalogue.classes.negative} and "
        f"{catalogue.classes.positive}).",
        "Update it from its own data set, or import this one into a new project.",
    )
