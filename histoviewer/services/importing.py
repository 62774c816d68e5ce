"""From a folder of tiles to a project: look, create, pack, split; and adding files later."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from histoviewer.domain.arrays import Int8
from histoviewer.domain.regrouping import is_made
from histoviewer.domain.tiles import (
    Catalogue,
    Problem,
    ProblemKind,
    Split,
    TileTable,
)
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.project.folder import check_free
from histoviewer.project.project import Project
from histoviewer.services.bundles.origins import recognise_new
from histoviewer.services.dataset_report import DatasetReport, describe
from histoviewer.services.splitting import settle_sides
from histoviewer.tiles.packing import PackRequest, check_space
from histoviewer.tiles.reporting import PackReport
from histoviewer.tiles.store import PackedTiles
from histoviewer.tiles.tables import read_groups, read_id_list
from histoviewer.tiles.work import Found, ScanRequest


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """What the user may say about a data set.

    Args:
        layout: Name of the layout; None to find it by looking.
        positive: Name of the positive class; None to guess it by the usual words.
        tile_size: Side of the packed tiles in pixels; None for the size most tiles have.
        validation_ids: File with the ids of the validation tiles.
        groups: CSV file with the columns id and group.
    """

    layout: str | None = None
    positive: str | None = None
    tile_size: int | None = None
    validation_ids: Path | None = None
    groups: Path | None = None


def inspect(*, dataset: Path, options: ImportOptions) -> Operation[DatasetReport]:
    """Look at every tile of a data set and report what is there and what is wrong with it."""
    found = yield from _look(dataset, options)
    catalogue = found.catalogue
    report: PackReport = yield _pack_job(
        "Checking {count:,} tiles",
        PackRequest(
            root=catalogue.root,
            locations=catalogue.locations,
            ids=catalogue.ids,
            size=found.tile_size,
            folder=None,
        ),
    )
    sides = settle_sides(
        stated=catalogue.splits,
        labels=catalogue.given,
        groups=catalogue.groups,
        ids=catalogue.ids,
        packed=report,
    )
    return describe(
        catalogue=catalogue,
        splits=sides.splits,
        packed=report,
        problems=(*catalogue.problems, *report.problems, *sides.problems),
    )


def import_dataset(
    *, dataset: Path, path: Path, options: ImportOptions
) -> Operation[DatasetReport]:
    """Make a project of a data set and pack its tiles."""
    created = yield from create_project(dataset=dataset, path=path, options=options)
    with Project.open(created) as project:
        return (yield from pack(project=project))


def create_project(*, dataset: Path, path: Path, options: ImportOptions) -> Operation[Path]:
    """Make a project of a data set, not packed yet: its grid works at once from the originals.

    Returns:
        The project folder.

    Raises:
        InputError: Nothing usable was found, or the project exists.
        StorageError: There is no space or no right to write; nothing is left behind.
    """
    check_free(path)
    found = yield from _look(dataset, options)
    check_space(path.parent, len(found.catalogue), found.tile_size)
    Project.create(path, catalogue=found.catalogue, tile_size=found.tile_size).close()
    return path


def pack(*, project: Project) -> Operation[DatasetReport]:
    """Pack the tiles of a project; note problems; fix the split of the tiles that have none.

    What imported models know of the tiles is noted first: until it is, nobody may validate on them.
    """
    recognise_new(project)
    tiles, info = project.tiles(), project.info
    report: PackReport = yield _pack_job(
        "Packing {count:,} tiles",
        PackRequest(
            root=info.root,
            locations=tiles.locations,
            ids=tiles.ids,
            size=info.tile_size,
            folder=project.packed_folder,
            previous=_is_packed(project.packed_folder),
        ),
    )
    groups = _group_names(tiles)
    sides = settle_sides(
        stated=tiles.splits, labels=tiles.given, groups=groups, ids=tiles.ids, packed=report
    )
    project.finish_packing(
        splits=sides.splits,
        problems=(*report.problems, *sides.problems),
        fingerprint=report.fingerprint,
    )
    catalogue = Catalogue(
        root=info.root,
        source=info.source,
        layout=info.layout,
        classes=info.classes,
        ids=tiles.ids,
        locations=tiles.locations,
        given=tiles.given,
        splits=sides.splits,
        groups=groups,
    )
    return describe(
        catalogue=catalogue,
        splits=sides.splits,
        packed=report,
        problems=project.problems(),
    )


def update(*, project: Project, groups: Path | None = None) -> Operation[tuple[int, DatasetReport]]:
    """Add the files that are new in the data set; everything recorded stays.

    Args:
        project: The open project.
        groups: CSV file with the groups of the new tiles, where the data set does not tell them.

    Returns:
        How many tiles were added, and what the data set holds now.

    Raises:
        InputError: The project knows groups, but not those of the new tiles: they could leak.
    """
    info = project.info
    options = ImportOptions(
        layout=info.layout,
        positive=info.classes.positive,
        tile_size=info.tile_size,
        groups=groups,
    )
    found = yield from _look(info.source, options)
    known = set(project.tiles().locations)
    fresh = sum(location not in known for location in found.catalogue.locations)
    check_space(project.path, fresh, info.tile_size)
    _refuse_groupless(project.tiles(), found.catalogue)
    added = project.add_tiles(found.catalogue)
    report = yield from pack(project=project)
    return len(added), report


def _refuse_groupless(tiles: TileTable, found: Catalogue) -> None:
    """Refuse new tiles without a group beside groups that the data set tells."""
    told = np.array([not is_made(name) for name in tiles.group_names], bool)
    if not told[tiles.groups[(tiles.splits != Split.TEST) & (tiles.groups >= 0)]].any():
        return
    known = set(tiles.locations)
    rows = zip(found.ids, found.locations, found.groups, found.splits, strict=True)
    bare = [
        name
        for name, location, group, split in rows
        if not group and split != Split.TEST and location not in known
    ]
    if bare:
        raise InputError(
            f"The project knows groups, but {len(bare):,} new tiles have none, first {bare[0]}.",
            "Give them with --groups, a CSV file with the columns id and group.",
        )


def _look(dataset: Path, options: ImportOptions) -> Operation[Found]:
    """Scan the data set in the compute process and apply what the user said about it."""
    request = ScanRequest(
        dataset=dataset.resolve(),
        layout=options.layout,
        positive=options.positive,
        tile_size=options.tile_size,
    )
    found: Found = yield Job(
        title="Looking at {name}",
        facts={"name": dataset.name},
        target="histoviewer.tiles.work:scan",
        request=request,
        lane=Lane.FILES,
    )
    catalogue = found.catalogue
    if options.groups:
        catalogue = _with_groups(catalogue, read_groups(options.groups), options.groups)
    if options.validation_ids:
        ids = read_id_list(options.validation_ids)
        catalogue = _with_validation(catalogue, ids, options.validation_ids)
    return replace(found, catalogue=catalogue)


def _pack_job(title: str, request: PackRequest) -> Job:
    return Job(
        title=title,
        facts={"count": len(request.ids)},
        target="histoviewer.tiles.packing:pack",
        request=request,
        lane=Lane.FILES,
    )


def _is_packed(folder: Path) -> bool:
    """Return whether there is a sound store to append to; a damaged one is packed anew."""
    try:
        PackedTiles.open(folder)
    except InputError:
        return False
    return True


def _with_validation(catalogue: Catalogue, ids: list[str], source: Path) -> Catalogue:
    """Put the listed tiles into the validation split and open all others of the training side."""
    index_of = {name: index for index, name in enumerate(catalogue.ids)}
    rows = np.array([index_of[name] for name in ids if name in index_of], np.int64)
    if len(rows) == 0:
        raise InputError(
            f"None of the ids in {source} is in the data set.", "Check that it lists tile ids."
        )
    if (catalogue.splits[rows] == Split.TEST).any() and (catalogue.given[rows] < 0).any():
        raise InputError(
            f"{source} lists unlabelled test tiles for validation.",
            "List labelled training tiles only.",
        )
    splits = catalogue.splits.copy()
    splits[splits != Split.TEST] = Split.UNASSIGNED
    splits[rows] = Split.VALIDATION
    split_groups = _join_groups(catalogue.groups, splits)
    return replace(
        catalogue,
        splits=splits,
        problems=(*catalogue.problems, *_unknown(ids, index_of, source), *split_groups),
    )


def _join_groups(groups: Sequence[str], splits: Int8) -> list[Problem]:
    """Let the rest of a group follow its listed tiles, else it would leak (in place).

    Returns:
        One problem for each group that the list had cut in two.
    """
    listed = {groups[index] for index in np.flatnonzero(splits == Split.VALIDATION).tolist()} - {""}
    followers = [
        index
        for index in np.flatnonzero(splits == Split.UNASSIGNED).tolist()
        if groups[index] in listed
    ]
    splits[followers] = Split.VALIDATION
    return [
        Problem(
            ProblemKind.GROUP_ON_BOTH_SIDES,
            group,
            f"{count} tiles that are not listed for validation joined it with their group",
        )
        for group, count in Counter(groups[index] for index in followers).items()
    ]


def _with_groups(catalogue: Catalogue, group_of: dict[str, str], source: Path) -> Catalogue:
    index_of = {name: index for index, name in enumerate(catalogue.ids)}
    if not any(name in index_of for name in group_of):
        raise InputError(
            f"None of the ids in {source} is in the data set.",
            "It needs the columns id and group, one row a tile.",
        )
    groups = [
        group_of.get(name, group)
        for name, group in zip(catalogue.ids, catalogue.groups, strict=True)
    ]
    return replace(
        catalogue,
        groups=groups,
        problems=(*catalogue.problems, *_unknown(list(group_of), index_of, source)),
    )


def _unknown(ids: list[str], index_of: dict[str, int], source: Path) -> list[Problem]:
    return [
        Problem(ProblemKind.UNKNOWN_ID, name, f"listed in {source.name}")
        for name in ids
        if name not in index_of
    ]


def _group_names(tiles: TileTable) -> list[str]:
    return [tiles.group_name(index) for index in range(len(tiles))]
