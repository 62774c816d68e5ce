"""Verbs about which tiles to look at: list, views."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from histoviewer.cli.output import JsonOption, ProjectArgument, perform, report
from histoviewer.cli.workspace import workspace
from histoviewer.domain.arrays import Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Query, SortKey, State
from histoviewer.domain.view_rules import flag_words, flags_of, to_rule
from histoviewer.domain.views import SavedView
from histoviewer.errors import InputError
from histoviewer.project.project import Project
from histoviewer.services import listing
from histoviewer.services.reviewing import ReviewSession
from histoviewer.services.views import delete_view, read_query, rename_view, save_view


class Comparison(StrEnum):
    """How the model's prediction compares with the label."""

    AGREE = "agree"
    DISAGREE = "disagree"


_ALL_PROBLEMS = ProblemFlag(sum(ProblemFlag))
SplitName = StrEnum(  # type: ignore[misc]  # mypy wants its members written out
    "SplitName", {split.name: split.word for split in Split}
)
ProblemName = StrEnum(  # type: ignore[misc]  # likewise
    "ProblemName", {"ANY": "any", **{word: word for word in flag_words(_ALL_PROBLEMS)}}
)
SplitOption = Annotated[SplitName | None, typer.Option("--split", help="Only this split.")]
StateOption = Annotated[State | None, typer.Option("--state", help="Only tiles in this state.")]
ScoreOption = Annotated[
    tuple[float, float] | None,
    typer.Option("--score", metavar="LOW HIGH", min=0, max=1, help="Only scores in this range."),
]
GivenOption = Annotated[
    str | None,
    typer.Option("--given", metavar="LABEL", help="Only this given label: a class, 1, 0 or none."),
]
LabelOption = Annotated[
    str | None,
    typer.Option("--label", metavar="LABEL", help="Only this label as it is now, as --given."),
]
CompareOption = Annotated[
    Comparison | None, typer.Option("--compare", help="Only where model and label do so.")
]
SuspectOption = Annotated[
    bool, typer.Option("--suspect", help="Only labels that are probably wrong.")
]
GroupOption = Annotated[
    str | None, typer.Option("--group", help="Only this group; '' for tiles of none.")
]
ReaderOption = Annotated[
    str | None, typer.Option("--by", metavar="READER", help="Only tiles this reader judged.")
]
SearchOption = Annotated[
    str | None, typer.Option("--search", metavar="TEXT", help="Only ids that hold this.")
]
ProblemOption = Annotated[
    list[ProblemName] | None,
    typer.Option("--problem", help="Only with this problem; may be given several times."),
]
SortOption = Annotated[SortKey | None, typer.Option("--sort", help="The order.")]
SeedOption = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of the random order.")]


def list_tiles(
    project: ProjectArgument,
    *,
    view: Annotated[
        str | None,
        typer.Option("--view", metavar="NAME", help="A saved view; options narrow it further."),
    ] = None,
    split: SplitOption = None,
    state: StateOption = None,
    score: ScoreOption = None,
    given: GivenOption = None,
    label: LabelOption = None,
    compare: CompareOption = None,
    suspect: SuspectOption = False,
    group: GroupOption = None,
    reader: ReaderOption = None,
    search: SearchOption = None,
    problem: ProblemOption = None,
    sort: SortOption = None,
    seed: SeedOption = None,
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="At most so many.")] = None,
    save: Annotated[
        str | None, typer.Option("--save", metavar="NAME", help="Save this as a view.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="F.csv", help="Write a table there.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the tiles that match, by the filters and orders of the window."""
    with workspace(project, read_only=save is None) as opened:
        classes = opened.session.classes
        asked: dict[str, Any] = {
            "split": None if split is None else Split[split.name],
            "state": state,
            "score_low": None if score is None else score[0],
            "score_high": None if score is None else score[1],
            "given": _label(given, classes),
            "effective": _label(label, classes),
            "disagrees": None if compare is None else compare is Comparison.DISAGREE,
            "suspect": suspect or None,
            "group": group,
            "reader": reader,
            "search": search,
            "problem": _problems(problem),
            "sort": sort,
            "seed": seed,
        }
        query = _narrow(Query() if view is None else read_query(opened.project, view), asked)
        tiles = perform(listing.find_tiles(workspace=opened, query=query))
        if save is not None:
            save_view(project=opened.project, name=save, query=query)
        figures = {"query": to_rule(query), "matching": len(tiles)}
        if out is not None:
            _write(opened.session, tiles[:limit], out, figures, as_json=as_json)
        else:
            _print(opened.session, tiles[:limit], figures, as_json=as_json)


def _narrow(start: Query, asked: Mapping[str, Any]) -> Query:
    """Return a query with what the options ask for in place of its own."""
    query = replace(start, **{name: value for name, value in asked.items() if value is not None})
    if query.score_low > query.score_high:
        raise InputError("The score range ends before it begins.", "Give the lower end first.")
    return query


def _write(
    session: ReviewSession, tiles: Int64, out: Path, figures: dict[str, Any], *, as_json: bool
) -> None:
    listing.write_list(session, tiles, out)
    text = f"{len(tiles):,} tiles are listed in {out}"
    report(text, {**figures, "path": str(out)}, as_json=as_json)


def _print(session: ReviewSession, tiles: Int64, figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        rows = [asdict(row) for row in listing.describe_tiles(session, tiles)]
        report("", {**figures, "tiles": rows}, as_json=True)
    elif len(tiles):  # nothing that matches is no line, not an empty one
        ids = [session.tiles.ids[tile] for tile in tiles.tolist()]
        report("\n".join(ids), figures, as_json=False)


def views(
    project: ProjectArgument,
    *,
    rename: Annotated[
        tuple[str, str] | None,
        typer.Option("--rename", metavar="NAME NEW", help="Give a view another name."),
    ] = None,
    delete: Annotated[
        str | None, typer.Option("--delete", metavar="NAME", help="Remove a view.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the saved views; rename or delete one. 'list --save' saves them."""
    changes = rename is not None or delete is not None
    with Project.open(project, read_only=not changes) as opened:
        found = opened.views()
        if rename is not None:
            found = rename_view(project=opened, name=rename[0], new_name=rename[1])
        if delete is not None:
            found = delete_view(project=opened, name=delete)
    _report_views(found, as_json=as_json)


def _report_views(found: Sequence[SavedView], *, as_json: bool) -> None:
    rows = [{"name": view.name, "rule": dict(view.rule)} for view in found]
    text = "\n".join(view.name for view in found) or "No view has been saved."
    report(text, {"views": rows}, as_json=as_json)


def _label(word: str | None, classes: ClassNames) -> int | None:
    """Return the label that a word names.

    Raises:
        InputError: It names none.
    """
    if word is None:
        return None
    known = {
        classes.positive.casefold(): POSITIVE,
        classes.negative.casefold(): NEGATIVE,
        "1": POSITIVE,
        "0": NEGATIVE,
        "none": UNLABELLED,
    }
    if word.casefold() not in known:
        raise InputError(
            f"There is no label '{word}'.",
            f"The labels are {classes.positive} (1), {classes.negative} (0) and none.",
        )
    return known[word.casefold()]


def _problems(words: list[Any] | None) -> ProblemFlag | None:
    if not words:
        return None
    named = [word.value for word in words]
    return _ALL_PROBLEMS if "any" in named else flags_of(named)
