"""What a project keeps of the bundles that models came in, for whoever gets them from there."""

import logging
from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Int8
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.domain.tiles import TileTable
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_file
from histoviewer.project.project import Project
from histoviewer.services.bundles.learned import Taught
from histoviewer.services.bundles.manifest import CARD, LEARNED, MANIFEST, Manifest
from histoviewer.services.ranking import line_of, read_column, read_ever_learned

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Schooling:
    """All that a model was ever trained on, in this project and elsewhere.

    Args:
        taught: The tiles.
        corrected: How many of their labels readers of this project had changed.
        elsewhere: How many of them are of other projects, whose models it was trained further from.
        unknown: Numbers of the models in its line of which it is not known any more what they were
            trained on before they came here.
    """

    taught: Taught
    corrected: int = 0
    elsewhere: int = 0
    unknown: tuple[int, ...] = ()

    @classmethod
    def of(cls, project: Project, model: ModelRecord, tiles: TileTable) -> "Schooling":
        """Return what a model has learned.

        Raises:
            InputError: A file that came with a model is damaged.
        """
        learned = read_ever_learned(project, model)
        taught = Taught.of(tiles.ids, learned)
        here, unknown = len(taught.labels), []
        for ancestor in line_of(project, model):
            if ancestor.kind is not ModelKind.IMPORTED:
                continue
            path = project.model_folder(ancestor.id) / LEARNED
            if path.exists():
                taught = taught.joined(Taught.read(path).elsewhere(tiles.ids))
            else:
                unknown.append(ancestor.number)
        return cls(
            taught=taught,
            corrected=_corrected(learned, tiles),
            elsewhere=len(taught.labels) - here,
            unknown=tuple(unknown),
        )


def came_in(project: Project, model: ModelRecord) -> Manifest | None:
    """Return what the bundle of an imported model said of itself.

    None for a model that was made here, and where not all is left that would go on with it.

    Raises:
        InputError: What is left is damaged.
    """
    folder = project.model_folder(model.id)
    if not all((folder / name).exists() for name in (MANIFEST, CARD, LEARNED)):
        return None
    Taught.read(folder / LEARNED)
    return Manifest.from_json((folder / MANIFEST).read_bytes())


def recognise_new(project: Project) -> None:
    """Note which tiles imported models had been trained on elsewhere, of those added since.

    Looks at every tile that a model's labels do not reach yet, so what could not be written, or
    was cut off, is made up for at the next call. Only tiles whose ids are made of pixels can be
    told: of any other name nobody knows whether the same tile was meant. A damaged file keeps
    nobody from adding tiles.

    Raises:
        StorageError: What is found cannot be written.
    """
    for model in project.models():
        if (project.model_folder(model.id) / LEARNED).exists():
            _recognise(project, model)


def _recognise(project: Project, model: ModelRecord) -> None:
    out = project.learned_path(model.id)
    stored = read_column(out, project.tile_count)
    if stored is None or len(stored) == project.tile_count:
        return
    new = project.tiles().ids[len(stored) :]
    try:
        known = Taught.read(out.with_name(LEARNED)).among(new, same_tiles=False)
        with whole_file(out) as stream:
            np.save(stream, np.concatenate([stored, known]))
    except InputError as error:
        log.warning("what model %d learned elsewhere cannot be read: %s", model.number, error)
    except OSError as error:
        raise storage_error(error, f"what model {model.number} was trained on") from error


def _corrected(learned: Int8, tiles: TileTable) -> int:
    return int(np.count_nonzero((learned != UNLABELLED) & (learned != tiles.given)))
