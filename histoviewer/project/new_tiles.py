"""Which tiles of a catalogue are new to a project, and by what ids it can know them."""

from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import NamedTuple

from histoviewer.domain.tiles import Catalogue, Split
from histoviewer.errors import InputError


class NewTiles(NamedTuple):
    """Tiles to be appended.

    Args:
        rows: Their rows in the catalogue, in its order.
        ids: Their ids in the project, which may differ from those in the catalogue.
    """

    rows: list[int]
    ids: list[str]


def find_new(
    catalogue: Catalogue, *, known: Mapping[str, str], sample_ids: Collection[str]
) -> NewTiles:
    """Return the tiles that a project does not have.

    A tile is known by its location. Its id in the catalogue is no mark of it: with a file of the
    same stem elsewhere, the next scan gives both of them other ids.

    Args:
        catalogue: What a scan of the data set found.
        known: Id -> location of the tiles that the project has.
        sample_ids: Of the sample submission; the test tiles must have these ids.

    Raises:
        InputError: A test tile needs an id that another tile of the project has.
    """
    id_at = {location: name for name, location in known.items()}
    taken = dict(known)
    new = NewTiles([], [])
    for row, (wanted, location) in enumerate(zip(catalogue.ids, catalogue.locations, strict=True)):
        name = id_at.get(location) or _free_id(wanted, location, taken)
        holder = taken.get(wanted, location)
        if holder != location and catalogue.splits[row] == Split.TEST and wanted in sample_ids:
            raise InputError(
                f"The sample submission calls the test tile {location} '{wanted}', but in this "
                f"project that is the id of {holder}.",
                "Import the data set into a new project.",
            )
        if location not in id_at:
            taken[name] = location
            new.rows.append(row)
            new.ids.append(name)
    return new


def _free_id(wanted: str, location: str, taken: Collection[str]) -> str:
    return next(name for name in _candidates(wanted, location) if name not in taken)


def _candidates(wanted: str, location: str) -> Iterator[str]:
    """Yield ids for a tile, best first: as scans make them, then ever longer ones."""
    yield wanted
    path, _, ending = location.rpartition(".")
    if path and ending.isalnum():  # not '17' of 'file.h5#17', which is no ending
        yield path
    yield location
    yield from (f"{location} ({number})" for number in count(2))
