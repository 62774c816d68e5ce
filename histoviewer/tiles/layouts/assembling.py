"""From the rows a layout found to a catalogue: unique ids, two classes, no contradictions."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np

from histoviewer.domain.arrays import Int8
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames, guess_positive
from histoviewer.domain.tiles import Catalogue, Problem, ProblemKind, Split
from histoviewer.errors import InputError
from histoviewer.tiles.listing import strip_suffix

_SHOWN_CLASSES = 6


@dataclass(slots=True)
class Rows:
    """Tiles as a layout finds them: parallel columns.

    Args:
        ids: Wanted ids, file stems as a rule; made unique by `assemble`.
        locations: As in `Catalogue`.
        labels: Class name, '' where unlabelled.
        splits: Of `Split`.
        groups: '' where unknown.
    """

    ids: list[str] = field(default_factory=list)
    locations: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def add(
        self, tile_id: str, location: str, *, label: str, split: Split, group: str = ""
    ) -> None:
        """Add a tile."""
        self.ids.append(tile_id)
        self.locations.append(location)
        self.labels.append(label)
        self.splits.append(split)
        self.groups.append(group)

    def add_folder(
        self, folder: str, names: Iterable[str], *, label: str, split: Split, group: str = ""
    ) -> None:
        """Add the images of one folder, which is given relative to the data set."""
        for name in names:
            self.add(strip_suffix(name), f"{folder}/{name}", label=label, split=split, group=group)

    def select(self, chosen: Sequence[int]) -> "Rows":
        """Return some of the tiles."""
        columns = (getattr(self, column.name) for column in fields(self))
        return Rows(*([column[row] for row in chosen] for column in columns))


def assemble(
    root: Path,
    layout: str,
    rows: Rows,
    *,
    positive: str | None,
    source: Path | None = None,
    problems: Sequence[Problem] = (),
    sample_ids: Sequence[str] = (),
) -> Catalogue:
    """Return the catalogue of what a layout found, without files whose names are no text.

    Args:
        root: What locations are relative to.
        layout: Its name.
        rows: The tiles.
        positive: Name of the positive class, guessed where None.
        source: What was scanned; None where that is the root.
        problems: What the layout found wrong.
        sample_ids: Of the sample submission.

    Raises:
        InputError: There are no tiles, not two classes, or one tile has two labels.
    """
    rows, problems = _without_unnameable(rows, problems)
    if not rows.ids:
        raise InputError(f"No tiles were found in {root}.", "Check that its folders hold images.")
    classes = name_classes(rows.labels, positive)
    ids = unique_ids(root, rows)
    return Catalogue(
        root=root,
        source=source or root,
        layout=layout,
        classes=classes,
        ids=ids,
        locations=rows.locations,
        given=_given(rows.labels, classes),
        splits=np.array(rows.splits, np.int8),
        groups=rows.groups,
        problems=tuple(problems),
        sample_ids=tuple(sample_ids),
    )


def _without_unnameable(rows: Rows, problems: Sequence[Problem]) -> tuple[Rows, list[Problem]]:
    """Leave out files whose names are bytes that are no text: no database and no CSV holds them.

    Returns:
        The other tiles, and the problems with those left out in place of what else was said of
        them.
    """
    if _is_text("".join(rows.locations)) and _is_text("".join(rows.ids)):
        return rows, list(problems)
    pairs = zip(rows.locations, rows.ids, strict=True)
    named = [_is_text(location) and _is_text(name) for location, name in pairs]
    unnamed = [
        Problem(ProblemKind.UNREADABLE, _escape(location), "the name is not text")
        for location, fine in zip(rows.locations, named, strict=True)
        if not fine
    ]
    others = [problem for problem in problems if _is_text(problem.subject + problem.detail)]
    return rows.select([row for row, fine in enumerate(named) if fine]), [*others, *unnamed]


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # Python keeps such bytes as lone surrogates
        return False
    return True


def _escape(name: str) -> str:
    return name.encode(errors="backslashreplace").decode()


def name_classes(labels: Iterable[str], positive: str | None) -> ClassNames:
    """Return which class is which.

    Args:
        labels: Class names; '' counts as none.
        positive: Name of the positive class, upper or lower case; guessed where None.

    Raises:
        InputError: There are not two classes, or none is called `positive`.
    """
    names = sorted(set(labels) - {""})
    if len(names) != 2:  # noqa: PLR2004 - two-valued labels are what this program is for
        shown = ", ".join(names[:_SHOWN_CLASSES]) + (" ..." if len(names) > _SHOWN_CLASSES else "")
        raise InputError(
            f"Two classes are needed and {len(names)} were found{': ' + shown if shown else ''}.",
            "Check the labels, or name another layout with --layout.",
        )
    chosen = guess_positive(names)
    if positive is not None:
        same = [name for name in names if name.lower() == positive.strip().lower()]
        if not same:
            raise InputError(
                f"There is no class '{positive}', only {names[0]} and {names[1]}.",
                "Name one of these as the positive class.",
            )
        chosen = positive if positive in names else same[0]
    return ClassNames(negative=names[1 - names.index(chosen)], positive=chosen)


def unique_ids(root: Path, rows: Rows) -> list[str]:
    """Return an id for each row: the wanted one, with its folder before it where two want the same.

    Tiles of the test split keep theirs, because a submission must name them so.

    Raises:
        InputError: Two of the same id are the same file content with different labels.
    """
    wanting: defaultdict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(rows.ids):
        wanting[name].append(row)
    ids = list(rows.ids)
    for name, same in wanting.items():
        if len(same) > 1:
            _refuse_contradiction(root, rows, name, same)
            for row in _to_qualify(rows, same):
                ids[row] = strip_suffix(rows.locations[row])
    if len(set(ids)) < len(ids):  # a.tif beside a.png
        ids = _with_suffix(ids, rows.locations)
    return ids


def _to_qualify(rows: Rows, same: list[int]) -> list[int]:
    test = [row for row in same if rows.splits[row] == Split.TEST]
    return [row for row in same if row not in test] if len(test) == 1 else same


def _with_suffix(ids: list[str], locations: Sequence[str]) -> list[str]:
    counts: defaultdict[str, int] = defaultdict(int)
    for name in ids:
        counts[name] += 1
    return [
        location if counts[name] > 1 else name
        for name, location in zip(ids, locations, strict=True)
    ]


def _refuse_contradiction(root: Path, rows: Rows, name: str, same: list[int]) -> None:
    """Stop at the same tile under two labels; different tiles may well share a name."""
    if len({rows.labels[row] for row in same} - {""}) < 2:  # noqa: PLR2004 - labels that differ
        return
    by_content: dict[bytes, int] = {}
    for row in same:
        first = by_content.setdefault(_content(root / rows.locations[row]), row)
        if "" not in (a := rows.labels[first], b := rows.labels[row]) and a != b:
            raise InputError(
                f"The tile {name} is there twice, as '{a}' and as '{b}' "
                f"({rows.locations[first]}, {rows.locations[row]}).",
                "Remove the wrong one.",
            )


def _content(path: Path) -> bytes:
    try:
        return hashlib.sha1(path.read_bytes(), usedforsecurity=False).digest()
    except OSError:  # reported as unreadable when packed
        return str(path).encode()


def _given(labels: Sequence[str], classes: ClassNames) -> Int8:
    codes = {"": UNLABELLED, classes.negative: NEGATIVE, classes.positive: POSITIVE}
    return np.fromiter((codes[label] for label in labels), np.int8, len(labels))
