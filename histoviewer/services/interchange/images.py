"""Where another program finds the image of each tile: the original file, or a copy as PNG."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.services.interchange.snapshot import Snapshot
from histoviewer.tiles.copying import CopyRequest, is_shown_by_browsers

FOLDER = "images"  # of the copies, in the folder of the export


@dataclass(frozen=True, kw_only=True, eq=False)
class Images:
    """The images of the tiles of an export.

    Args:
        tiles: (n,) indexes of the tiles that have one.
        root: The folder they are in: that of the data set, or that of the copies.
        names: Their paths relative to `root`, POSIX style.
        copied: Whether they are copies, in the folder of the export.
        unreadable: Ids of the tiles that have none: they cannot be read.
    """

    tiles: Int64
    root: Path
    names: list[str]
    copied: bool
    unreadable: tuple[str, ...] = ()


def find_images(snapshot: Snapshot, chosen: Int64, part: Path, out: Path) -> Operation[Images]:
    """Refer to the original files where every browser shows them, else copy the tiles as PNG.

    All or none, so that there is one folder for the other program to look into.

    Args:
        snapshot: The project.
        chosen: (n,) indexes of the tiles of the export.
        part: The folder of the export while it is written.
        out: The folder of the export when it is whole.
    """
    locations = [snapshot.tiles.locations[tile] for tile in chosen]
    if all(map(_can_be_referred_to, locations)):
        return Images(tiles=chosen, root=snapshot.root, names=locations, copied=False)
    names = copy_names([snapshot.tiles.ids[tile] for tile in chosen])
    (part / FOLDER).mkdir()
    unreadable = yield Job(
        title="Copying {count:,} tiles as PNG",
        facts={"count": len(chosen)},
        target="histoviewer.tiles.copying:copy_as_png",
        request=CopyRequest(
            root=snapshot.root,
            locations=locations,
            files=[part / FOLDER / name for name in names],
        ),
        lane=Lane.FILES,
    )
    copied = np.setdiff1d(np.arange(len(chosen)), unreadable)
    return Images(
        tiles=chosen[copied],
        root=out / FOLDER,
        names=[names[position] for position in copied],
        copied=True,
        unreadable=tuple(snapshot.tiles.ids[chosen[position]] for position in unreadable),
    )


def copy_names(ids: list[str]) -> list[str]:
    """Return a file name for the copy of each tile: its id, with what no disk takes escaped.

    Where ids differ in nothing but capitals, which some disks do not tell apart, a number is added.
    """
    stems = [quote(name, safe=" ()[]+,=@#~") for name in ids]
    alike = Counter(stem.casefold() for stem in stems)
    return [
        f"{stem}.png" if alike[stem.casefold()] == 1 else f"{stem}~{place}.png"
        for place, stem in enumerate(stems)
    ]


def _can_be_referred_to(location: str) -> bool:
    """Return whether a tile is a file inside the data set folder that every browser shows."""
    path = PurePosixPath(location)
    inside = not path.is_absolute() and not Path(location).is_absolute() and ".." not in path.parts
    return inside and is_shown_by_browsers(location)
