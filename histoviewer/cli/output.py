"""What verbs print: progress on a terminal, text for people, JSON for programs."""

import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from histoviewer.errors import JobCancelled
from histoviewer.jobs.cancel import CancelToken
from histoviewer.jobs.interrupts import interrupts_call
from histoviewer.jobs.job import Job, Operation
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import (
    CurvePoint,
    GpuLoad,
    Load,
    Note,
    Progress,
    Update,
)
from histoviewer.jobs.runner import drive

Result = TypeVar("Result")

_GIB = 1 << 30

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object as the last line of stdout.")
]
ProjectArgument = Annotated[Path, typer.Argument(metavar="PROJECT", help="A project folder.")]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="Id or number of the model; the champion by default.")
]
BackendOption = Annotated[
    str | None,
    typer.Option("--backend", help="tensorflow, torch or jax; else KERAS_BACKEND."),
]


def perform(operation: Operation[Result]) -> Result:
    """Run an operation to its end, showing its progress where there is a terminal.

    Ctrl+C ends the whole operation, not only the job of the moment; once more ends it by force.

    Raises:
        JobCancelled: Ctrl+C was pressed; what the operation finished before is kept.
    """
    token = CancelToken()

    def interrupted() -> None:
        if token.requested:
            raise KeyboardInterrupt
        token.cancel()

    with (
        LaneProcess() as process,  # one for all jobs of the verb: Keras is imported once
        _progress() as (on_job, on_update),
        interrupts_call(interrupted),
    ):
        result = drive(
            operation,
            run=partial(process.run, cancel=token),
            on_job=on_job,
            on_update=on_update,
            cancel=token,
        )
    if token.requested:
        raise JobCancelled
    return result


def report(text: str, figures: dict[str, Any], *, as_json: bool) -> None:
    """Print a result: text for people, or one JSON object as the last line."""
    typer.echo(json.dumps(_finite(figures), ensure_ascii=False) if as_json else text)


def warn(text: str) -> None:
    """Print a line on stderr."""
    typer.echo(text, err=True)


def _finite(value: object) -> object:
    """Return a value with NaN and infinities as null: JSON has no word for them."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


@contextmanager
def _progress() -> Iterator[tuple[Callable[[Job], None], Callable[[Update], None]]]:
    """Yield what shows jobs and their messages: a bar on a terminal, epochs and notes otherwise."""
    if not sys.stderr.isatty():
        yield (lambda _job: None), LinePrinter(warn)
        return
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[figures]}"))
    with Bar(*columns, transient=True) as bar:
        task = bar.add_task("", total=None, figures="")
        figures = load = ""

        def on_job(job: Job) -> None:
            nonlocal figures, load
            figures = load = ""
            bar.reset(task, description=job.english_title, total=None, figures="")

        def on_update(update: Update) -> None:
            nonlocal figures, load
            if isinstance(update, Progress):
                figures = describe_progress(update)
                bar.update(task, completed=update.done, total=update.total or None)
            elif isinstance(update, Load):
                load = describe_load(update)
            else:
                bar.console.print(_line(update), highlight=False)
            bar.update(task, figures="  ".join(part for part in (figures, load) if part))

        yield on_job, on_update


class LinePrinter:
    """Prints a line for each epoch and note; an epoch with the load of its last second.

    Args:
        write: Takes a line.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._load = ""

    def __call__(self, update: Update) -> None:
        """Take what a job says."""
        match update:
            case Load():
                self._load = describe_load(update)
            case CurvePoint():
                self._write("  ".join(part for part in (_line(update), self._load) if part))
            case Note():
                self._write(_line(update))


def _line(update: CurvePoint | Note) -> str:
    if isinstance(update, Note):
        return update.text
    figures = "  ".join(f"{name} {value:.4g}" for name, value in update.values.items())
    return f"epoch {update.epoch}: {figures}"


def describe_load(load: Load) -> str:
    """Return how busy the machine is kept: 'CPU 94%  1.2 GiB  GPU 85%, 3.1 of 8.0 GiB'."""
    return "  ".join((f"CPU {load.processor:.0%}", gib(load.memory), *map(_gpu, load.gpus)))


def _gpu(card: GpuLoad) -> str:
    parts = [] if card.busy is None else [f"{card.busy:.0%}"]
    if card.memory is not None and card.memory_total is not None:
        parts.append(f"{card.memory / _GIB:.1f} of {gib(card.memory_total)}")
    return f"GPU {', '.join(parts)}" if parts else ""


def gib(size: int) -> str:
    """Return a size in memory: '1.2 GiB'."""
    return f"{size / _GIB:.1f} GiB"


def describe_progress(progress: Progress) -> str:
    """Return the figures of the moment: 'epoch 3  auc 0.951  310 tiles/s  2:10 left'."""
    parts = [f"{name} {value:.4g}" for name, value in progress.values.items()]
    if progress.rate:
        parts.append(f"{progress.rate:,.0f} tiles/s")
    if progress.left_s is not None:
        minutes, seconds = divmod(round(progress.left_s), 60)
        parts.append(f"{minutes}:{seconds:02d} left")
    return "  ".join(parts)
