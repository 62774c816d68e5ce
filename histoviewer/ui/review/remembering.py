"""What the page remembers from one session to the next, as plain JSON values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from histoviewer.domain.triage import Filter, Query
from histoviewer.domain.view_rules import from_rule, to_rule
from histoviewer.errors import InputError
from histoviewer.ui.review.look import Look


@dataclass(frozen=True, kw_only=True)
class PageState:
    """One session's page.

    Args:
        query: Filters and order.
        tile_size: Logical pixels.
        current: Id of the current tile, None for none.
        top: Id of the tile at the top left of the view, None for none.
        above: How much of its row is scrolled out of view, 0-1.
        large: Whether the current tile is shown in place of the grid.
        look: How tiles are looked at.
        advances: Whether a verdict leads on to the next undecided tile.
        blind: The query that comes back after the blind read; None where none is on.
        panes: Widths of filters, grid and inspector; empty for the usual ones.
        parts: The parts of the filter panel that are open; None for the usual ones.
    """

    query: Query = field(default_factory=Query)
    tile_size: int = 96
    current: str | None = None
    top: str | None = None
    above: float = 0.0
    large: bool = False
    look: Look = field(default_factory=Look)
    advances: bool = True
    blind: Query | None = None
    panes: tuple[int, ...] = ()
    parts: frozenset[Filter] | None = None


def to_dict(state: PageState) -> dict[str, Any]:
    """Return values that JSON can hold."""
    return {
        "query": to_rule(state.query),
        "tile_size": state.tile_size,
        "current": state.current,
        "top": state.top,
        "above": state.above,
        "large": state.large,
        "look": state.look.to_dict(),
        "advances": state.advances,
        "blind": None if state.blind is None else to_rule(state.blind),
        "panes": list(state.panes),
        "parts": None if state.parts is None else sorted(part.value for part in state.parts),
    }


def from_dict(values: Mapping[str, Any]) -> PageState:
    """Return what `to_dict` wrote; defaults where keys are missing.

    Raises:
        ValueError: A value cannot be.
    """
    usual = to_dict(PageState())
    given = {**usual, **{key: value for key, value in values.items() if key in usual}}
    try:
        return PageState(
            query=from_rule(dict(given["query"])),
            tile_size=int(given["tile_size"]),
            current=None if given["current"] is None else str(given["current"]),
            top=None if given["top"] is None else str(given["top"]),
            above=min(1.0, max(0.0, float(given["above"]))),
            large=bool(given["large"]),
            look=Look.from_dict({**usual["look"], **given["look"]}),
            advances=bool(given["advances"]),
            blind=None if given["blind"] is None else from_rule(dict(given["blind"])),
            panes=tuple(int(width) for width in given["panes"]),
            parts=None if given["parts"] is None else frozenset(map(Filter, given["parts"])),
        )
    except (TypeError, KeyError, ValueError, InputError) as error:
        raise ValueError(f"remembered page cannot be read: {error}") from error
