"""Keeping near duplicates on one side of the split, and parting them again."""

from typing import NamedTuple

from histoviewer.domain.command_lines import command_line
from histoviewer.domain.regrouping import Regrouping, plan_parting
from histoviewer.domain.tiles import TileTable
from histoviewer.errors import InputError
from histoviewer.project.project import Project
from histoviewer.services.near_duplicates import NearDuplicateReport, read_near_duplicates
from histoviewer.tiles.store import PackedTiles


class Regrouped(NamedTuple):
    """What came of it.

    Args:
        plan: What changed.
        tiles: As they are now: for `ReviewSession.replace_tiles`, in the session's thread.
    """

    plan: Regrouping
    tiles: TileTable


def regroup(*, project: Project, packed: PackedTiles) -> Regrouped:
    """Put near duplicates into one group, and on one side of the split.

    Training tiles with a near duplicate among the validation tiles go to validation; nothing leaves
    validation or the test, and no verdict changes. Models that were trained on a tile that moves
    are from now on judged without it (`ranking.unlearned`). What the tiles were before is noted in
    the project. Writes to the disk: not for the UI thread.

    Args:
        project: The open project.
        packed: Its tiles, among which near duplicates have been looked for.

    Raises:
        InputError: They have not, or the project is open for reading only.
        StorageError: The disk cannot take it; nothing has changed then.
    """
    project.refuse_if_read_only()
    found = read_near_duplicates(project, packed)
    if found is None:
        raise InputError(
            "Near duplicates have not been looked for yet.",
            f"Look for them: {command_line('duplicates', project.path)}",
        )
    plan = NearDuplicateReport(found=found, tiles=project.tiles()).regrouping
    project.regroup(plan)
    return Regrouped(plan, project.tiles())


def part(*, project: Project) -> Regrouped:
    """Take the newest regrouping back: its tiles get the groups and sides they had before.

    A tile that was given another group or side since keeps it. Verdicts stay. Models that were
    trained meanwhile never learned the tiles that go back to training. Writes to the disk: not for
    the UI thread.

    Args:
        project: The open project.

    Raises:
        InputError: There is nothing to take back, or the project is open for reading only.
        StorageError: The disk cannot take it; nothing has changed then.
    """
    project.refuse_if_read_only()
    plan = plan_parting(project.tiles(), project.regroupings())
    if not len(plan):
        raise InputError(
            "There is nothing to part: no tile has a group or side that near duplicates gave it.",
            f"Keep them on one side first: {command_line('duplicates', project.path, '--group')}",
        )
    project.part(plan)
    return Regrouped(plan, project.tiles())
