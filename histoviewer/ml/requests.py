"""What the jobs of this room are asked and what they answer.

Plain values, no Keras: services import it in the process of the window.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int32, Int64, UInt8
from histoviewer.domain.recipe import Recipe
from histoviewer.domain.search import Dimension, Method
from histoviewer.domain.source import TileSource

BACKENDS: Final = ("tensorflow", "torch", "jax")

MODEL_FILE: Final = "model.keras"
RECIPE_FILE: Final = "recipe.toml"
HISTORY_FILE: Final = "history.csv"
METRICS_FILE: Final = "metrics.json"


def _no_tiles() -> Int64:
    return np.empty(0, np.int64)


@dataclass(frozen=True, kw_only=True)
class TrainRequest:
    """Train one model.

    Args:
        tiles: Where the pixels come from.
        labels: (N,) int8 effective labels; only those of the tiles named below are looked at.
        train: Indexes to train on.
        validation: Indexes to validate on; none of them is in `train` or `extra`.
        extra: Indexes shown more often, the retraining queue; added to `train` where missing, left
            out where they have no label.
        extra_weights: (e,) float32 by how much each of them is shown more often than `extra` tiles
            usually are; None for all alike.
        unlabelled: Indexes of the tiles that nobody has labelled, for recipes that adapt to them.
        recipe: What to train and how.
        folder: The run's folder; it must not exist and appears when whole.
        seed: The same seed, data and machine give the same model.
        epochs: In place of the recipe's number.
        max_seconds: Ends the run in time; the learning rate schedule is fitted to it.
        start_from: A saved model whose weights are the start; makes it a retraining.
        weights: A file of pretrained weights, in place of Keras' cache and a download.
    """

    tiles: TileSource
    labels: Int8
    train: Int64
    validation: Int64
    recipe: Recipe
    folder: Path
    extra: Int64 = field(default_factory=_no_tiles)
    extra_weights: Float32 | None = None
    unlabelled: Int64 = field(default_factory=_no_tiles)
    seed: int = 0
    epochs: int | None = None
    max_seconds: float | None = None
    start_from: Path | None = None
    weights: Path | None = None


@dataclass(frozen=True, kw_only=True)
class TrainResult:
    """What a run yielded; its files are in the request's folder.

    Args:
        metrics: As in metrics.json: 'val_auc', 'val_accuracy', 'val_loss', 'best_epoch', 'epochs',
            'seconds', 'tiles_per_second', 'parameters', …; 'start_val_auc' after a retraining.
        used: Indexes of the tiles learned from: the recipe's sampling may leave some out.
        cancelled: Whether it was asked to end early; the model is the best until then.
    """

    metrics: Mapping[str, float]
    used: Int64
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class SearchRequest:
    """Search for a better recipe.

    Args:
        tiles: Where the pixels come from.
        labels: (N,) int8 effective labels.
        train: Indexes to train on.
        validation: Indexes to validate on.
        unlabelled: Indexes of the tiles that nobody has labelled, for recipes that adapt to them.
        recipe: What the search starts from.
        space: What of it varies.
        method: Which oracle chooses.
        trials: How many there are to be, those of earlier calls included.
        folder: Where rows and the oracle's state are kept; what is there is gone on with.
        seed: Of oracle and runs.
        epochs: Of each trial, at most; in place of the recipe's number.
        max_seconds: Ends the search in time; a trial that it cuts short counts for nothing.
        weights: A file of pretrained weights.
    """

    tiles: TileSource
    labels: Int8
    train: Int64
    validation: Int64
    recipe: Recipe
    space: tuple[Dimension, ...]
    method: Method
    trials: int
    folder: Path
    unlabelled: Int64 = field(default_factory=_no_tiles)
    seed: int = 0
    epochs: int | None = None
    max_seconds: float | None = None
    weights: Path | None = None


@dataclass(frozen=True, kw_only=True)
class ScoreRequest:
    """Score every tile.

    Args:
        tiles: Where the pixels come from.
        model: The saved model.
        out: Where the scores go: (N,) float32 .npy.
        fingerprint: Of the tiles; work left by a killed run is only taken up for the same tiles.
        tta: Average over the 8 symmetries of the square; 8 times the work.
    """

    tiles: TileSource
    model: Path
    out: Path
    fingerprint: str
    tta: bool = False


@dataclass(frozen=True, kw_only=True)
class ScoreResult:
    """What scoring did.

    Args:
        count: Tiles with a score.
        seconds: Time taken.
        tiles_per_second: Rate over the tiles of this run.
    """

    count: int
    seconds: float
    tiles_per_second: float


@dataclass(frozen=True, kw_only=True)
class ProbeRequest:
    """Find out what a model file says of some tiles, in float32 whatever the machine prefers.

    Args:
        model: The saved model.
        tiles: (n, H, W, 3) uint8 RGB.
    """

    model: Path
    tiles: UInt8


@dataclass(frozen=True, kw_only=True)
class OnnxRequest:
    """Write a model as ONNX.

    Args:
        model: The saved model.
        out: Where to.
        tiles: (n, H, W, 3) uint8 RGB, on which both must agree.
        facts: What the file says of itself, such as the names of the classes.
    """

    model: Path
    out: Path
    tiles: UInt8
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OnnxResult:
    """What was written.

    Args:
        largest_difference: Between a score of the model and that of the ONNX file.
        opset: Version of the operators that whoever runs it must know.
        size: Bytes of the file.
    """

    largest_difference: float
    opset: int
    size: int


@dataclass(frozen=True, kw_only=True)
class EvaluateRequest:
    """Compare scores with labels.

    Args:
        labels: (n,) int8, 0 or 1.
        scores: (n,) float32 probabilities.
        threshold: Scores from here on count as positive.
    """

    labels: Int8
    scores: Float32
    threshold: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """How well scores match labels.

    Args:
        n: Number of tiles.
        auc: Area under the ROC curve.
        accuracy: Share on the right side of the threshold.
        log_loss: Mean binary cross-entropy in nats.
        sensitivity: Share of the positives found.
        specificity: Share of the negatives left alone.
        hard_auc: What `auc` would be if 0/1 labels were handed in place of the scores.
        is_flat: Whether all scores are the same, so that nothing can be ranked by them.
    """

    n: int
    auc: float
    accuracy: float
    log_loss: float
    sensitivity: float
    specificity: float
    hard_auc: float
    is_flat: bool

    @property
    def figures(self) -> dict[str, float]:
        """Return what is kept of it with a model, as in metrics.json."""
        return {
            "val_auc": self.auc,
            "val_accuracy": self.accuracy,
            "val_loss": self.log_loss,
            "val_sensitivity": self.sensitivity,
            "val_specificity": self.specificity,
            "val_hard_auc": self.hard_auc,
            "validation_tiles": float(self.n),
        }


@dataclass(frozen=True, kw_only=True)
class AssessRequest:
    """Say everything of one model's scores.

    Args:
        model: Its id.
        rows: (n,) int64 indexes of the tiles.
        labels: (n,) int8, 0 or 1.
        scores: (n,) float32 in [0, 1].
        groups: (n,) int32 group numbers, -1 where unknown.
        are_probabilities: Whether the scores are; else there is no calibration to speak of.
    """

    model: str
    rows: Int64
    labels: Int8
    scores: Float32
    groups: Int32
    are_probabilities: bool = True


@dataclass(frozen=True, kw_only=True)
class CompareRequest:
    """Compare two models on the same tiles.

    Args:
        first_model: Id of the one.
        second_model: Id of the other.
        labels: (n,) int8, 0 or 1.
        first: (n,) float32 scores of the one; (k, n) of its k trainings, whose areas are averaged.
        second: (n,) or (k, n) float32 scores of the other.
        groups: (n,) int32 group numbers, -1 where unknown.
    """

    first_model: str
    second_model: str
    labels: Int8
    first: Float32
    second: Float32
    groups: Int32


@dataclass(frozen=True, kw_only=True)
class DescribeRequest:
    """Say what a recipe's network is made of.

    Args:
        recipe: Which network.
        tile_size: Side of the tiles in pixels.
    """

    recipe: Recipe
    tile_size: int
