"""A map in which tiles lie on a square lattice, row after row."""

from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.embedding_map import Layout
from histoviewer.project.derived import DerivedFiles
from histoviewer.project.project import Project
from histoviewer.services.embedding import read_embeddings
from histoviewer.services.ranking import find_model

SIDE: Final = 9  # tiles in a row


def write_map(path: Path, layout: Layout = Layout.UMAP, *, key: str | None = None) -> None:
    """Keep such a map of the embeddings of now, or as one that was made from `key`."""
    with Project.open(path) as project:
        model = find_model(project, None)
        embeddings = read_embeddings(project, model)
        tiles = np.arange(project.tile_count)
        places = np.column_stack([tiles % SIDE, tiles // SIDE]).astype(np.float32)
        arrays = {"places": places, "model": np.array(model.id)}
        name, made_from = f"embedding-map-{layout}", key or embeddings.fingerprint
        DerivedFiles(project).write(name, arrays, key=made_from)
