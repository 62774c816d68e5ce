"""Listing tiles by the same filters and orders as the window."""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from histoviewer.domain.arrays import Float32, Int64
from histoviewer.domain.command_lines import command_line
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.ordering import arrange
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Query, SortKey
from histoviewer.domain.view_rules import flag_words
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Operation
from histoviewer.services.measuring import measure
from histoviewer.services.opening import Workspace, open_measures
from histoviewer.services.outliers import find_outliers
from histoviewer.services.reviewing import ReviewSession
from histoviewer.services.suspects import find_suspects
from histoviewer.services.triage_scores import read_triage_scores


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedTile:
    """One tile of a list.

    Args:
        id: Its id.
        score: Probability of the positive class by the champion, None where unscored.
        label: Effective label: 1, 0, or None.
        given: Given label: 1, 0, or None.
        split: Name of its split.
        group: Name of its group, '' where unknown.
        decided: Whether a reader gave the label.
        skipped: Whether it was passed over.
        flagged: Whether it is marked for a second look.
        queued: Whether it waits for retraining.
        problems: What is wrong with it, as in rules: 'odd-size', separated by spaces.
        brightness: Mean of its pixels, 0-1; None where it has not been measured.
        label_quality: Out-of-sample probability of its label, 0-1; None without a label, where a
            reader decided since label errors were looked for, and where they were not.
        suspect: Whether its label is probably wrong; None where that was not looked for.
        outlier: How strange it looks, about a z-score; None where that was not worked out.
    """

    id: str
    score: float | None
    label: int | None
    given: int | None
    split: str
    group: str
    decided: bool
    skipped: bool
    flagged: bool
    queued: bool
    problems: str
    brightness: float | None
    label_quality: float | None
    suspect: bool | None
    outlier: float | None


def find_tiles(*, workspace: Workspace, query: Query) -> Operation[Int64]:
    """Return the tiles that match, in order.

    What the query sorts or filters by is worked out first where it is not known: brightness where
    an earlier version packed the tiles, label errors, outliers.

    Raises:
        InputError: The query names a group or a reader that there is none of, asks for the
            brightness of tiles that have not been packed, or for label errors where there is no
            model or too few labels.
    """
    session = workspace.session
    _check_names(query, session)
    if query.sort is SortKey.BRIGHTNESS and session.measures is None:
        if workspace.packed is None:
            raise InputError(
                "The brightness is not known before the tiles are packed.",
                f"Pack them: {command_line('update', workspace.project.path)}",
            )
        yield from measure(project=workspace.project)
        session.measures = open_measures(workspace.project, workspace.packed)
    yield from _find_scores(workspace, query)
    return arrange(query, session.columns())


def _find_scores(workspace: Workspace, query: Query) -> Operation[None]:
    """Give the session what the query sorts or filters by of label errors and outliers."""
    session = workspace.session
    read_triage_scores(workspace.project, workspace.packed).give_to(session)
    if query.needs_suspects and session.suspects is None:
        session.suspects = yield from find_suspects(workspace=workspace)
    if query.sort is SortKey.OUTLIER and session.outliers is None:
        outliers = yield from find_outliers(workspace=workspace)
        session.outliers = outliers.score


def _check_names(query: Query, session: ReviewSession) -> None:
    if query.group and session.tiles.group_index.number(query.group) < 0:
        raise InputError(f"There is no group called '{query.group}'.", "Check its name.")
    if query.reader is not None and query.reader not in session.log.readers:
        known = ", ".join(session.log.readers)
        hint = f"Those who gave verdicts are {known}." if known else "Nobody gave a verdict yet."
        raise InputError(f"There is no reader called '{query.reader}'.", hint)


def describe_tiles(session: ReviewSession, tiles: Int64) -> Iterator[ListedTile]:
    """Yield what there is to say of each tile, in the order given."""
    columns = session.columns(tiles)
    effective, decided = columns.effective, columns.decided != UNLABELLED
    names = session.tiles.group_index
    for row, tile in enumerate(tiles.tolist()):
        yield ListedTile(
            id=session.tiles.ids[tile],
            score=_known(columns.scores[row]),
            label=_label(effective[row]),
            given=_label(columns.given[row]),
            split=Split(int(columns.splits[row])).word,
            group=names.name(int(columns.groups[row])),
            decided=bool(decided[row]),
            skipped=bool(columns.skipped[row]),
            flagged=bool(columns.flagged[row]),
            queued=bool(columns.queued[row]),
            problems=" ".join(flag_words(ProblemFlag(int(columns.problems[row])))),
            brightness=_measured(columns.brightness, row),
            label_quality=_measured(columns.label_quality, row),
            suspect=None if columns.suspect is None else bool(columns.suspect[row]),
            outlier=_measured(columns.outlier, row),
        )


def write_list(session: ReviewSession, tiles: Int64, out: Path) -> None:
    """Write what there is to say of each tile as CSV, in the order given.

    Raises:
        StorageError: The file cannot be written.
    """
    try:
        with whole_file(out) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
            table = csv.DictWriter(text, [field.name for field in fields(ListedTile)])
            table.writeheader()
            for tile in describe_tiles(session, tiles):
                table.writerow({name: _cell(value) for name, value in asdict(tile).items()})
            text.detach()  # else it would close the stream
    except OSError as error:
        raise storage_error(error, "the list") from error


def _cell(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def _known(number: np.float32) -> float | None:
    value = float(number)
    return None if math.isnan(value) else value


def _label(label: np.int8) -> int | None:
    return None if label == UNLABELLED else int(label)


def _measured(values: Float32 | None, row: int) -> float | None:
    return None if values is None else _known(values[row])
