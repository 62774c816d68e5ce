"""What a use case changed: the one notice by which the window knows what to refresh."""

from dataclasses import dataclass, field

import numpy as np

from histoviewer.domain.arrays import Int64


@dataclass(frozen=True, kw_only=True, eq=False)
class Changes:
    """Flags of what changed, and who asked for it.

    Args:
        tiles: Indexes of the tiles whose verdict state changed.
        verdicts: The verdict log changed: states, queue, undo and redo texts.
        scores: The scores that rank the grid changed: order, histogram, predictions.
        models: The registry or the champion changed.
        data: Tiles, splits or problems changed, or the packed store became available.
        hidden: Other scores are hidden now: a blind read began or ended, or another reader goes on.
        initiator: Who asked, so that a widget need not react to its own doing; None for nobody.
    """

    tiles: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))
    verdicts: bool = False
    scores: bool = False
    models: bool = False
    data: bool = False
    hidden: bool = False
    initiator: object | None = None
