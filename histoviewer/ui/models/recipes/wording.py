"""The words of a key as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a key, in English where they are marked and in the reader's language elsewhere.

    Args:
        title: What it is called.
        tip: What it means, a sentence.
        unit: Stands behind a number; '' for none.
        without: What leaving it out means, where it may be left out.
    """

    title: str
    tip: str = ""
    unit: str = ""
    without: str = ""
