"""A model of a project as ONNX, for programs without Keras."""

from dataclasses import dataclass
from pathlib import Path

from histoviewer.domain.golden import golden_tiles
from histoviewer.domain.models import ModelRecord
from histoviewer.jobs.job import Job, Operation
from histoviewer.ml.requests import OnnxRequest, OnnxResult
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.networks import network_in_use
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model


@dataclass(frozen=True, kw_only=True)
class OnnxOutcome:
    """What was written.

    Args:
        path: The file.
        model: The model in it.
        result: How far its scores are from those of Keras, and the size of the file.
    """

    path: Path
    model: ModelRecord
    result: OnnxResult


def export_onnx(
    *, workspace: Workspace, out: Path, model_id: str | None = None, backend: str | None = None
) -> Operation[OnnxOutcome]:
    """Write a model, the champion by default, as ONNX; its scores are compared with Keras'.

    Raises:
        InputError: There is no such model, it is an ensemble, or a library is missing.
        StorageError: The file could not be written.
    """
    return _export(workspace.project, out, model_id, backend)


def _export(
    project: Project, out: Path, model_id: str | None, backend: str | None
) -> Operation[OnnxOutcome]:
    model, info, environment = find_model(project, model_id), project.info, environment_of(backend)
    facts = {
        "model": model.id,
        "recipe": model.recipe,
        "negative": info.classes.negative,
        "positive": info.classes.positive,
        "data_fingerprint": model.data_fingerprint,
    }
    with network_in_use(project, model) as network:
        path, tiles = (yield from network.file(environment)), golden_tiles(info.tile_size)
        result: OnnxResult = yield Job(
            title="Writing model {number} as ONNX",
            facts={"number": model.number},
            target="histoviewer.ml.work:export_onnx",
            request=OnnxRequest(model=path, out=out, tiles=tiles, facts=facts),
            environment=environment,
        )
    return OnnxOutcome(path=out, model=model, result=result)
