"""The use cases as the window calls them.

The services import SQLAlchemy and OpenCV, which would delay the first paint; so they are imported
here, at the first call. Every function is called in the UI thread and returns an operation that
runs in a lane, but for those that say otherwise.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ui.dialogs.export import ExportChoice
from histoviewer.ui.dialogs.export_verdicts import VerdictExportChoice
from histoviewer.ui.dialogs.new_project import ProjectChoice
from histoviewer.ui.dialogs.train import TrainChoice

if TYPE_CHECKING:
    from histoviewer.domain.tiles import TileTable
    from histoviewer.project.project import Project
    from histoviewer.services.challenging import Challenge
    from histoviewer.services.dataset_report import DatasetReport
    from histoviewer.services.exporting import ExportOutcome
    from histoviewer.services.interchange.exporting import VerdictExport
    from histoviewer.services.interchange.importing import ImportOutcome, VerdictFile
    from histoviewer.services.opening import Workspace
    from histoviewer.services.reviewing import ReviewSession
    from histoviewer.services.scoring import ScoringOutcome
    from histoviewer.tiles.measures import Measures
    from histoviewer.tiles.store import PackedTiles
    from histoviewer.tiles.work import Found

_DEMO_TILES = 2000


def look(dataset: Path) -> "Operation[Found]":
    """List the tiles of a data set."""
    from histoviewer.tiles.work import ScanRequest

    found: Found = yield Job(
        title="Looking at {name}",
        facts={"name": dataset.name},
        target="histoviewer.tiles.work:scan",
        request=ScanRequest(dataset=dataset),
        lane=Lane.FILES,
    )
    return found


def create_project(dataset: Path, choice: ProjectChoice) -> Operation[Path]:
    """Make a project that is not packed yet."""
    from histoviewer.services.importing import ImportOptions, create_project

    options = ImportOptions(
        positive=choice.positive,
        tile_size=choice.tile_size,
        validation_ids=choice.validation_ids,
        groups=choice.groups,
    )
    return create_project(dataset=dataset, path=choice.path, options=options)


def make_demo() -> Operation[Path]:
    """Make the demo project where there is none yet."""
    from histoviewer.services import demo

    return demo.make_demo(place=demo.demo_place(None), tiles=_DEMO_TILES)


def pack(workspace: "Workspace") -> "Operation[DatasetReport]":
    """Pack the tiles of a project."""
    from histoviewer.services import importing

    return importing.pack(project=workspace.project)


def update(workspace: "Workspace") -> "Operation[tuple[int, DatasetReport]]":
    """Add the files that are new in the data set of a project."""
    from histoviewer.services import importing

    return importing.update(project=workspace.project)


def read_packed(project: "Project") -> "tuple[TileTable, PackedTiles | None, Measures | None]":
    """Return the tiles and the packed store as packing left them. In the background."""
    from histoviewer.services.opening import open_measures, open_packed

    packed = open_packed(project)
    return project.tiles(), packed, open_measures(project, packed)


def measure(workspace: "Workspace") -> "Operation[None]":
    """Measure the tiles of a project that an earlier version packed."""
    from histoviewer.services import measuring

    return measuring.measure(project=workspace.project)


def train(workspace: "Workspace", choice: TrainChoice) -> "Operation[Challenge]":
    """Train from scratch, score every tile, and make the model champion if it is not worse."""
    from histoviewer.services import retraining

    return retraining.train(
        workspace=workspace,
        recipe=choice.recipe,
        seed=choice.seed,
        epochs=choice.epochs,
        max_seconds=choice.max_seconds,
        weights=choice.weights,
    )


def score(workspace: "Workspace") -> "Operation[ScoringOutcome]":
    """Score every tile with the champion."""
    from histoviewer.services import scoring

    return scoring.score(workspace=workspace)


def retrain(workspace: "Workspace") -> "Operation[Challenge]":
    """Let the champion learn what waits in the queue."""
    from histoviewer.services import retraining

    return retraining.retrain(workspace=workspace)


def promote(project: "Project", model_id: str) -> None:
    """Make a model champion. In the background."""
    from histoviewer.services import retraining

    retraining.promote(project=project, model_id=model_id)


def export(workspace: "Workspace", choice: ExportChoice) -> "Operation[ExportOutcome]":
    """Write a submission."""
    from histoviewer.services import exporting

    return exporting.export(
        workspace=workspace,
        out=choice.out,
        model_id=choice.model,
        sample=choice.sample,
        hard=choice.hard,
    )


def export_verdicts(
    workspace: "Workspace", choice: VerdictExportChoice
) -> "Operation[VerdictExport]":
    """Write the verdicts in some form."""
    from histoviewer.services.interchange import exporting

    return exporting.export_verdicts(
        workspace=workspace, out=choice.out, form=choice.form, all_tiles=choice.all_tiles
    )


def reading_verdicts(path: Path, session: "ReviewSession") -> "Callable[[], VerdictFile]":
    """Return what reads a file of verdicts, in the background, for the session as it is now."""
    tiles, classes, batches = session.tiles, session.classes, tuple(session.log.batches)

    def read() -> "VerdictFile":
        from histoviewer.services.interchange.importing import Basis, read_verdicts

        return read_verdicts(path, Basis(tiles=tiles, classes=classes, batches=batches))

    return read


def is_outdated(file: "VerdictFile", session: "ReviewSession") -> bool:
    """Return whether the session has moved on in a way that makes a file worth reading anew."""
    from histoviewer.services.interchange import importing

    return importing.is_outdated(file, session)


def record_verdicts(session: "ReviewSession", file: "VerdictFile") -> "ImportOutcome":
    """Record what is new in a file of verdicts, at once."""
    from histoviewer.services.interchange import importing

    return importing.record_verdicts(session, file)


def telling_conflicts(
    outcome: "ImportOutcome", session: "ReviewSession"
) -> "Callable[[], ImportOutcome]":
    """Return what finds the conflicts after an import, in the background."""
    from histoviewer.services.interchange.importing import Basis, tell_conflicts

    basis = Basis.of(session)
    return lambda: tell_conflicts(outcome, basis)
