"""A saved view: what a reader asked to see, under a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class SavedView:
    """A rule that tiles match or not; never the tiles, so it stays right as verdicts fall.

    Args:
        name: What the reader calls it; unique in the project.
        rule: The query as plain JSON values; who makes queries knows its keys.
    """

    name: str
    rule: Mapping[str, Any]
