"""The tables of a recipe besides its network: input, augmentation, sampling, training, stopping.

Field names are the keys of the file, and the docstrings here what they mean.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from histoviewer.domain.strict import Between

LEAST_RATE: Final = 1e-7
MOST_BATCH: Final = 65_536


@dataclass(frozen=True, kw_only=True)
class Input:
    """What the network makes of a raw tile; becomes its first layers.

    Args:
        size: Side in pixels that tiles are resized to; None keeps the project's.
        channels: Colour, or one grey channel (ITU-R BT.601 luma).
        preprocessing: 'rescale' to 0-1, 'standardise' each tile by its own mean and deviation,
            'raw' 0-255, or 'backbone' for what the pretrained network was trained with.
    """

    size: Annotated[int, Between(8, 1024)] | None = None
    channels: Literal["rgb", "grey"] = "rgb"
    preprocessing: Literal["rescale", "standardise", "raw", "backbone"] = "rescale"


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Random changes of training tiles that do not change their label.

    Args:
        flips: Mirror left-right and up-down, each for half of the tiles.
        quarter_turns: Turn by a multiple of 90 degrees; with `flips` the 8 symmetries of a square.
        rotation: Turn by up to so many degrees either way.
        zoom: Width and height are each multiplied by a number from 1 - s to 1 + s.
        shift: Move by up to this share of the side, along each axis.
        shear: Rows slide by up to this share of the height against each other.
        channel_shift: Each channel is moved on its own by up to this share of the full range.
        stain_jitter: Strength s of the H&E jitter: each stain's optical density is multiplied by a
            number from 1 - s to 1 + s.
        stain_shift: To each stain's density a number from -s to s is added, in optical density.
        brightness: All channels are moved by up to this share of the full range.
        contrast: Each tile's contrast is multiplied by a number from 1 - s to 1 + s.
    """

    flips: bool = False
    quarter_turns: bool = False
    rotation: Annotated[float, Between(0.0, 180.0)] = 0.0
    zoom: Annotated[float, Between(0.0, 0.9)] = 0.0
    shift: Annotated[float, Between(0.0, 0.9)] = 0.0
    shear: Annotated[float, Between(0.0, 0.9)] = 0.0
    channel_shift: Annotated[float, Between(0.0, 1.0)] = 0.0
    stain_jitter: Annotated[float, Between(0.0, 1.0)] = 0.0
    stain_shift: Annotated[float, Between(0.0, 1.0)] = 0.0
    brightness: Annotated[float, Between(0.0, 1.0)] = 0.0
    contrast: Annotated[float, Between(0.0, 1.0)] = 0.0

    @property
    def warps(self) -> bool:
        """Return whether pixels move other than by the symmetries of a square."""
        return any((self.rotation, self.zoom, self.shift, self.shear))

    @property
    def recolours(self) -> bool:
        """Return whether colours change."""
        stains = self.stain_jitter or self.stain_shift
        return any((stains, self.brightness, self.contrast, self.channel_shift))


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Which training tiles a run learns from, and which of them an epoch shows.

    The validation tiles are the project's and never change with a recipe.

    Args:
        kind: 'all' shows each once; 'balanced' draws as many positives as negatives; 'cut' leaves
            tiles of the larger class out, at random, until both are equal; 'weights' shows each
            once and weighs its loss so that both classes count the same.
        cap: At most so many training tiles, drawn at random, classes in proportion (halves with
            'cut'). None for all. What waits for retraining is always added.
        tiles_per_epoch: An epoch shows at most so many; the next goes on from there. None for all.
    """

    kind: Literal["all", "balanced", "cut", "weights"] = "all"
    cap: Annotated[int, Between(2, 100_000_000)] | None = None
    tiles_per_epoch: Annotated[int, Between(1, 100_000_000)] | None = None


@dataclass(frozen=True, kw_only=True)
class Optimiser:
    """How weights are changed.

    Args:
        learning_rate: Highest learning rate of the run.
        schedule: 'constant', or 'cosine' down to zero at the end (Loshchilov & Hutter 2017).
        warmup: Share of the run in which the rate climbs linearly from zero.
        weight_decay: Decoupled, for 'adamw'.
        momentum: For 'sgd'.
        clip_norm: Upper bound of the gradient's global norm; None for none.
    """

    kind: Literal["adam", "adamw", "sgd"] = "adam"
    learning_rate: Annotated[float, Between(LEAST_RATE, 10.0)] = 1e-3
    schedule: Literal["constant", "cosine"] = "constant"
    warmup: Annotated[float, Between(0.0, 0.9)] = 0.0
    weight_decay: Annotated[float, Between(0.0, 1.0)] = 0.0
    momentum: Annotated[float, Between(0.0, 0.999)] = 0.0
    clip_norm: Annotated[float, Between(1e-6, 1e6)] | None = None


@dataclass(frozen=True, kw_only=True)
class Averaging:
    """Exponential moving average of the weights; the average is what is validated and saved.

    Args:
        decay: Share of the average kept at each step; 0 makes the newest weights the model.
    """

    decay: Annotated[float, Between(0.0, 0.99999)] = 0.0


@dataclass(frozen=True, kw_only=True)
class Training:
    """The frame of a run.

    Args:
        epochs: Most epochs.
        batch: Tiles a step; fewer where there are fewer tiles.
        label_smoothing: Share by which labels are moved towards 0.5.
        norm_momentum: Of batch normalisation. Keras' 0.99 lags behind with few steps an epoch.
        statistics: Whose mean and deviation batch normalisation takes in the model that is kept:
            those of 'training' tiles, or of 'unlabelled' ones, which the model is for and which may
            be stained otherwise (Li et al. 2018, 'Adaptive batch normalization'), where there are
            enough of these and validation is better so. Which epoch is kept is decided with the
            former; adapted, it has to be better than the last one adapted as well.
        precision: 'auto' computes in bfloat16 where the processor has it, weights stay in float32.
        symmetry: 'dihedral' keeps the weights such that a tile's score is the same however it is
            flipped or turned by quarters; each feature then comes in eight orientations. 'pooled'
            trains a plain network; the one that is kept looks at each tile in its eight
            orientations and takes the mean of the features before the head, so that it costs eight
            times as much to score; 'half-turn' does so with two, upright and upside down.
        members: So many networks of the recipe's blocks are trained side by side, each from its own
            random start, on tiles that were augmented for it and by what it says alone; the model
            is one network that says the mean of their logits (Lakshminarayanan et al. 2017, 'Deep
            ensembles').
        solver: 'gradient' trains step by step; 'logistic' fits the output layer alone to its end
            (scikit-learn), for a recipe that has nothing else to train.
    """

    epochs: Annotated[int, Between(1, 100_000)] = 20
    batch: Annotated[int, Between(1, MOST_BATCH)] = 64
    label_smoothing: Annotated[float, Between(0.0, 0.5)] = 0.0
    norm_momentum: Annotated[float, Between(0.0, 0.9999)] = 0.99
    statistics: Literal["training", "unlabelled"] = "training"
    precision: Literal["auto", "float32", "mixed_bfloat16"] = "auto"
    symmetry: Literal["none", "dihedral", "pooled", "half-turn"] = "none"
    members: Annotated[int, Between(1, 16)] = 1
    solver: Literal["gradient", "logistic"] = "gradient"

    @property
    def adapts(self) -> bool:
        """Return whether normalisation may take the statistics of unlabelled tiles."""
        return self.statistics == "unlabelled"


# Validation figure that decides over epochs.
Monitor = Literal["auc", "loss", "accuracy"]


@dataclass(frozen=True, kw_only=True)
class Stopping:
    """When a run ends early, and which of its epochs becomes the model.

    A loss that is no longer a number ends every run, and nothing of it is kept.

    Args:
        monitor: Validation figure that decides.
        patience: Epochs without a better one after which the run ends; None never ends it.
        min_delta: What is better by no more than this does not count as better.
        keep: The 'best' epoch becomes the model, or the 'last'.
    """

    monitor: Monitor = "auc"
    patience: Annotated[int, Between(1, 100_000)] | None = None
    min_delta: Annotated[float, Between(0.0, 1.0)] = 0.0
    keep: Literal["best", "last"] = "best"


@dataclass(frozen=True, kw_only=True)
class Plateau:
    """Lowers the learning rate where validation no longer improves.

    Args:
        monitor: Validation figure that decides.
        patience: Epochs without a better one before that; None never lowers it.
        factor: Multiplies the learning rate each time.
        min_delta: What is better by no more than this does not count as better.
        lowest: The factors together do not go below this share of the rate.
    """

    monitor: Monitor = "loss"
    patience: Annotated[int, Between(1, 100_000)] | None = None
    factor: Annotated[float, Between(0.01, 0.99)] = 0.1
    min_delta: Annotated[float, Between(0.0, 1.0)] = 1e-4
    lowest: Annotated[float, Between(0.0, 1.0)] = 0.0


@dataclass(frozen=True, kw_only=True)
class Finetuning:
    """A second part of the run, in which more of a pretrained network is trained, gently.

    It goes on from the epoch that the first part kept.

    Args:
        epochs: Most epochs; 0 for no such part.
        frozen_below: In place of the backbone's.
        rate_factor: Multiplies the learning rate.
    """

    epochs: Annotated[int, Between(0, 100_000)] = 0
    frozen_below: str = ""
    rate_factor: Annotated[float, Between(1e-4, 1.0)] = 0.1


@dataclass(frozen=True, kw_only=True)
class Retraining:
    """What differs when a run starts from a trained model.

    Args:
        epochs: Most epochs.
        rate_factor: Multiplies the learning rate.
        oversample: How often each queued tile stands in the list that an epoch shuffles.
    """

    epochs: Annotated[int, Between(1, 100_000)] = 5
    rate_factor: Annotated[float, Between(1e-4, 1.0)] = 0.1
    oversample: Annotated[int, Between(1, 1000)] = 4
