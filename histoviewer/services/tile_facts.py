"""All that is known of one tile but for what readers said of it, which the log tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.view_rules import flag_words
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_file
from histoviewer.services.opening import Workspace
from histoviewer.services.tile_scores import TileScore, tile_scores
from histoviewer.tiles.adjusting import Adjustments, adjust
from histoviewer.tiles.decode import Unreadable, encode_png


@dataclass(frozen=True, kw_only=True)
class TileFacts:
    """What is known of one tile.

    Args:
        id: Its id.
        location: Where its file is, from the root of the data set.
        label: Label as it is now, `UNLABELLED` for none.
        given: Label of the data set.
        split: Its split.
        group: Its group, '' where that is not known.
        neighbours: How many other tiles its group has.
        problems: What is wrong with it, as filters name it.
        scores: What every model says, the champion first.
        duplicates: Ids of the tiles with the same pixels; None before the tiles are measured.
    """

    id: str
    location: str
    label: int
    given: int
    split: Split
    group: str
    neighbours: int
    problems: Sequence[str]
    scores: Sequence[TileScore]
    duplicates: Sequence[str] | None


def find_tile(workspace: Workspace, tile_id: str) -> int:
    """Return the index of a tile.

    Raises:
        InputError: The project has no such tile.
    """
    index = workspace.session.tiles.index_of.get(tile_id)
    if index is None:
        raise InputError(
            f"The project {workspace.project.info.name} has no tile {tile_id}.",
            "Look ids up with 'histoviewer list'.",
        )
    return index


def tile_facts(workspace: Workspace, tile: int) -> TileFacts:
    """Return what is known of a tile, by its index."""
    session = workspace.session
    table, measures = session.tiles, workspace.measures
    decided, given = int(session.states.decided[tile]), int(table.given[tile])
    group = int(table.groups[tile])
    duplicates = None
    if measures is not None:
        duplicates = [table.ids[twin] for twin in measures.twins(tile).tolist()]
    return TileFacts(
        id=table.ids[tile],
        location=table.locations[tile],
        label=given if decided == UNLABELLED else decided,
        given=given,
        split=Split(int(table.splits[tile])),
        group=table.group_name(tile),
        neighbours=int(table.group_sizes[group]) - 1 if group >= 0 else 0,
        problems=flag_words(ProblemFlag(int(table.problems[tile]))),
        scores=tile_scores(workspace.project, tile),
        duplicates=duplicates,
    )


def write_picture(workspace: Workspace, tile: int, path: Path, adjustments: Adjustments) -> None:
    """Write the original pixels of a tile as PNG, adjusted as the window shows them.

    Raises:
        InputError: The tile cannot be read.
        StorageError: The disk does not take the file.
    """
    try:
        pixels = workspace.originals.original(tile)
    except Unreadable as error:
        name = workspace.session.tiles.ids[tile]
        raise InputError(
            f"The tile {name} cannot be read: {error}.", "Look at its file, or restore it."
        ) from error
    try:
        with whole_file(path) as stream:
            stream.write(encode_png(adjust(pixels, adjustments)))
    except OSError as error:
        raise storage_error(error, "the picture") from error
