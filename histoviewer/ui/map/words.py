"""What the map calls its layouts, colourings and categories."""

from typing import Final

from histoviewer.domain.embedding_map import Layout
from histoviewer.domain.labels import NEGATIVE, POSITIVE, ClassNames
from histoviewer.domain.map_colouring import SCORE_STEPS, Category, ColourBy, Kind
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import State
from histoviewer.ui.review import filter_words
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate

_COLOURINGS: Final = {
    ColourBy.LABEL: QT_TRANSLATE_NOOP("map", "Label now"),
    ColourBy.SCORE: QT_TRANSLATE_NOOP("map", "Score"),
    ColourBy.STATE: QT_TRANSLATE_NOOP("map", "State"),
    ColourBy.GROUP: QT_TRANSLATE_NOOP("map", "Group"),
    ColourBy.SPLIT: QT_TRANSLATE_NOOP("map", "Split"),
}
_LAYOUTS: Final = {
    Layout.UMAP: QT_TRANSLATE_NOOP("map", "UMAP"),
    Layout.PCA: QT_TRANSLATE_NOOP("map", "PCA"),
}
_LAYOUT_TIPS: Final = {
    Layout.UMAP: QT_TRANSLATE_NOOP(
        "map", "Similar tiles beside each other; how far clusters lie apart means little."
    ),
    Layout.PCA: QT_TRANSLATE_NOOP(
        "map", "The two directions in which tiles differ most; distances can be compared."
    ),
}
_KINDS: Final = {
    Kind.UNLABELLED: QT_TRANSLATE_NOOP("map", "Unlabelled"),
    Kind.UNSCORED: QT_TRANSLATE_NOOP("map", "Not scored"),
    Kind.HIDDEN: QT_TRANSLATE_NOOP("map", "Hidden in a blind read"),
    Kind.OTHER_GROUPS: QT_TRANSLATE_NOOP("map", "Other groups"),
    Kind.NO_GROUP: QT_TRANSLATE_NOOP("map", "No known group"),
}
_STEP: Final = QT_TRANSLATE_NOOP("map", "{low} to {high}")


def colourings() -> dict[ColourBy, str]:
    """Return what points can be coloured by, in words."""
    return {by: translate("map", text) for by, text in _COLOURINGS.items()}


def layouts() -> dict[Layout, str]:
    """Return what layouts are called."""
    return {layout: translate("map", text) for layout, text in _LAYOUTS.items()}


def layout_tip(layout: Layout) -> str:
    """Return what a layout is good for, a sentence."""
    return translate("map", _LAYOUT_TIPS[layout])


def category_name(category: Category, classes: ClassNames) -> str:
    """Return what an entry of the legend is called."""
    match category.kind:
        case Kind.POSITIVE:
            return classes.of(POSITIVE)
        case Kind.NEGATIVE:
            return classes.of(NEGATIVE)
        case Kind.SCORE:
            step = int(category.value)
            ends = step / SCORE_STEPS, (step + 1) / SCORE_STEPS
            return translate("map", _STEP).format(low=f"{ends[0]:.1f}", high=f"{ends[1]:.1f}")
        case Kind.STATE:
            return filter_words.states()[State(str(category.value))]
        case Kind.SPLIT:
            return filter_words.splits()[Split(int(category.value))]
        case Kind.GROUP:
            return str(category.value)
        case _:
            return translate("map", _KINDS[category.kind])
