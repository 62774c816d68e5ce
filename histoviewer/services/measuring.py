"""Measuring the packed tiles of a project that an earlier version packed."""

from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.project.project import Project
from histoviewer.tiles.measuring import MeasureRequest


def measure(*, project: Project) -> Operation[None]:
    """Measure every packed tile: its brightness, and which others have the same pixels.

    Args:
        project: The open project; its tiles are packed.
    """
    yield Job(
        title="Measuring the tiles",
        target="histoviewer.tiles.measuring:measure",
        request=MeasureRequest(project.packed_folder),
        lane=Lane.FILES,
    )
