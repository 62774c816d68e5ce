"""Suspect labels: what confident learning found, and what still holds of it after more verdicts."""

from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.domain.labels import POSITIVE, UNLABELLED


@dataclass(frozen=True, kw_only=True, eq=False)
class Suspects:
    """What was found when label errors were looked for; all arrays are (N,).

    Verdicts since then do not make it useless: no tile's own label had a part in its probability,
    so how well a label fits can be told of a new one as of the old.

    Args:
        probability: float32 out-of-sample probability of the positive class.
        labels: int8 labels at the time, `UNLABELLED` where there was none.
        suspect: bool: confident learning counts the label among the wrong ones.
        wanted: float32 ActiveLab score, 0-1; the lowest want another label most.
        through: Newest verdict sequence it was made from.
        model: Id of the model whose embeddings were asked; '' where networks were trained for it.
    """

    probability: Float32
    labels: Int8
    suspect: Bool
    wanted: Float32
    through: int
    model: str

    def quality(self, effective: Int8, tiles: Int64 | slice) -> Float32:
        """Return (n,) float32 probability of the label that some tiles have now; NaN without one.

        Args:
            effective: (n,) int8 labels of the tiles.
            tiles: The tiles.
        """
        positive = self.probability[tiles]
        fits = np.where(effective == POSITIVE, positive, 1 - positive)
        return np.where(effective == UNLABELLED, np.float32(np.nan), fits).astype(np.float32)

    def stands(self, effective: Int8, decided_at: Int64, tiles: Int64 | slice) -> Bool:
        """Return (n,) bool: tiles whose label is suspect, and that nobody has decided since.

        What was found is about the label of then: it says nothing of another one.

        Args:
            effective: (n,) int8 labels of the tiles.
            decided_at: (n,) int64 sequence of the verdict on each of the tiles, 0 where none.
            tiles: The tiles.
        """
        judged = self.labels[tiles] == effective
        return np.asarray(self.suspect[tiles] & judged & (decided_at <= self.through))
