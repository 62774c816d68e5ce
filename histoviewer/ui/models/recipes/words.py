"""What the keys, tables and blocks of a recipe are called in the form, and what they mean.

A key without words here is called by its name: new ones appear in the form by themselves.
"""

from typing import Final

from histoviewer.ui.models.recipes.network_words import NETWORK
from histoviewer.ui.models.recipes.training_words import TRAINING
from histoviewer.ui.models.recipes.wording import Words
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate


def words_of(section: str, key: str) -> Words:
    """Return the words of a key in the reader's language.

    Args:
        section: Key of its table in the recipe; '' for the recipe itself.
        key: Its name in that table.
    """
    known = _KEYS.get((section, key), Words(title=_spelt_out(key)))
    return Words(
        title=translate("recipes", known.title),
        tip=translate("recipes", known.tip) if known.tip else "",
        unit=translate("recipes", known.unit) if known.unit else "",
        without=translate("recipes", known.without) if known.without else "",
    )


def section_title(section: str) -> str:
    """Return what a table of the recipe is called in the reader's language."""
    return translate("recipes", _SECTIONS.get(section, _spelt_out(section)))


def block_title(kind: str) -> str:
    """Return what a kind of block is called in the reader's language."""
    return translate("recipes", _BLOCKS.get(kind, _spelt_out(kind)))


def _spelt_out(key: str) -> str:
    return key.replace("_", " ").capitalize()


_SECTIONS: Final = {
    "input": QT_TRANSLATE_NOOP("recipes", "Input"),
    "blocks": QT_TRANSLATE_NOOP("recipes", "Blocks"),
    "head": QT_TRANSLATE_NOOP("recipes", "Head"),
    "dense": QT_TRANSLATE_NOOP("recipes", "Dense layers"),
    "augmentation": QT_TRANSLATE_NOOP("recipes", "Augmentation"),
    "sampling": QT_TRANSLATE_NOOP("recipes", "Sampling"),
    "optimiser": QT_TRANSLATE_NOOP("recipes", "Optimiser"),
    "averaging": QT_TRANSLATE_NOOP("recipes", "Weight averaging"),
    "training": QT_TRANSLATE_NOOP("recipes", "Run"),
    "stopping": QT_TRANSLATE_NOOP("recipes", "Early stopping"),
    "plateau": QT_TRANSLATE_NOOP("recipes", "Plateau"),
    "finetuning": QT_TRANSLATE_NOOP("recipes", "Fine-tuning"),
    "retraining": QT_TRANSLATE_NOOP("recipes", "Retraining"),
}

_BLOCKS: Final = {
    "conv": QT_TRANSLATE_NOOP("recipes", "Convolution"),
    "separable": QT_TRANSLATE_NOOP("recipes", "Separable convolution"),
    "residual": QT_TRANSLATE_NOOP("recipes", "Residual"),
    "pool": QT_TRANSLATE_NOOP("recipes", "Pooling"),
    "norm": QT_TRANSLATE_NOOP("recipes", "Normalisation"),
    "activation": QT_TRANSLATE_NOOP("recipes", "Activation"),
    "dropout": QT_TRANSLATE_NOOP("recipes", "Dropout"),
    "brightness": QT_TRANSLATE_NOOP("recipes", "Brightness"),
    "backbone": QT_TRANSLATE_NOOP("recipes", "Backbone"),
}

_KEYS: Final = {**NETWORK, **TRAINING}
