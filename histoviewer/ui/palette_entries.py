"""What the command palette offers: commands, pages, recent projects, saved views."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtGui import QAction

from histoviewer.ui.actions import ActionSet
from histoviewer.ui.commands.command import Target
from histoviewer.ui.commands.table import COMMANDS
from histoviewer.ui.fuzzy import Match, match
from histoviewer.ui.translation import translate

# Found in the section only, an entry comes behind those found by their title.
_BY_SECTION: Final = 40.0
_DISABLED: Final = 6.0  # of two like ones that which can be used comes first


@dataclass(frozen=True, kw_only=True, eq=False)
class Entry:
    """One line of the palette.

    Args:
        id: Names it from one use to the next.
        section: What it belongs to, such as the title of its menu.
        title: What it is called.
        key: The key that does the same; '' where there is none.
        reason: Why it cannot be used now; '' where it can.
        run: Does it.
    """

    id: str
    section: str
    title: str
    key: str = ""
    reason: str = ""
    run: Callable[[], object]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An entry and where the pattern was found in its title."""

    entry: Entry
    places: tuple[int, ...]


def command_entries(actions: ActionSet) -> list[Entry]:
    """Return an entry for each command, in the order of the menus."""
    pages = translate("palette", "Page")
    return [
        Entry(
            id=command.id,
            section=pages if command.target is Target.PAGES else command.menu.plain_text,
            title=plain_text(actions[command.id]),
            key=actions.key(command.id),
            reason=actions.reason(command.id),
            run=actions[command.id].trigger,
        )
        for command in COMMANDS
        if command.id != "edit.palette"
    ]


def project_entries(paths: Iterable[Path], open_project: Callable[[Path], object]) -> list[Entry]:
    """Return an entry for each recent project."""
    section = translate("palette", "Recent project")
    return [
        Entry(
            id=f"recent:{path}",
            section=section,
            title=path.stem,
            run=partial(open_project, path),
        )
        for path in paths
    ]


def view_entries(names: Iterable[str], show_view: Callable[[str], object]) -> list[Entry]:
    """Return an entry for each saved view."""
    section = translate("palette", "View")
    return [
        Entry(
            id=f"view:{name}",
            section=section,
            title=name,
            run=partial(show_view, name),
        )
        for name in names
    ]


def plain_text(action: QAction) -> str:
    """Return what an action is called now, without mnemonic and dots."""
    return action.text().replace("&", "").removesuffix("…")


def find(pattern: str, entries: Sequence[Entry], recent: Sequence[str]) -> list[Found]:
    """Return the entries in which a pattern is found, the best first.

    Args:
        pattern: What was typed; where it is empty all entries are returned.
        entries: All there are.
        recent: Ids of those used, newest first: of equals they come first.
    """
    rank = {entry_id: place for place, entry_id in enumerate(reversed(recent), 1)}
    found = []
    for place, entry in enumerate(entries):
        if (hit := _match(pattern, entry)) is not None:
            score = hit.score if pattern.strip() else 0.0
            score -= _DISABLED if entry.reason else 0.0
            found.append((-score, -rank.get(entry.id, 0), place, Found(entry, hit.places)))
    if not pattern.strip():  # what was used last is what is wanted again
        found.sort(key=lambda each: (each[1], each[2]))
    else:
        found.sort(key=lambda each: each[:3])
    return [each[3] for each in found]


def _match(pattern: str, entry: Entry) -> Match | None:
    """Return where a pattern is found: in the title, else in section and title together."""
    if (hit := match(pattern, entry.title)) is not None:
        return hit
    hit = match(pattern, f"{entry.section} {entry.title}")
    if hit is None:
        return None
    start = len(entry.section) + 1
    places = tuple(place - start for place in hit.places if place >= start)
    return Match(hit.score - _BY_SECTION, places)
