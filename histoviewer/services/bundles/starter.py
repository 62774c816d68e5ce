"""The model that comes with the program: a ranked grid before any training."""

from typing import Final

from histoviewer.jobs.job import Operation
from histoviewer.project.facts import ProjectInfo
from histoviewer.resources import resource
from histoviewer.services.bundles.importing import ImportOutcome, import_bundle
from histoviewer.services.bundles.manifest import SUFFIX, Manifest
from histoviewer.services.bundles.unpacking import open_bundle, read_manifest
from histoviewer.services.opening import Workspace

# The layout of the competition whose tiles it was trained on. Elsewhere its scores mean nothing.
_LAYOUT: Final = "kaggle"


def import_starter(
    *, workspace: Workspace, backend: str | None = None, margin: float | None = None
) -> Operation[ImportOutcome]:
    """Import the model that comes with the program, whatever the tiles show.

    Raises:
        InputError: Its tiles have another size, or those of the project are not packed yet.
    """
    path = resource("models", f"starter{SUFFIX}")
    return import_bundle(workspace=workspace, path=path, backend=backend, margin=margin)


def starter_fits(info: ProjectInfo) -> bool:
    """Return whether the model that comes with the program was made for such tiles."""
    return info.layout == _LAYOUT and info.tile_size == starter_manifest().tile_size


def starter_manifest() -> Manifest:
    """Return what the model that comes with the program says of itself."""
    with open_bundle(resource("models", f"starter{SUFFIX}")) as archive:
        return read_manifest(archive)
