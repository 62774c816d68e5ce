"""Scores that are means of 8 views of each tile, in words that are not translated."""


def with_views(text: str, *, tta: bool) -> str:
    """Return the name or figure of a model, with how it scored where that is not the usual way."""
    return f"{text} (mean of 8 views)" if tta else text
