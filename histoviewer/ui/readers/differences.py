"""What the readers page shows, as plain values: no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

from histoviewer.domain.agreement import Agreement
from histoviewer.domain.arrays import Int64
from histoviewer.domain.opinions import Opinions, disputed_tiles, read_opinions
from histoviewer.services.agreement import reader_agreement
from histoviewer.services.reviewing import ReviewSession


@dataclass(frozen=True, kw_only=True, eq=False)
class Differences:
    """Where readers differ, and how often.

    Args:
        tiles: (n,) int64 indexes of the disputed tiles, ascending.
        opinions: What each reader thinks of these tiles.
        pairs: Each two readers who labelled the same tiles, and how they agree.
    """

    tiles: Int64
    opinions: Opinions
    pairs: Sequence[tuple[str, str, Agreement]]


def read_differences(session: ReviewSession) -> Differences:
    """Return the differences. Any thread: the log may be read while the session goes on."""
    tiles = disputed_tiles(session.log)
    return Differences(
        tiles=tiles,
        opinions=read_opinions(session.log, tiles),
        pairs=reader_agreement(session),
    )
