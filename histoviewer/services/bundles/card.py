"""The card of a model: what it was made from, how good it was there, what it is not for."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Int8
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.models import ModelRecord
from histoviewer.project.facts import ProjectInfo

_FIGURES = {
    "val_auc": "area under the ROC curve",
    "val_accuracy": "accuracy at 0.5",
    "val_sensitivity": "sensitivity at 0.5",
    "val_specificity": "specificity at 0.5",
    "val_loss": "log loss",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class CardFacts:
    """What a card is written from.

    Args:
        model: The model.
        info: Key facts of its project.
        learned: (N,) int8 labels that it was trained on, -1 for none.
        corrected: How many of these a reader had changed.
    """

    model: ModelRecord
    info: ProjectInfo
    learned: Int8
    corrected: int


def write_card(facts: CardFacts) -> str:
    """Return the card as Markdown."""
    return "\n".join(_lines(facts)) + "\n"


def _lines(facts: CardFacts) -> Iterator[str]:
    model, info = facts.model, facts.info
    learned = facts.learned[facts.learned != UNLABELLED]
    positive = int(np.count_nonzero(learned == 1))
    yield f"# {model.recipe}, model {model.number} of {info.name}"
    yield ""
    yield f"Made {model.created:%Y-%m-%d} by the recipe `{model.recipe}`, seed {model.seed}."
    yield f"It takes tiles of {info.tile_size} x {info.tile_size} pixels, uint8 RGB, and gives the"
    yield f"probability of the class '{info.classes.positive}' (against '{info.classes.negative}')."
    yield ""
    yield "## Data"
    yield ""
    yield f"- {len(learned):,} training tiles, {positive:,} of them positive, layout {info.layout}"
    yield f"- {facts.corrected:,} of their labels were given by readers in place of the data set's"
    yield f"- fingerprint of the tiles: `{model.data_fingerprint}`"
    yield ""
    yield f"## Figures on {int(model.metrics.get('validation_tiles', 0)):,} validation tiles"
    yield ""
    for name, words in _FIGURES.items():
        value = model.metrics.get(name, math.nan)
        if math.isfinite(value):
            yield f"- {words}: {value:.4f}"
    yield ""
    yield "## Limits"
    yield ""
    yield "- The figures hold for tiles like these: same stain, scanner and magnification."
    yield "- The epoch kept was chosen on these validation tiles, which flatters the figures."
    yield "- Not a medical device: it ranks tiles for a reader and decides nothing."
