"""Which of the tiles that a grid shows can and may be explained."""

from typing import TYPE_CHECKING, Final

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.ui.review.facts import is_unusable
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace

_NONE: Final[Int64] = np.zeros(0, np.int64)


def in_view(grid: TileGrid) -> Int64:
    """Return (n,) tiles that are seen; none behind another page or a large view. UI thread only."""
    return grid.tiles.in_view if grid.isVisible() else _NONE


def explainable(tiles: Int64, workspace: "Workspace", grid: TileGrid) -> Int64:
    """Return those of some tiles that have pixels and no hidden score, in their order.

    UI thread only.

    Args:
        tiles: (n,) indexes.
        workspace: The open project, whose reader may be reading blind.
        grid: Shows its tiles, and knows which could not be read.
    """
    session, failed = workspace.session, list(grid.supply.failed)
    barred = is_unusable(session.tiles.problems[tiles]) | np.isin(tiles, failed)
    return tiles[~barred & ~session.hidden(tiles)]


def explainable_in_view(bench: Workbench, grid: TileGrid) -> Int64:
    """Return (n,) tiles that are seen and can and may be explained. UI thread only.

    Args:
        bench: The open project; without one there are none.
        grid: Shows its tiles.
    """
    workspace = bench.workspace
    return _NONE if workspace is None else explainable(in_view(grid), workspace, grid)
