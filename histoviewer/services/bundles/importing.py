"""A model from another machine: checked, entered into the registry, judged on the tiles here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float32
from histoviewer.domain.golden import golden_tiles
from histoviewer.domain.models import ModelKind, ModelRecord, new_model_id
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_folder
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.requests import ProbeRequest
from histoviewer.project.facts import ProjectInfo
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.bundles.learned import Taught
from histoviewer.services.bundles.manifest import LEARNED, MANIFEST, MODEL, Manifest
from histoviewer.services.bundles.origins import recognise_new
from histoviewer.services.bundles.unpacking import open_bundle, read_manifest, unpack
from histoviewer.services.challenging import Arena, Challenge, challenge
from histoviewer.services.entering import entering
from histoviewer.services.opening import Workspace

# Of a score in float32 by another processor or backend: they add in another order.
_TOLERANCE: Final = 1e-3


@dataclass(frozen=True, kw_only=True)
class ImportOutcome:
    """What came of an import.

    Args:
        challenge: How the model did against the champion.
        warnings: What the reader should know of it, one sentence each.
    """

    challenge: Challenge
    warnings: tuple[str, ...]


def import_bundle(
    *, workspace: Workspace, path: Path, backend: str | None = None, margin: float | None = None
) -> Operation[ImportOutcome]:
    """Take a model in; it scores every tile and is promoted if the gate lets it pass.

    Before it is entered, its file is compared with the digests of the bundle, code in it is
    refused, and it must give the golden tiles the scores that it gave them where it comes from.

    Raises:
        InputError: The bundle is damaged, of a newer form, holds code, or takes other tiles; or the
            tiles are not packed yet.
        StorageError: The disk cannot take it.
    """
    arena, ids = Arena.of(workspace, margin=margin), workspace.session.tiles.ids
    return _import(workspace.project, path, ids, arena, environment_of(backend))


def _import(
    project: Project,
    path: Path,
    ids: Sequence[str],
    arena: Arena,
    environment: Mapping[str, str],
) -> Operation[ImportOutcome]:
    with open_bundle(path) as archive:
        manifest = read_manifest(archive)
        _check_size(manifest, project.info)
        with project.new_model_number() as number:
            record = _record(manifest, number)
            try:
                with whole_folder(project.model_folder(record.id)) as folder:
                    unpack(archive, manifest, folder)
                    yield from _check_network(manifest, folder / MODEL, environment)
                    same = manifest.data_fingerprint == arena.tiles.fingerprint
                    _keep_learned(folder, ids, same_tiles=same)
                    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
            except OSError as error:
                raise storage_error(error, "the imported model") from error
            with entering(project, record.id):
                project.add_model(record)
            recognise_new(project)  # tiles may have come while the network was checked
    judged = yield from challenge(
        project=project, model=record, arena=arena, environment=environment
    )
    return ImportOutcome(challenge=judged, warnings=_warnings(manifest, project.info, judged))


def _check_size(manifest: Manifest, info: ProjectInfo) -> None:
    if manifest.tile_size != info.tile_size:
        raise InputError(
            f"The model takes tiles of {manifest.tile_size} pixels, those of the project "
            f"{info.name} have {info.tile_size}.",
            "Import it into a project with tiles of its size.",
        )


def _check_network(
    manifest: Manifest, network: Path, environment: Mapping[str, str]
) -> Operation[None]:
    """Refuse a network that does not compute here what it computed where it comes from."""
    scores: Float32 = yield Job(
        title="Checking the imported model",
        target="histoviewer.ml.work:probe",
        request=ProbeRequest(model=network, tiles=golden_tiles(manifest.tile_size)),
        environment=environment,
    )
    expected = np.array(manifest.golden, np.float32)
    if expected.shape != scores.shape or not np.allclose(scores, expected, atol=_TOLERANCE):
        raise InputError(
            "The model gives other scores here than where it comes from.",
            "Export it again there, with the same version of HistoViewer as here.",
        )


def _keep_learned(folder: Path, ids: Sequence[str], *, same_tiles: bool) -> None:
    """Write which tiles here it was trained on; what was written there stays beside it.

    Whoever gets this model, or one trained further from it, from here must know all of it.
    """
    np.save(folder / "learned.npy", Taught.read(folder / LEARNED).among(ids, same_tiles=same_tiles))


def _record(manifest: Manifest, number: int) -> ModelRecord:
    """Return its entry: figures from elsewhere are kept apart from those that are measured here."""
    known = {name: v for name, v in manifest.metrics.items() if v is not None}
    home = {f"home_{name}": v for name, v in known.items() if name.startswith("val_")}
    rest = {name: v for name, v in known.items() if not name.startswith(("val_", "home_"))}
    return ModelRecord(
        id=new_model_id(number, manifest.recipe),
        number=number,
        recipe=manifest.recipe,
        created=manifest.made,
        seed=manifest.seed,
        parent=None,
        learned_through=0,
        learned_step=0,
        data_fingerprint=manifest.data_fingerprint,
        metrics=home | rest,
        kind=ModelKind.IMPORTED,
    )


def _warnings(manifest: Manifest, info: ProjectInfo, judged: Challenge) -> tuple[str, ...]:
    found = []
    if manifest.classes != info.classes:
        found.append(
            f"The model tells '{manifest.positive}' from '{manifest.negative}'; the project "
            f"'{info.classes.positive}' from '{info.classes.negative}'."
        )
    if judged.left_out:
        found.append(
            f"It was trained on {judged.left_out:,} of the validation tiles here; these were left "
            "out of the comparison."
        )
    return tuple(found)
