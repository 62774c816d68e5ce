"""Where a model's embeddings are, and how a compute process is told of them."""

from pathlib import Path

from histoviewer.domain.embeddings import Embeddings
from histoviewer.ml.embedding_requests import EmbeddingFile
from histoviewer.project.project import Project


def embeddings_path(project: Project, model_id: str) -> Path:
    """Return where the embeddings by a model's own network are: (N, D) float16."""
    return project.model_folder(model_id) / "embeddings.npy"


def embedding_file(project: Project, embeddings: Embeddings) -> EmbeddingFile:
    """Return embeddings as a compute process is told of them: by path, for they are large."""
    path = embeddings_path(project, embeddings.model)
    return EmbeddingFile(path=path, fingerprint=embeddings.fingerprint)
