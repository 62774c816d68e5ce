"""From what was found of each tile to the report of a pack: flags, problems, clusters."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Int32, Int64, UInt16
from histoviewer.domain.tiles import Problem, ProblemFlag, ProblemKind
from histoviewer.tiles.duplicates import cluster, comparable
from histoviewer.tiles.examining import sha1_of_name
from histoviewer.tiles.fitting import describe_fit
from histoviewer.tiles.records import Findings, Records, read_records
from histoviewer.tiles.store import Fitted, hash_ids

_MANY: Final = 100  # names that all fail the check


@dataclass(frozen=True, kw_only=True, eq=False)
class PackReport:
    """What packing (or examining) a data set found.

    Args:
        flags: (N,) uint16 of `ProblemFlag`.
        problems: One for each flag of each tile, by index; duplicates name a twin.
        clusters: (N,) int64 number of the set of exact duplicates, -1 for tiles without a twin.
        heights: (N,) int32 of the originals, pixels; 0 where unreadable.
        widths: (N,) int32 as heights.
        fingerprint: Hash of ids, pixels and tile size.
        foreign_names: The 40-digit names stand for something else than pixels: not checked.
        seconds: Time taken by this run.
        tiles_per_second: Rate of this run; tiles packed earlier do not count.
    """

    flags: UInt16
    problems: tuple[Problem, ...]
    clusters: Int64
    heights: Int32
    widths: Int32
    fingerprint: str
    foreign_names: bool = False
    seconds: float = 0.0
    tiles_per_second: float = 0.0


def make_report(
    findings: Findings,
    *,
    ids: Sequence[str],
    locations: Sequence[str],
    size: int,
) -> PackReport:
    """Draw the conclusions that need all tiles: odd sizes, duplicates, the names as a whole.

    Args:
        findings: Of all tiles.
        ids: Of all tiles.
        locations: Of all tiles.
        size: Tile size of the project, pixels.
    """
    records = findings.records
    flags = records["flags"].astype(np.uint16)
    foreign_names = not names_are_hashes(flags, ids, locations)
    if foreign_names:
        flags &= ~np.uint16(ProblemFlag.ID_MISMATCH)
    flags[_odd_sizes(records, size)] |= np.uint16(ProblemFlag.ODD_SIZE)
    clusters = cluster(records, comparable(records))
    flags[clusters >= 0] |= np.uint16(ProblemFlag.DUPLICATE)
    return PackReport(
        flags=flags,
        problems=_problems(flags, findings, clusters, ids),
        clusters=clusters,
        heights=records["height"].astype(np.int32),
        widths=records["width"].astype(np.int32),
        fingerprint=fingerprint(records, ids, size),
        foreign_names=foreign_names,
    )


def fingerprint(records: Records, ids: Sequence[str], size: int) -> str:
    """Return a hash of ids, original pixels and tile size."""
    digest = hashlib.sha256(f"{size}\0{hash_ids(ids)}\0".encode())
    digest.update(np.ascontiguousarray(records["digest"]).data)
    return digest.hexdigest()


def fingerprint_of_first(folder: Path, ids: Sequence[str], *, size: int, count: int) -> str | None:
    """Return what the fingerprint of a store would be if it held its first tiles only.

    What was worked out of a project's tiles before it grew holds for those that have not changed.

    Args:
        folder: Of the store.
        ids: Of all tiles of the project, in index order.
        size: Tile size of the project, pixels.
        count: How many of the first.

    Returns:
        None where the store holds fewer, or does not know its tiles.
    """
    records = read_records(folder)
    if records is None or not count <= len(records):
        return None
    return fingerprint(records[:count], ids[:count], size)


def names_are_hashes(flags: UInt16, ids: Sequence[str], locations: Sequence[str]) -> bool:
    """Return whether 40-digit names are the SHA-1 of pixels, so that a mismatch means damage.

    Many names of which not one fits were made from something else, such as a whole file, or the
    tiles were resized since: then the names say nothing of a single tile.
    """
    wrong = int(((flags & np.uint16(ProblemFlag.ID_MISMATCH)) != 0).sum())
    if wrong < _MANY:
        return True
    unread = np.uint16(ProblemFlag.UNREADABLE | ProblemFlag.MISSING)
    named = sum(
        sha1_of_name(tile_id, location) is not None
        for tile_id, location, flag in zip(ids, locations, flags.tolist(), strict=True)
        if not flag & unread
    )
    return named > wrong


def fitted_tiles(records: Records, size: int) -> dict[int, Fitted]:
    """Return how tiles of other sizes were fitted, by index."""
    odd = (records["height"] != size) | (records["width"] != size)
    fitted = {}
    for tile in np.flatnonzero(odd & (records["height"] > 0)).tolist():
        height, width = int(records[tile]["height"]), int(records[tile]["width"])
        how = describe_fit(height, width, size)
        fitted[tile] = Fitted(height=height, width=width, how=how)
    return fitted


def commonest_size(records: Records) -> tuple[int, int]:
    """Return the (height, width) that most tiles have; (0, 0) where none can be read."""
    known = records["height"] > 0
    pairs = zip(records["height"][known].tolist(), records["width"][known].tolist(), strict=True)
    counts = Counter(pairs)
    return max(counts, key=lambda pair: (counts[pair], pair), default=(0, 0))


def _odd_sizes(records: Records, size: int) -> Bool:
    """Return (N,) bool: neither of the project's tile size nor of the data set's usual size."""
    height, width = records["height"], records["width"]
    usual = commonest_size(records)
    of_project = (height == size) & (width == size)
    of_data_set = (height == usual[0]) & (width == usual[1])
    odd: Bool = ~of_project & ~of_data_set & (height > 0)
    return odd


def _problems(
    flags: UInt16, findings: Findings, clusters: Int64, ids: Sequence[str]
) -> tuple[Problem, ...]:
    twins = _twins(clusters)
    problems = []
    for tile in np.flatnonzero(flags).tolist():
        for flag in ProblemFlag(int(flags[tile])):
            kind = ProblemKind[flag.name or ""]
            detail = _detail(flag, tile, findings, ids, twins)
            problems.append(Problem(kind, ids[tile], detail))
    return tuple(problems)


def _detail(
    flag: ProblemFlag, tile: int, findings: Findings, ids: Sequence[str], twins: dict[int, int]
) -> str:
    record = findings.records[tile]
    match flag:
        case ProblemFlag.UNREADABLE | ProblemFlag.MISSING:
            return findings.faults.get(tile, "")
        case ProblemFlag.ODD_SIZE:
            return f"{record['height']}x{record['width']}"
        case ProblemFlag.DUPLICATE:
            return f"same pixels as {ids[twins[tile]]}"
        case ProblemFlag.WRONG_COLOUR_ORDER:
            return "the name is the SHA-1 of the pixels in BGR order"
        case ProblemFlag.ID_MISMATCH:
            return "the name is not the SHA-1 of the pixels"
        case _:
            return ""


def _twins(clusters: Int64) -> dict[int, int]:
    """Return for each duplicate the first tile of its cluster; for that one, the second."""
    first: dict[int, int] = {}
    twins: dict[int, int] = {}
    for tile in np.flatnonzero(clusters >= 0).tolist():
        leader = first.setdefault(int(clusters[tile]), tile)
        if leader != tile:
            twins[tile] = leader
            twins.setdefault(leader, tile)
    return twins
