"""A model of a project as one file for another machine."""

import json
import math
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from histoviewer import __version__
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.path_names import as_path_part
from histoviewer.domain.tiles import TileTable
from histoviewer.errors import InputError, storage_error
from histoviewer.jobs.job import Operation
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.bundles.card import CardFacts, write_card
from histoviewer.services.bundles.manifest import (
    CARD,
    HISTORY,
    LEARNED,
    METRICS,
    MODEL,
    NEEDED,
    RECIPE,
    SUFFIX,
    Manifest,
    can_carry,
)
from histoviewer.services.bundles.origins import Schooling, came_in
from histoviewer.services.bundles.packing import digest_of, write_bundle
from histoviewer.services.networks import network_in_use
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model

_SHOWN: Final = 40  # letters of a name that is refused


@dataclass(frozen=True, kw_only=True)
class BundleOutcome:
    """What was written.

    Args:
        path: The bundle.
        model: The model in it.
        size: Bytes of the file.
    """

    path: Path
    model: ModelRecord
    size: int


def export_bundle(
    *, workspace: Workspace, out: Path, model_id: str | None = None
) -> Operation[BundleOutcome]:
    """Write a model, the champion by default, with all that another machine must know of it.

    No pixel of a tile goes along; ids of training tiles only as digests.

    Args:
        workspace: The open project.
        out: Where to; its name ends in '.histomodel'.
        model_id: Id or number of the model.

    Raises:
        InputError: There is no such model, a file of it is missing, or it is an ensemble.
        StorageError: The bundle could not be written.
    """
    if out.suffix != SUFFIX:
        raise InputError(
            f"{out} does not end in {SUFFIX}.", f"Call it {out.stem or 'model'}{SUFFIX}."
        )
    return _export(workspace.project, workspace.session.tiles, out, model_id)


def _export(
    project: Project, tiles: TileTable, out: Path, model_id: str | None
) -> Operation[BundleOutcome]:
    model = find_model(project, model_id)
    try:
        return (yield from _written(project, tiles, out, model))
    except OSError as error:  # of the folder for what is made on the way, too
        raise storage_error(error, f"the bundle {out}") from error


def _written(
    project: Project, tiles: TileTable, out: Path, model: ModelRecord
) -> Operation[BundleOutcome]:
    with ExitStack() as stack:
        network = stack.enter_context(network_in_use(project, model))
        golden = yield from network.check(environment_of(None))
        folder = Path(stack.enter_context(TemporaryDirectory()))
        brought = came_in(project, model)
        files = _gather(project, model, tiles, folder, as_brought=brought is not None)
        digests = {name: digest_of(path) for name, path in files.items()}
        manifest = _manifest(project, model) if brought is None else brought
        of_now = replace(
            manifest, golden=tuple(golden.tolist()), files=digests, program=__version__
        )
        write_bundle(out, of_now, files)
    return BundleOutcome(path=out, model=model, size=out.stat().st_size)


def _gather(
    project: Project, model: ModelRecord, tiles: TileTable, folder: Path, *, as_brought: bool
) -> Mapping[str, Path]:
    """Return the files of a bundle by name, made where the model's folder does not have them.

    A model that came in a bundle goes on with what that said of it, for it is the same model: its
    data, figures and classes are those of where it was trained.

    Raises:
        InputError: One is missing without which nobody could take the bundle in.
    """
    of_model = project.model_folder(model.id)
    names = (MODEL, RECIPE, HISTORY, METRICS, *((CARD, LEARNED) if as_brought else ()))
    files = {name: of_model / name for name in names}
    if not as_brought:
        schooling = Schooling.of(project, model, tiles)
        facts = CardFacts(model=model, info=project.info, schooling=schooling)
        files |= {name: folder / name for name in (CARD, LEARNED)}
        files[CARD].write_text(write_card(facts), encoding="utf-8")
        with files[LEARNED].open("wb") as stream:
            schooling.taught.write(stream)
    found = {name: path for name, path in files.items() if path.exists()}
    for name in NEEDED:
        if name not in found:
            raise InputError(
                f"A file of model {model.number} is missing: {files[name]}.",
                "Choose another model or train again.",
            )
    return found


def _manifest(project: Project, model: ModelRecord) -> Manifest:
    """Return the facts of a model that was made here, but for those of the file itself.

    Raises:
        InputError: Nobody could read them: names of classes are whatever the data set says.
    """
    for name in (project.info.classes.negative, project.info.classes.positive):
        if not can_carry(name):
            raise InputError(
                f"The class {name[:_SHOWN]!r} cannot be named in a bundle.",
                "Call it otherwise in the data set: 300 letters at most, none of them unseen.",
            )
    metrics = {name: v if math.isfinite(v) else None for name, v in model.metrics.items()}
    return Manifest(
        recipe=as_path_part(model.recipe),
        created=model.created.isoformat(timespec="seconds"),
        seed=model.seed,
        tile_size=project.info.tile_size,
        negative=project.info.classes.negative,
        positive=project.info.classes.positive,
        data_fingerprint=model.data_fingerprint,
        metrics=json.loads(json.dumps(metrics)),
        golden=(),
        files={},
        program=__version__,
    )
