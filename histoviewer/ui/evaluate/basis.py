"""On what figures rest, in words: which tiles were counted, and what the bootstrap drew."""

import math
from collections.abc import Mapping, Sequence

from histoviewer.domain.assessment import Assessment, Comparison, Match
from histoviewer.ui.eight_views import unlike_text
from histoviewer.ui.translation import translate


def basis_text(found: Sequence[tuple[str, Assessment]]) -> str:
    """Return on what models under their names were assessed; '' for none."""
    if not found:
        return ""
    first = found[0][1]
    tiles = translate("evaluate", "{count} validation tiles.").format(
        count=f"{len(first.labels):,}"
    )
    intervals = (
        translate("evaluate", "{units} are too few for intervals.")
        if math.isnan(first.auc.low)
        else translate("evaluate", "Intervals are 95 %, by bootstrap of {units}.")
    ).format(units=units_text(first))
    left_out = left_out_text(first, {each.model: name for name, each in found})
    unlike = unlike_text() if len({each.tta for _, each in found}) > 1 else ""
    return " ".join(filter(None, (tiles, left_out, intervals, unlike)))


def units_text(found: Assessment | Comparison) -> str:
    """Return how many of what the bootstrap drew: '30 groups'."""
    text = (
        translate("evaluate", "{count} groups")
        if found.resampled == "group"
        else translate("evaluate", "{count} tiles")
    )
    return text.format(count=f"{found.units:,}")


def left_out_text(found: Assessment | Match, names: Mapping[str, str]) -> str:
    """Return how many tiles are not counted since some models learned from them; '' for none.

    Args:
        found: What was measured without them.
        names: What models are called, by id.
    """
    if not found.left_out:
        return ""
    text = translate(
        "evaluate", "{count} more are left out, for all models alike: {models} learned from them."
    )
    listed = ", ".join(names[model] for model in found.learned_by)
    return text.format(count=f"{found.left_out:,}", models=listed)
