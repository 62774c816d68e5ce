"""Verbs about how much reading there is: workload, plan."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from histoviewer.cli.output import JsonOption, ModelOption, ProjectArgument, perform, report
from histoviewer.cli.triage_verbs import SplitOption
from histoviewer.cli.workspace import workspace
from histoviewer.domain.assessment import Interval
from histoviewer.domain.operating import threshold_text
from histoviewer.domain.tiles import Split
from histoviewer.domain.workload import Clearing
from histoviewer.errors import InputError
from histoviewer.services.workload import (
    PlannedReview,
    PlanWish,
    Workload,
    clear,
    plan_review,
    write_plan,
)

_USUAL = (0.9, 0.95, 0.98, 0.99, 1.0)


def workload(
    project: ProjectArgument,
    *,
    sensitivity: Annotated[
        list[float] | None,
        typer.Option("--sensitivity", help="Share of the positives to be found; may be repeated."),
    ] = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what share of the tiles a model clears at chosen sensitivities."""
    asked = np.array(sensitivity or _USUAL, np.float64)
    if ((asked <= 0) | (asked > 1)).any():
        raise InputError("A sensitivity is out of range.", "Give one above 0, and at most 1.")
    with workspace(project, read_only=True) as opened:
        found = perform(clear(workspace=opened, sensitivities=asked, model_id=model))
    curve = found.curve
    figures = {
        "model": curve.model,
        "n": curve.n,
        "positives": curve.positives,
        "resampled": curve.resampled,
        "units": curve.units,
        "waiting": len(found.waiting),
        "points": [_point_json(point, found) for point in curve.points],
    }
    report("\n".join(_workload_lines(found)), figures, as_json=as_json)


def plan(
    project: ProjectArgument,
    *,
    size: Annotated[int | None, typer.Option("-n", min=1, help="So many tiles.")] = None,
    find: Annotated[
        float,
        typer.Option("--find", min=0, max=1, help="Share of the wrong labels to find, without -n."),
    ] = 0.9,
    split: SplitOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="F.csv", help="Write the tiles there.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say which tiles to look at, in which order, and how many wrong labels to expect."""
    wish = PlanWish(size=size, share=find, split=None if split is None else Split[split.name])
    with workspace(project) as opened:
        planned = perform(plan_review(workspace=opened, wish=wish))
        ids = opened.session.tiles.ids
    if out is not None:
        write_plan(out, planned.plan, ids)
    chosen = zip(planned.plan.tiles.tolist(), planned.plan.chances.tolist(), strict=True)
    figures = _plan_json(planned) | {
        "tiles": [{"id": ids[tile], "chance": chance} for tile, chance in chosen]
    }
    report("\n".join(_plan_lines(planned)), figures, as_json=as_json)


def _point_json(point: Clearing, found: Workload) -> dict[str, Any]:
    return {
        "sensitivity": point.sensitivity,
        "threshold": point.threshold,
        "cleared": point.cleared.value,
        "cleared_low": point.cleared.low,
        "cleared_high": point.cleared.high,
        "found": point.found.value,
        "found_low": point.found.low,
        "found_high": point.found.high,
        "waiting_cleared": found.waiting_below(point),
    }


def _workload_lines(found: Workload) -> Iterator[str]:
    curve = found.curve
    yield (
        f"{curve.model} on {curve.n:,} validation tiles ({curve.positives:,} positive); 95 % "
        f"intervals by bootstrap of {curve.units:,} {curve.resampled}s"
    )
    for point in curve.points:
        yield (
            f"to find {point.sensitivity:6.1%}: clears {_percent(point.cleared)}, threshold "
            f"{threshold_text(point.threshold)}, finds {_percent(point.found)}; "
            f"{found.waiting_below(point):,} of {len(found.waiting):,} tiles that wait"
        )


def _percent(figure: Interval) -> str:
    if math.isnan(figure.low):
        return f"{figure.value:.1%}"
    return f"{figure.value:.1%} ({figure.low:.1%} to {figure.high:.1%})"


def _plan_json(planned: PlannedReview) -> dict[str, Any]:
    found, expected = planned.plan, planned.plan.expected()
    return {
        "n": len(found.tiles),
        "candidates": found.candidates,
        "expected": expected.value,
        "expected_low": expected.low,
        "expected_high": expected.high,
        "expected_at_random": found.expected_at_random,
        "expected_in_all": found.expected_in_all,
        "read": found.read,
        "found": found.found,
        "minutes": planned.minutes,
    }


def _plan_lines(planned: PlannedReview) -> Iterator[str]:
    found, expected = planned.plan, planned.plan.expected()
    yield (
        f"{len(found.tiles):,} of {found.candidates:,} tiles that nobody has looked at: "
        f"{expected.value:.0f} wrong labels expected ({expected.low:.0f} to {expected.high:.0f}), "
        f"{found.expected_at_random:.0f} in random order, {found.expected_in_all:.0f} in all"
    )
    if found.read:
        yield (
            f"so far {found.found:,} wrong labels were found among {found.read:,}; that calibrates "
            "what is expected"
        )
    else:
        yield "nobody has looked at a label yet: the first verdicts will narrow the range"
    if planned.minutes is not None:
        yield f"about {planned.minutes:.0f} minutes at the pace of late"
