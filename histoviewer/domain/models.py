"""What the project remembers of a trained model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class ModelRecord:
    """One entry of the model registry.

    Args:
        id: Folder name under `models/`, such as '003-histo-fast'.
        number: Counts from 1; shown as 'model 3'.
        recipe: Name of the recipe.
        created: UTC time.
        seed: Seed of the run.
        parent: Id of the model that training started from; None where it started from scratch.
        learned_through: Newest verdict sequence whose label it was trained on.
        data_fingerprint: Fingerprint of the packed tiles it was trained on.
        metrics: Figures by name: 'val_auc', 'val_accuracy', 'val_loss', 'epochs', 'seconds', …
    """

    id: str
    number: int
    recipe: str
    created: datetime
    seed: int
    parent: str | None
    learned_through: int
    data_fingerprint: str
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def val_auc(self) -> float:
        """Return the area under the ROC curve on the validation tiles; NaN where unknown."""
        return self.metrics.get("val_auc", float("nan"))


@dataclass(frozen=True, kw_only=True)
class ChampionRecord:
    """One time that a model became champion.

    Args:
        model: Id of the model.
        since: UTC time.
        reason: Why, in words.
    """

    model: str
    since: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExportRecord:
    """One submission that was written.

    Args:
        path: Where it was written.
        model: Id of the model whose scores it holds.
        created: UTC time.
        rows: Number of rows.
        hard: Whether labels were written in place of probabilities.
        sha256: Digest of the file's bytes.
    """

    path: str
    model: str
    created: datetime
    rows: int
    hard: bool
    sha256: str
