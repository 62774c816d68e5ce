"""Verbs that open the window: open, demo."""

from pathlib import Path
from typing import Annotated

import typer

from histoviewer.cli.output import JsonOption, perform, report


def open_window(
    *,
    path: Annotated[
        Path | None, typer.Argument(metavar="[PATH]", help="A project or a data set folder.")
    ] = None,
    reader: Annotated[
        str, typer.Option(help="Name recorded with verdicts in this session.", show_default=False)
    ] = "",
) -> None:
    """Open the window on a project or a data set folder. The verb may be left out."""
    from histoviewer.app import run  # Qt is not for the headless verbs

    raise typer.Exit(run(path, reader=reader))


def demo(
    *,
    tiles: Annotated[int, typer.Option(min=40, help="Number of labelled tiles.")] = 2000,
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Where to put the tiles and the project.")
    ] = None,
    window: Annotated[
        bool, typer.Option("--window/--no-window", help="Open it, or run the loop headless.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Make a synthetic data set and open it, or run the whole loop on it without a window."""
    from histoviewer.services import demo as service

    place = service.demo_place(folder)
    made = perform(service.make_demo(place=place, tiles=tiles))
    if window:
        open_window(path=made)
        return
    outcome = perform(service.run_loop(path=made, out=place / "submission.csv"))
    report(outcome.as_text(), outcome.as_json(), as_json=as_json)
