"""Operations driven in the test's own process, and embeddings as embedding leaves them."""

from collections.abc import Callable
from importlib import import_module

import numpy as np

from histoviewer.domain.models import ModelRecord
from histoviewer.files import digest_of
from histoviewer.jobs.job import Job, Operation
from histoviewer.jobs.messages import Finished
from histoviewer.jobs.runner import drive
from histoviewer.ml.unfinished import UnfinishedRows
from histoviewer.services.embedding_file import embeddings_path
from histoviewer.services.opening import Workspace

JOBS: list[Job] = []


def here(operation: Operation):
    """Drive an operation with its jobs in this process: they import no Keras."""

    def run(job: Job, _on_update: Callable[[object], None]) -> Finished:
        JOBS.append(job)
        module, _, name = job.target.partition(":")
        body = getattr(import_module(module), name)(job.request, lambda: False)
        while True:
            try:
                next(body)
            except StopIteration as end:
                return Finished(end.value)

    JOBS.clear()
    return drive(operation, run=run)


def embed(workspace: Workspace, model: ModelRecord, values: np.ndarray) -> None:
    project = workspace.project
    key = {
        "model": digest_of(project.model_folder(model.id) / "model.keras"),
        "fingerprint": project.info.data_fingerprint,
        "count": len(values),
    }
    path = embeddings_path(project, model.id)
    rows = UnfinishedRows(
        path, key, shape=values.shape, dtype=np.dtype(np.float16), what="the embeddings"
    )
    with rows.opened():
        rows.write(values)
    rows.finish()
