"""Scores that are means of 8 views of each tile, in words: told wherever figures rest on them."""

from histoviewer.ui.translation import translate


def scored_name(name: str, *, tta: bool) -> str:
    """Return what a model is called, with the way in which it has scored where that is unusual."""
    return translate("eight-views", "{name} (mean of 8 views)").format(name=name) if tta else name


def figure_text(figure: str, *, tta: bool) -> str:
    """Return a figure, with what it rests on where that is unusual; digits stay at its end."""
    return translate("eight-views", "8 views: {figure}").format(figure=figure) if tta else figure


def figure_tip() -> str:
    """Return what `figure_text` means by that."""
    return translate(
        "eight-views",
        "Each score that this rests on is the mean of 8 views of the tile, its flips and quarter "
        "turns. Figures without that mark rest on one view of each.",
    )


def unlike_text() -> str:
    """Return what is to be minded where models have not scored in one way."""
    return translate(
        "eight-views",
        "Some scores are means of 8 views of a tile and others are not: part of a difference comes "
        "from that. Score all in one way to compare the models.",
    )
