"""The embedding map as values: where each tile lies on a plane, by which way of laying out."""

from dataclasses import dataclass
from enum import StrEnum

from histoviewer.domain.arrays import Float32


class Layout(StrEnum):
    """How embeddings are laid out on a plane; the value is stored and typed.

    PCA takes a second and shows the two directions in which tiles differ most. UMAP takes minutes
    and puts beside each other what is similar; between its clusters distances mean little.
    """

    UMAP = "umap"
    PCA = "pca"


@dataclass(frozen=True, kw_only=True, eq=False)
class EmbeddingMap:
    """Where every tile of a project lies.

    Args:
        model: Id of the model whose network embedded the tiles.
        layout: How they were laid out.
        places: (N, 2) float32, finite; axes have no unit.
        fingerprint: Of the embeddings; the map is out of date when they have another.
    """

    model: str
    layout: Layout
    places: Float32
    fingerprint: str
