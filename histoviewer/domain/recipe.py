"""A recipe: everything that decides what a model is and how it is trained, as one value.

Recipes are TOML files. Those shipped lie under `resources/recipes/`; a path to any other file works
as well as a name.
"""

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

from histoviewer.domain.blocks import Block, Head
from histoviewer.domain.strict import NOT_IN_FILE, Between, read_table
from histoviewer.errors import InputError
from histoviewer.resources import resource

_LISTED = "One of: {names}; or the path of a .toml file."


@dataclass(frozen=True, kw_only=True)
class Input:
    """What the network makes of a raw tile; becomes its first layers.

    Args:
        size: Side in pixels that tiles are resized to; None keeps the project's.
        channels: Colour, or one grey channel (ITU-R BT.601 luma).
        preprocessing: 'rescale' to 0-1, 'standardise' each tile by its own mean and deviation, or
            'raw' 0-255.
    """

    size: Annotated[int, Between(8, 1024)] | None = None
    channels: Literal["rgb", "grey"] = "rgb"
    preprocessing: Literal["rescale", "standardise", "raw"] = "rescale"


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Random changes of training tiles that do not change their label.

    Args:
        flips: Mirror left-right and up-down, each for half of the tiles.
        quarter_turns: Turn by a multiple of 90 degrees; with `flips` the 8 symmetries of a square.
        stain_jitter: Strength s of the H&E jitter: each stain's optical density is multiplied by a
            number from 1 - s to 1 + s.
        stain_shift: To each stain's density a number from -s to s is added, in optical density.
        brightness: All channels are moved by up to this share of the full range.
        contrast: Each tile's contrast is multiplied by a number from 1 - s to 1 + s.
    """

    flips: bool = False
    quarter_turns: bool = False
    stain_jitter: Annotated[float, Between(0.0, 1.0)] = 0.0
    stain_shift: Annotated[float, Between(0.0, 1.0)] = 0.0
    brightness: Annotated[float, Between(0.0, 1.0)] = 0.0
    contrast: Annotated[float, Between(0.0, 1.0)] = 0.0


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Which tiles an epoch shows.

    Args:
        kind: 'all' shows each once; 'balanced' draws as many positives as negatives; 'weights'
            shows each once and weighs its loss so that both classes count the same.
        tiles_per_epoch: An epoch shows at most so many; the next goes on from there. None for all.
    """

    kind: Literal["all", "balanced", "weights"] = "all"
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
    learning_rate: Annotated[float, Between(1e-7, 10.0)] = 1e-3
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
        precision: 'auto' computes in bfloat16 where the processor has it, weights stay in float32.
    """

    epochs: Annotated[int, Between(1, 100_000)] = 20
    batch: Annotated[int, Between(1, 65_536)] = 64
    label_smoothing: Annotated[float, Between(0.0, 0.5)] = 0.0
    norm_momentum: Annotated[float, Between(0.0, 0.9999)] = 0.99
    precision: Literal["auto", "float32", "mixed_bfloat16"] = "auto"


@dataclass(frozen=True, kw_only=True)
class Stopping:
    """When a run ends early, and which of its epochs becomes the model.

    Args:
        monitor: Validation figure that decides.
        patience: Epochs without a better one after which the run ends; None never ends it.
    """

    monitor: Literal["auc", "loss"] = "auc"
    patience: Annotated[int, Between(1, 100_000)] | None = None


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


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One recipe.

    Args:
        title: One line for lists.
        blocks: The network between input and head.
        name: File name without its ending.
        source: The file's text, kept so that a run stores it word for word.
    """

    title: str
    blocks: tuple[Block, ...]
    input: Input = Input()
    head: Head = field(default_factory=Head)
    augmentation: Augmentation = Augmentation()
    sampling: Sampling = Sampling()
    optimiser: Optimiser = Optimiser()
    averaging: Averaging = Averaging()
    training: Training = Training()
    stopping: Stopping = Stopping()
    retraining: Retraining = Retraining()
    name: str = field(default="", metadata=NOT_IN_FILE)
    source: str = field(default="", repr=False, metadata=NOT_IN_FILE)


def read_recipe(text: str, name: str) -> Recipe:
    """Return the recipe written in TOML.

    Args:
        text: The file's content.
        name: What the recipe is called; also names the file in messages.

    Raises:
        InputError: The text is no TOML, or a key or value is not allowed; it names the key (or the
            line) and what is allowed.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{name}.toml is not valid TOML: {error}.", "Correct that line."
        ) from error
    return replace(read_table(Recipe, table, file=f"{name}.toml"), name=name, source=text)


def recipe_names() -> list[str]:
    """Return the names of the shipped recipes, sorted."""
    return sorted(path.stem for path in resource("recipes").glob("*.toml"))


def load_recipe(name_or_path: str) -> Recipe:
    """Return a shipped recipe by its name, or one from a file by its path.

    Raises:
        InputError: There is no such recipe, or it is not a valid one.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        if name_or_path not in recipe_names():
            raise InputError(
                f"There is no recipe '{name_or_path}'.",
                _LISTED.format(names=", ".join(recipe_names())),
            )
        path = resource("recipes", f"{name_or_path}.toml")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The recipe {path} cannot be read: {error}.", "Check the path."
        ) from error
    return read_recipe(text, path.stem)
