"""What the promotion gate found, in words."""

import math
from collections.abc import Sequence

from histoviewer.domain.gate import GateResult
from histoviewer.ui.translation import translate


def difference_text(found: GateResult) -> str:
    """Return the difference of both models with its interval, and on how much it rests."""
    compared = found.comparison
    units = (
        translate("promotion", "{count} groups")
        if compared.resampled == "group"
        else translate("promotion", "{count} tiles")
    ).format(count=f"{compared.units:,}")
    text = translate(
        "promotion",
        "The difference is {value} (95 % {low} to {high}) on {n} validation tiles, by paired "
        "bootstrap of {units}.",
    )
    if math.isnan(compared.at_least):
        text = translate(
            "promotion",
            "The difference is {value} on {n} validation tiles of {units}: too few to tell chance "
            "from a loss.",
        )
    return text.format(
        value=f"{compared.difference.value:+.4f}",
        low=f"{compared.difference.low:+.4f}",
        high=f"{compared.difference.high:+.4f}",
        n=f"{compared.n:,}",
        units=units,
    )


def verdict_text(found: GateResult) -> str:
    """Return what the gate made of it."""
    if math.isnan(found.comparison.at_least):
        return translate(
            "promotion", "The gate does not let it pass: nothing says that it is not worse."
        )
    text = (
        translate(
            "promotion",
            "The gate lets it pass: with 95 % certainty the difference is at least {bound}, above "
            "the margin of {margin}.",
        )
        if found.passed
        else translate(
            "promotion",
            "The gate does not let it pass: with 95 % certainty the difference is only known to be "
            "at least {bound}, and the margin is {margin}.",
        )
    )
    return text.format(bound=f"{found.comparison.at_least:+.4f}", margin=f"{-found.margin:g}")


def labels_text(relabelled: int | None) -> str:
    """Return what has become of the labels of a comparison; '' where they are as they were.

    Args:
        relabelled: As `Promotions.relabelled`.
    """
    if relabelled is None:
        return translate(
            "promotion", "It was not noted which labels and scores this comparison used."
        )
    if not relabelled:
        return ""
    return translate(
        "promotion",
        "Labels have changed since this comparison. Validation tiles that have another label by "
        "now, have come or have gone: {count}.",
    ).format(count=f"{relabelled:,}")


def scores_text(rescored: Sequence[str] | None) -> str:
    """Return what has become of the scores of a comparison; '' where they are as they were.

    Args:
        rescored: As `Promotions.rescored`, the names of the models in place of their ids.
    """
    if rescored is None:
        return translate("promotion", "It was not noted which scores this comparison used.")
    if not rescored:
        return ""
    text = translate("promotion", "Scores have changed since this comparison: those of {models}.")
    return text.format(models=", ".join(rescored))


def changes_text(found: GateResult) -> str:
    """Return how many validation tiles changed side, and which way."""
    return translate(
        "promotion",
        "Validation tiles that changed side: {right} turned right, {wrong} turned wrong.",
    ).format(right=f"{len(found.changes.gained):,}", wrong=f"{len(found.changes.lost):,}")
