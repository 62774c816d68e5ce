"""A model of a project as one file for another machine."""

import json
import math
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from histoviewer import __version__
from histoviewer.domain.arrays import Float32, Int8
from histoviewer.domain.golden import golden_tiles
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tiles import TileTable
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.requests import ProbeRequest
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.bundles.card import CardFacts, write_card
from histoviewer.services.bundles.learned import write_learned
from histoviewer.services.bundles.manifest import (
    CARD,
    HISTORY,
    LEARNED,
    METRICS,
    MODEL,
    RECIPE,
    SUFFIX,
    Manifest,
)
from histoviewer.services.bundles.packing import digest_of, write_bundle
from histoviewer.services.networks import network_file
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model, read_ever_learned


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
        InputError: There is no such model, its file is missing, or it is an ensemble.
        StorageError: The bundle could not be written.
    """
    if out.suffix != SUFFIX:
        raise InputError(
            f"{out.name} does not end in {SUFFIX}.", f"Call it {out.with_suffix(SUFFIX).name}."
        )
    return _export(workspace.project, workspace.session.tiles, out, model_id)


def _export(
    project: Project, tiles: TileTable, out: Path, model_id: str | None
) -> Operation[BundleOutcome]:
    model = find_model(project, model_id)
    network = yield from network_file(project, model, environment_of(None))
    golden: Float32 = yield Job(
        title="Checking model {number}",
        facts={"number": model.number},
        target="histoviewer.ml.work:probe",
        request=ProbeRequest(model=network, tiles=golden_tiles(project.info.tile_size)),
        environment=environment_of(None),
    )
    known = read_ever_learned(project, model)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        files = _gather(project, model, tiles, known, folder)
        write_bundle(out, _manifest(project, model, golden, files), files)
    return BundleOutcome(path=out, model=model, size=out.stat().st_size)


def _gather(
    project: Project, model: ModelRecord, tiles: TileTable, learned: Int8, folder: Path
) -> Mapping[str, Path]:
    """Return the files of a bundle by name, made where the model's folder does not have them."""
    of_model = project.model_folder(model.id)
    kept = {name: of_model / name for name in (MODEL, RECIPE, HISTORY, METRICS)}
    changed = (learned != UNLABELLED) & (learned != tiles.given)
    facts = CardFacts(model=model, info=project.info, learned=learned, corrected=int(changed.sum()))
    (folder / CARD).write_text(write_card(facts), encoding="utf-8")
    with (folder / LEARNED).open("wb") as stream:
        write_learned(stream, tiles.ids, learned)
    made = {name: folder / name for name in (CARD, LEARNED)}
    return {name: path for name, path in (kept | made).items() if path.exists()}


def _manifest(
    project: Project, model: ModelRecord, golden: Float32, files: Mapping[str, Path]
) -> Manifest:
    metrics = {name: v if math.isfinite(v) else None for name, v in model.metrics.items()}
    return Manifest(
        recipe=model.recipe,
        created=model.created.isoformat(timespec="seconds"),
        seed=model.seed,
        tile_size=project.info.tile_size,
        negative=project.info.classes.negative,
        positive=project.info.classes.positive,
        data_fingerprint=model.data_fingerprint,
        metrics=json.loads(json.dumps(metrics)),
        golden=tuple(golden.tolist()),
        files={name: digest_of(path) for name, path in files.items()},
        program=__version__,
    )
