"""Embeddings as embedding leaves them."""

import numpy as np

from histoviewer.domain.models import ModelRecord
from histoviewer.files import digest_of
from histoviewer.ml.unfinished import UnfinishedRows
from histoviewer.services.embedding_file import embeddings_path
from histoviewer.services.opening import Workspace


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
