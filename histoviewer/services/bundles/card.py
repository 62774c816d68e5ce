"""The card of a model: what it was made from, how good it was there, what it is not for."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from histoviewer.domain.labels import POSITIVE
from histoviewer.domain.models import ModelRecord
from histoviewer.project.facts import ProjectInfo
from histoviewer.services.bundles.origins import Schooling

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
        schooling: What it was trained on.
    """

    model: ModelRecord
    info: ProjectInfo
    schooling: Schooling


def write_card(facts: CardFacts) -> str:
    """Return the card as Markdown."""
    return "\n".join(_lines(facts)) + "\n"


def _lines(facts: CardFacts) -> Iterator[str]:
    model, info = facts.model, facts.info
    yield f"# {model.recipe}, model {model.number} of {info.name}"
    yield ""
    yield f"Made {model.created:%Y-%m-%d} by the recipe `{model.recipe}`, seed {model.seed}."
    yield f"It takes tiles of {info.tile_size} x {info.tile_size} pixels, uint8 RGB, and gives the"
    yield f"probability of the class '{info.classes.positive}' (against '{info.classes.negative}')."
    yield ""
    yield "## Data"
    yield ""
    yield from _schooling_lines(facts.schooling, info)
    if adapted := model.metrics.get("unlabelled_tiles"):
        yield f"- its normalisation is adapted to {int(adapted):,} tiles without labels"
    yield f"- fingerprint of the tiles: `{model.data_fingerprint}`"
    yield ""
    yield f"## Figures on {int(model.metrics.get('validation_tiles', 0)):,} validation tiles"
    yield ""
    for name, words in _FIGURES.items():
        value = model.figure(name)
        if math.isfinite(value):
            yield f"- {words}: {value:.4f}"
    if model.val_tta:
        yield "- each score that they rest on is the mean over eight flips and turns of the tile"
    yield ""
    yield "## Limits"
    yield ""
    yield "- The figures hold for tiles like these: same stain, scanner and magnification."
    yield "- The epoch kept was chosen on these validation tiles, which flatters the figures."
    yield "- Not a medical device: it ranks tiles for a reader and decides nothing."


def _schooling_lines(schooling: Schooling, info: ProjectInfo) -> Iterator[str]:
    labels = schooling.taught.labels
    positive = int(np.count_nonzero(labels == POSITIVE))
    yield f"- {len(labels):,} training tiles, {positive:,} of them positive, layout {info.layout}"
    if schooling.elsewhere:
        yield (
            f"- {schooling.elsewhere:,} of them in another project: it was trained further from a "
            "model that came from there"
        )
    for number in schooling.unknown:
        yield (
            f"- what model {number} was trained on before it came from another project is not "
            "known any more"
        )
    corrected = schooling.corrected
    yield f"- {corrected:,} of their labels were given by readers in place of the data set's"
