"""What the project remembers of a trained model."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypedDict

from histoviewer.domain.path_names import as_path_part

# How an ensemble puts its members together: the mean of their probabilities, or the mean of the
# places that tiles have in their orders.
Combining = Literal["mean", "ranks"]


class ModelKind(StrEnum):
    """Where a model comes from."""

    TRAINED = "trained"
    IMPORTED = "imported"  # from a bundle: trained elsewhere, on other tiles or other labels
    ENSEMBLE = "ensemble"  # no network of its own: its scores are made of those of others
    HEAD = "head"  # its parent's network with the last layer trained anew on frozen embeddings


@dataclass(frozen=True, kw_only=True)
class Blend:
    """What an ensemble is made of.

    Args:
        members: Ids of the models, none twice; a single one where only `tta` is wanted.
        how: How their scores are put together.
        tta: Whether each member's score is the mean over the eight flips and quarter turns.
    """

    members: tuple[str, ...]
    how: Combining = "mean"
    tta: bool = False


def new_model_id(number: int, recipe: str) -> str:
    """Return the id of a new model, which is the name of its folder: '003-histo-fast'."""
    return f"{number:03d}-{as_path_part(recipe)}"


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
        metrics: Figures by name: 'val_auc', 'val_accuracy', 'val_loss', 'epochs', 'seconds', …;
            'val_tta' is 1 where those on the validation tiles rest on means over eight views.
        kind: Where it comes from.
        blend: What it is made of; for an ensemble, and for nothing else.
        learned_step: Newest step of the verdict log when training began, an undo being one too;
            None where that was not noted.
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
    kind: ModelKind = ModelKind.TRAINED
    blend: Blend | None = None
    learned_step: int | None = None

    @property
    def val_auc(self) -> float:
        """Return the area under the ROC curve on the validation tiles; NaN where unknown."""
        return self.figure("val_auc")

    def figure(self, name: str) -> float:
        """Return a figure; NaN where it is unknown, or a loss of what are no probabilities."""
        is_told = name != "val_loss" or self.gives_probabilities
        return self.metrics.get(name, math.nan) if is_told else math.nan

    @property
    def gives_probabilities(self) -> bool:
        """Return whether its scores are probabilities: the mean of places in an order is none."""
        return self.blend is None or self.blend.how != "ranks"

    @property
    def val_tta(self) -> bool:
        """Return whether figures on the validation tiles rest on means over eight flips and turns.

        A training judges each tile once. Who was judged by its scores was so by what these were.
        """
        if self.blend is not None:
            return self.blend.tta
        return self.metrics.get("val_tta", 0.0) > 0


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
        number: Counts from 1 in the order of the exports; None until it is stored.
        public_score: Kaggle's public score of it, as the reader typed it in; None where unknown.
        private_score: Kaggle's private score, likewise.
    """

    path: str
    model: str
    created: datetime
    rows: int
    hard: bool
    sha256: str
    number: int | None = None
    public_score: float | None = None
    private_score: float | None = None


class KaggleScores(TypedDict, total=False):
    """What Kaggle said of an export: None takes back what was noted, what is left out stays."""

    public: float | None
    private: float | None
