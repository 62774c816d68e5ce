"""Verbs about the verdict log: undo, redo, history, disputes, settle, agreement, pace."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from histoviewer.cli.output import JsonOption, ProjectArgument, report
from histoviewer.cli.workspace import workspace
from histoviewer.domain import pace as pacing
from histoviewer.domain.agreement import Agreement
from histoviewer.domain.labels import ClassNames
from histoviewer.errors import InputError
from histoviewer.services import agreement as agreements
from histoviewer.services.disputes import Dispute, read_disputes
from histoviewer.services.history import Step, TileVerdict, read_steps, read_tile
from histoviewer.services.reviewing import ReviewSession

ReaderOption = Annotated[str | None, typer.Option("--reader", help="Only this reader's verdicts.")]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, help="Only so many, the newest; all by default.")
]


def undo(
    project: ProjectArgument,
    *,
    step: Annotated[
        int | None, typer.Option("--step", help="Number of the step, as 'history' lists it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take back a step of reviewing: the newest, or any other on its own."""
    with workspace(project) as opened:
        session = opened.session
        newest = session.log.undoable
        number = newest.number if step is None and newest is not None else step
        session.undo(step)
        title = None if number is None else session.log.batches[number - 1].title
        _report("Undone", title, session, as_json=as_json)


def redo(project: ProjectArgument, *, as_json: JsonOption = False) -> None:
    """Bring back the step that was taken back last."""
    with workspace(project) as opened:
        step = opened.session.log.redoable
        opened.session.redo()
        _report("Redone", step.title if step else None, opened.session, as_json=as_json)


def _report(verb: str, step: str | None, session: ReviewSession, *, as_json: bool) -> None:
    text = f"{verb}: {step}" if step else "There is nothing to take back or bring back."
    report(text, {"step": step, "queue": session.queue_length}, as_json=as_json)


def history(
    project: ProjectArgument,
    *,
    tile: Annotated[
        str | None, typer.Option("--tile", help="Id of a tile: what was said of it.")
    ] = None,
    limit: LimitOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the steps of reviewing, or what was said of one tile; the newest first."""
    with workspace(project, read_only=True) as opened:
        session = opened.session
        if tile is None:
            steps = read_steps(session.log, newest=limit)
            lines, figures = [_step_line(step) for step in steps], [_step_json(s) for s in steps]
            report(_listed(lines, "No step yet."), {"steps": figures}, as_json=as_json)
            return
        said = read_tile(session.log, _index(session, tile))[::-1][:limit]
        lines = [_verdict_line(verdict, session.classes) for verdict in said]
        figures = [_verdict_json(verdict) for verdict in said]
        report(_listed(lines, "Nothing yet."), {"tile": tile, "verdicts": figures}, as_json=as_json)


def disputes(project: ProjectArgument, *, as_json: JsonOption = False) -> None:
    """List the tiles on which readers differ and that nobody settled."""
    with workspace(project, read_only=True) as opened:
        session = opened.session
        found = read_disputes(session.log)
        lines = [_dispute_line(dispute, session) for dispute in found]
        figures = [
            {"id": session.tiles.ids[dispute.tile], "labels": dict(dispute.labels)}
            for dispute in found
        ]
    report(
        _listed(lines, "There is no tile on which readers differ."),
        {"count": len(found), "disputes": figures},
        as_json=as_json,
    )


def settle(
    project: ProjectArgument,
    *,
    tiles: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of the tiles.")],
    label: Annotated[int, typer.Option("--label", min=0, max=1, help="The label that holds.")],
    reader: Annotated[str | None, typer.Option(help="Name recorded with the verdict.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Settle what readers differ on: give tiles the label that holds, as one step."""
    with workspace(project, reader=reader) as opened:
        session = opened.session
        session.settle([_index(session, name) for name in tiles], label)
        left = len(read_disputes(session.log))
        figures = {"settled": len(set(tiles)), "disputed": left, "queue": session.queue_length}
    report(f"{figures['settled']:,} tiles settled, {left:,} left", figures, as_json=as_json)


def agreement(
    project: ProjectArgument, *, reader: ReaderOption = None, as_json: JsonOption = False
) -> None:
    """Say how readers agree with the model, blind and not blind, and with one another."""
    with workspace(project, read_only=True) as opened:
        model = agreements.model_agreement(workspace=opened, reader=reader)
        pairs = agreements.reader_agreement(opened.session)
    pairs = [pair for pair in pairs if reader is None or reader in pair[:2]]
    lines = [
        f"model, score seen   {_agreement_line(model.seen)}",
        f"model, read blind   {_agreement_line(model.blind)}",
        *(f"{a} and {b}   {_agreement_line(found)}" for a, b, found in pairs),
    ]
    figures = {
        "seen": _agreement_json(model.seen),
        "blind": _agreement_json(model.blind),
        "readers": [{"a": a, "b": b, **_agreement_json(found)} for a, b, found in pairs],
    }
    report("\n".join(lines), figures, as_json=as_json)


def pace(
    project: ProjectArgument, *, reader: ReaderOption = None, as_json: JsonOption = False
) -> None:
    """Say how fast reviewing goes, in five-minute bins, and how many errors it still finds."""
    with workspace(project, read_only=True) as opened:
        session = opened.session
        speed = pacing.pace(session.log, reader=reader)
        curve = pacing.yield_curve(session.log, session.tiles.given, reader=reader)
    bins = [
        {"start": _utc(start), "verdicts": verdicts, "steps": steps, "per_minute": rate}
        for start, verdicts, steps, rate in zip(
            speed.starts.tolist(),
            speed.verdicts.tolist(),
            speed.steps.tolist(),
            speed.per_minute.tolist(),
            strict=True,
        )
    ]
    figures = {
        "bins": bins,
        "looked_at": len(curve.looked_at),
        "errors": int(curve.errors[-1]) if len(curve.errors) else 0,
        "newest_100": curve.newest(100),
        "newest_500": curve.newest(500),
    }
    report(_pace_text(figures), figures, as_json=as_json)


def _index(session: ReviewSession, name: str) -> int:
    index = session.tiles.index_of.get(name)
    if index is None:
        raise InputError(f"There is no tile '{name}'.", "Give the id as the data set has it.")
    return index


def _listed(lines: list[str], nothing: str) -> str:
    return "\n".join(lines) or nothing


def _step_line(step: Step) -> str:
    what = f"{step.word} of step {step.of}" if step.of else f"{step.word} {step.rows:,} tiles"
    mark = " " if step.stands or step.of else "-"  # a minus: taken back
    return f"{step.number:>6} {mark} {_clock(step.when)}  {step.reader}  {what}"


def _step_json(step: Step) -> dict[str, Any]:
    return {**asdict(step), "when": step.when.isoformat(), "mode": step.mode.word}


def _verdict_line(verdict: TileVerdict, classes: ClassNames) -> str:
    mark = " " if verdict.stands else "-"
    change = f"{classes.of(verdict.before)} -> {classes.of(verdict.after)}"
    who = f"{verdict.reader}  {verdict.action.word}"
    return f"{verdict.step:>6} {mark} {_clock(verdict.when)}  {who}  {change}  {verdict.mode.word}"


def _verdict_json(verdict: TileVerdict) -> dict[str, Any]:
    words = {"mode": verdict.mode.word, "action": verdict.action.word}
    return {**asdict(verdict), "when": verdict.when.isoformat(), **words}


def _dispute_line(dispute: Dispute, session: ReviewSession) -> str:
    labels = dispute.labels.items()
    said = ", ".join(f"{reader}: {session.classes.of(label)}" for reader, label in labels)
    return f"{session.tiles.ids[dispute.tile]}  {said}"


def _agreement_line(found: Agreement) -> str:
    if found.n == 0:
        return "no label to compare"
    kappa = "kappa not defined"
    if found.kappa is not None:
        kappa = f"kappa {found.kappa:.3f} (95 % {found.low:.3f} to {found.high:.3f})"
    return f"{found.agreed:,} of {found.n:,} alike, {kappa}, adjusted {found.pabak:.3f}"


def _agreement_json(found: Agreement) -> dict[str, Any]:
    return {**asdict(found), "table": found.table.tolist()}


def _pace_text(figures: dict[str, Any]) -> str:
    lines = [
        f"{found['start']}  {found['verdicts']:>7,} verdicts  {found['per_minute']:6.1f} steps/min"
        for found in figures["bins"]
    ]
    lines.append(f"{figures['errors']:,} errors found in {figures['looked_at']:,} tiles looked at")
    lines += [
        f"{figures[f'newest_{count}']:.1f} errors per 100 in the newest {count}"
        for count in (100, 500)
        if figures[f"newest_{count}"] is not None
    ]
    return "\n".join(lines)


def _clock(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S")


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
