"""Opening a project: everything the window or the command line needs, read in one go."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from histoviewer.domain.command_lines import command_line
from histoviewer.domain.queue_weights import QueueWeights
from histoviewer.domain.source import TileSource
from histoviewer.domain.verdicts import Batch
from histoviewer.domain.views import SavedView
from histoviewer.errors import InputError
from histoviewer.project.project import Project
from histoviewer.services.ranking import read_ranking
from histoviewer.services.reviewing import ReviewSession
from histoviewer.tiles.measures import Measures, read_measures
from histoviewer.tiles.originals import OriginalTiles
from histoviewer.tiles.store import PackedTiles

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Workspace:
    """An open project. Close it when done; closing waits for nothing but the database.

    Args:
        project: The folder and its database.
        session: Tiles, verdicts, scores.
        originals: Pixels of the original files: for the inspector, and for all until packed.
        packed: The packed store; None until packing has finished.
        measures: Brightness and duplicates of the packed tiles; None until they are measured.
        views: The saved views at the time of opening.
    """

    project: Project
    session: ReviewSession
    originals: OriginalTiles
    packed: PackedTiles | None
    measures: Measures | None = None
    views: Sequence[SavedView] = ()

    @property
    def pixels(self) -> TileSource:
        """Return the fastest source of pixels there is now."""
        return self.packed or self.originals

    def close(self) -> None:
        """Close the project."""
        self.project.close()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()


def open_workspace(
    path: Path,
    *,
    reader: str,
    record_with: Callable[[Project], Callable[[Batch], None]] | None = None,
    read_only: bool = False,
) -> Workspace:
    """Open a project with all that reviewing needs.

    Args:
        path: The project folder.
        reader: Name recorded with each verdict.
        record_with: Makes, for the opened project, what puts batches on disk. By default each batch
            is written before the call that made it returns.
        read_only: For looking only: works while another window has the project open.

    Raises:
        InputError: It is not a project, was made by a newer version, or is open elsewhere.
    """
    project = Project.open(path, read_only=read_only)
    try:
        record = record_with(project) if record_with else lambda batch: project.append([batch])
        session = ReviewSession(
            tiles=project.tiles(),
            log=project.read_log(),
            classes=project.info.classes,
            reader=reader,
            ranking=read_ranking(project),
            record=record,
            read_only=project.read_only,
            queue_weights=QueueWeights.of(project.tile_count, project.queue_weights()),
        )
        packed = open_packed(project)
        measures = open_measures(project, packed)
        session.measures = measures
        return Workspace(
            project=project,
            session=session,
            originals=open_originals(project, session),
            packed=packed,
            measures=measures,
            views=project.views(),
        )
    except BaseException:
        project.close()
        raise


def open_originals(project: Project, session: ReviewSession) -> OriginalTiles:
    """Return the pixels of the original files, fitted to the project's tile size."""
    info = project.info
    return OriginalTiles(info.root, session.tiles.locations, info.tile_size)


def open_packed(project: Project) -> PackedTiles | None:
    """Return the packed store; None where packing has not finished, or the store is damaged.

    A damaged store keeps nobody from his verdicts: it is packed again, as one that is not finished.
    """
    if project.info.data_fingerprint is None:
        return None
    try:
        return PackedTiles.open(project.packed_folder)
    except InputError as error:
        log.warning("the packed tiles cannot be used: %s", error)
        return None


def packed_for_reading(workspace: Workspace) -> PackedTiles:
    """Return the packed store for work that writes nothing into the project.

    Raises:
        InputError: Packing has not finished.
    """
    if workspace.packed is None:
        raise InputError(
            "The tiles are not packed yet.",
            "Wait until packing has finished, or run: "
            f"{command_line('update', workspace.project.path)}",
        )
    return workspace.packed


def open_measures(project: Project, packed: PackedTiles | None) -> Measures | None:
    """Return the measures of the packed tiles; None where they must be made first."""
    return None if packed is None else read_measures(project.packed_folder, packed)
