"""Searching for a better recipe: what varies, and what came of each trial."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Final, Literal, get_args

from histoviewer.domain.blocks import (
    Block,
    ConvBlock,
    DropoutBlock,
    ResidualBlock,
    SeparableBlock,
)
from histoviewer.domain.recipe import Recipe
from histoviewer.domain.recipe_tables import LEAST_RATE, MOST_BATCH

Method = Literal["random", "hyperband", "bayesian"]
TRIALS_FILE: Final = "trials.json"
METHODS: Final[tuple[Method, ...]] = get_args(Method)

# Keys of filters, stage by stage: 'filters1', 'filters2', …
FILTERS: Final = "filters"

_FACTORS: Final = (0.5, 0.75, 1.0, 1.5, 2.0)
_ROUND_TO: Final = 8  # filters: what vector units like
_MOST_FILTERS: Final = 4096
_HIGH_RATE: Final = 1.0  # above it nothing is found, unless a recipe has such a rate itself
_DROPOUTS: Final = (0.0, 0.1, 0.2, 0.3, 0.5)
_MOST_DROPOUT: Final = 0.95  # what a recipe can have
_DIGITS: Final = 6  # of a dropout that was scaled: a file should say 0.06, not 0.060000000000000005
_Wide = ConvBlock | SeparableBlock | ResidualBlock  # blocks that have filters


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of some values.

    Args:
        key: What varies, as in `apply`.
        values: The values.
    """

    key: str
    values: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class ScaledChoice(Choice):
    """One of some values for the largest number of several, the others keep their ratio to it.

    Searches are told apart by what their dimensions hold: one in which the same values stood for
    something else is not carried on.

    Args:
        own: The numbers of the recipe.
    """

    own: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Range:
    """Any number between two, drawn evenly on a logarithmic scale.

    Args:
        key: What varies, as in `apply`.
        low: The least.
        high: The most.
    """

    key: str
    low: float
    high: float


Dimension = Choice | Range


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One recipe that was tried.

    Args:
        number: Counts from 1 in the order in which trials began.
        values: What was varied, by key.
        epochs: How many it could train.
        val_auc: Validation AUC of the epoch kept; None where it failed.
        val_loss: Likewise.
        seconds: Time that it took.
        parameters: Of its network; None where it failed before there was one.
        batch: Tiles a step, fewer than were asked for where memory was short or there are no more;
            None where it failed.
        fault: Why it failed, one sentence; '' where it did not.
    """

    number: int
    values: Mapping[str, float]
    epochs: int
    val_auc: float | None = None
    val_loss: float | None = None
    seconds: float = 0.0
    parameters: int | None = None
    batch: int | None = None
    fault: str = ""

    @property
    def batch_asked(self) -> int | None:
        """Return the tiles a step that were asked for, where it trained with others; else None."""
        asked = self.values.get("batch")
        if asked is None or self.batch is None or asked == self.batch:
            return None
        return int(asked)


@dataclass(frozen=True, kw_only=True)
class SearchOutcome:
    """What a search found.

    Args:
        trials: All trials in the order of their numbers, those of earlier calls included.
        best: Number of the trial with the highest validation AUC; None where none has succeeded.
        recipe: The best recipe as TOML; '' where none has succeeded.
        is_done: Whether there is nothing left to try; else it was out of time or cancelled.
    """

    trials: Sequence[Trial] = field(default_factory=tuple)
    best: int | None = None
    recipe: str = ""
    is_done: bool = False


def space_of(recipe: Recipe) -> tuple[Dimension, ...]:
    """Return what a search varies of a recipe: around its own values, which are among them."""
    rate, batch = recipe.optimiser.learning_rate, recipe.training.batch
    batches = sorted({max(1, batch // 2), batch, min(2 * batch, MOST_BATCH)})
    return (
        *_filters_of(recipe),
        Range(
            key="learning_rate",
            low=max(LEAST_RATE, rate / 10),
            high=max(rate, min(_HIGH_RATE, rate * 10)),
        ),
        _dropout_of(recipe),
        Choice(key="batch", values=tuple(map(float, batches))),
    )


def apply(recipe: Recipe, values: Mapping[str, float]) -> Recipe:
    """Return a recipe with other values.

    Args:
        recipe: The one to change.
        values: By key: 'filters1' replaces those of the first stage, and so on; 'learning_rate' and
            'batch' replace those of the recipe. 'dropout' replaces that before the first dense
            layer; where there is none and the recipe has others, it is the largest of these, and
            the rest keep their ratio to it. Other keys are left alone.
    """
    blocks: list[Block] = list(recipe.blocks)
    for number, places in enumerate(_stages(recipe), start=1):
        for place in places:
            block = blocks[place]
            assert isinstance(block, _Wide)
            filters = int(values.get(f"{FILTERS}{number}", block.filters))
            blocks[place] = replace(block, filters=filters)
    rate = values.get("learning_rate", recipe.optimiser.learning_rate)
    batch = int(values.get("batch", recipe.training.batch))
    changed = replace(
        recipe,
        blocks=tuple(blocks),
        optimiser=replace(recipe.optimiser, learning_rate=rate),
        training=replace(recipe.training, batch=batch),
    )
    return _with_dropout(changed, values["dropout"]) if "dropout" in values else changed


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """Return the trial with the highest validation AUC, the earlier one of two; None for none."""
    known = [trial for trial in trials if trial.val_auc is not None]
    return max(known, key=lambda trial: (trial.val_auc, -trial.number), default=None)


def read_trials(folder: Path) -> list[Trial]:
    """Return the trials kept in the folder of a search; none where there are none yet.

    A damaged file counts as none: what was tried can be tried again.
    """
    try:
        kept = json.loads((folder / TRIALS_FILE).read_text(encoding="utf-8"))
        return [Trial(**row) for row in kept["trials"]]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def _stages(recipe: Recipe) -> list[list[int]]:
    """Return the places of the blocks of each stage: those in a row that have the same filters."""
    wide = [
        (place, block.filters)
        for place, block in enumerate(recipe.blocks)
        if isinstance(block, _Wide)
    ]
    return [[place for place, _ in stage] for _, stage in groupby(wide, key=lambda one: one[1])]


def _filters_of(recipe: Recipe) -> list[Choice]:
    """Return the filters that each stage could have, its own among them."""
    # Orientations come in eights, and halves of the maps must not part them.
    step = _ROUND_TO if recipe.training.symmetry == "none" else 2 * _ROUND_TO
    found = []
    for number, places in enumerate(_stages(recipe), start=1):
        block = recipe.blocks[places[0]]
        assert isinstance(block, _Wide)
        near = {max(step, step * round(block.filters * factor / step)) for factor in _FACTORS}
        values = sorted(float(n) for n in near | {block.filters} if n <= _MOST_FILTERS)
        found.append(Choice(key=f"{FILTERS}{number}", values=tuple(values)))
    return found


def _dropout_of(recipe: Recipe) -> Choice:
    """Return the dropouts that a recipe could have, its own among them."""
    own = _scaled_dropouts(recipe)
    values = tuple(sorted({*_DROPOUTS, max(own, default=recipe.head.dropout)}))
    if own:
        return ScaledChoice(key="dropout", values=values, own=own)
    return Choice(key="dropout", values=values)


def _scaled_dropouts(recipe: Recipe) -> tuple[float, ...]:
    """Return the dropouts that vary together; none where it is that before the dense layers.

    A recipe that drops elsewhere has its dropout there: one more would be another network.
    """
    blocks = [block.rate for block in recipe.blocks if isinstance(block, DropoutBlock)]
    own = (*blocks, *(dense.dropout for dense in recipe.head.dense))
    return own if recipe.head.dropout == 0 and any(own) else ()


def _with_dropout(recipe: Recipe, value: float) -> Recipe:
    """Return a recipe with another dropout, as `apply` says."""
    own = _scaled_dropouts(recipe)
    if not own:
        return replace(recipe, head=replace(recipe.head, dropout=value))
    factor = value / max(own)
    blocks = tuple(
        replace(block, rate=_scaled(block.rate, factor))
        if isinstance(block, DropoutBlock)
        else block
        for block in recipe.blocks
    )
    dense = tuple(
        replace(layer, dropout=_scaled(layer.dropout, factor)) for layer in recipe.head.dense
    )
    return replace(recipe, blocks=blocks, head=replace(recipe.head, dense=dense))


def _scaled(rate: float, factor: float) -> float:
    """Return a dropout times a factor; as it was, digit by digit, where that is 1."""
    return rate if factor == 1 else min(_MOST_DROPOUT, round(rate * factor, _DIGITS))
