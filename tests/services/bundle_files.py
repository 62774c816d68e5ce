"""Bundles without a network in them, and what can go wrong with them on the way."""

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np

from histoviewer.domain.models import ModelRecord
from histoviewer.errors import JobCancelled
from histoviewer.jobs.job import Job, Operation
from histoviewer.jobs.messages import Cancelled, Ending, Finished
from histoviewer.jobs.runner import drive
from histoviewer.services.bundles.exporting import export_bundle
from histoviewer.services.bundles.importing import ImportOutcome, import_bundle
from histoviewer.services.bundles.learned import Taught
from histoviewer.services.bundles.manifest import CARD, LEARNED, MODEL, RECIPE, Manifest
from histoviewer.services.bundles.packing import digest_of, write_bundle
from histoviewer.services.opening import Workspace
from tests.ml.helpers import TINY

GOLDEN = (0.25, 0.5, 0.75)


def make_bundle(folder: Path, *, tile_size: int, taught: Taught | None = None) -> Path:
    """Return a bundle that is sound but for its network, which is noise."""
    ids = [f"t{number}" for number in range(40)]
    taught = taught or Taught.of(ids, np.array([0, 1, -1, 1] * 10, np.int8))
    (folder / MODEL).write_bytes(np.random.default_rng(0).bytes(3000))
    (folder / RECIPE).write_text(TINY)
    (folder / CARD).write_text("# A model\n")
    with (folder / LEARNED).open("wb") as stream:
        taught.write(stream)
    files = {name: folder / name for name in (MODEL, RECIPE, CARD, LEARNED)}
    manifest = Manifest(
        recipe="tiny",
        created="2026-11-21T05:02:17+00:00",
        seed=0,
        tile_size=tile_size,
        negative="normal",
        positive="tumour",
        data_fingerprint="abc",
        metrics={"val_auc": 0.9, "val_loss": None},
        golden=GOLDEN,
        files={name: digest_of(path) for name, path in files.items()},
        program="0.1.0",
    )
    out = folder / "made.histomodel"
    write_bundle(out, manifest, files)
    return out


def changed(
    bundle: Path,
    out: Path,
    name: str,
    change: Callable[[bytes], bytes],
    *,
    way: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """Copy a bundle with one of its files changed."""
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(out, "w", way) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
    return out


def facts_changed(bundle: Path, out: Path, **facts: object) -> Path:
    """Copy a bundle with other values in its manifest."""
    return changed(
        bundle, out, "bundle.json", lambda text: json.dumps(json.loads(text) | facts).encode()
    )


def vouched(bundle: Path, out: Path, name: str, content: bytes) -> Path:
    """Copy a bundle with one of its files replaced, and its digest in the manifest."""
    replaced = changed(bundle, out.with_suffix(".part"), name, lambda _: content)
    with zipfile.ZipFile(bundle) as archive:
        files = json.loads(archive.read("bundle.json"))["files"]
    return facts_changed(replaced, out, files=files | {name: sha256(content).hexdigest()})


def enter(workspace: Workspace, path: Path) -> None:
    """Import a bundle until its model is entered, as if the network computed what it should."""

    def run(job: Job, _on_update: object) -> Ending:
        is_probe = job.target.endswith(":probe")
        return Finished(np.array(GOLDEN, np.float32)) if is_probe else Cancelled()

    operation: Operation[ImportOutcome] = import_bundle(workspace=workspace, path=path)
    with suppress(JobCancelled):
        drive(operation, run=run)


def write_out(workspace: Workspace, out: Path, model: str) -> zipfile.ZipFile:
    """Export a model as if its network computed what it should; return what was written."""

    def run(_job: Job, _on_update: object) -> Ending:
        return Finished(np.array(GOLDEN, np.float32))

    drive(export_bundle(workspace=workspace, out=out, model_id=model), run=run)
    return zipfile.ZipFile(out)


def state_of(workspace: Workspace) -> tuple[list[ModelRecord], str | None, set[str]]:
    """Return the models of a project, its champion, and the folders of models."""
    project = workspace.project
    folders = {folder.name for folder in project.models_folder.iterdir()}
    return project.models(), project.champion(), folders
