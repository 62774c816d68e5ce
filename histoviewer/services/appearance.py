"""How the tiles look, measured once and kept in the project."""

from dataclasses import fields

from histoviewer.domain.appearance import Appearance
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.project.derived import DerivedFiles
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.tiles.appearance_work import AppearanceRequest
from histoviewer.tiles.store import PackedTiles

_NAME = "appearance"
_NAMES = tuple(field.name for field in fields(Appearance))


def appearance_of(project: Project, packed: PackedTiles) -> Operation[Appearance]:
    """Return how the tiles look, measuring it where that has not been done.

    It is kept, unless the project is open for reading only.
    """
    found = DerivedFiles(project).read(_NAME, key=packed.fingerprint)
    if found is not None and set(found.arrays) == set(_NAMES):
        return Appearance(**found.arrays)
    appearance: Appearance = yield Job(
        title="Looking at {count:,} tiles",
        facts={"count": packed.shape[0]},
        target="histoviewer.tiles.appearance_work:measure_appearance",
        request=AppearanceRequest(project.packed_folder),
        lane=Lane.FILES,
        environment=environment_of(None),  # that of embeddings: one process does what follows
    )
    if not project.read_only:
        arrays = {name: getattr(appearance, name) for name in _NAMES}
        DerivedFiles(project).write(_NAME, arrays, key=packed.fingerprint)
    return appearance
