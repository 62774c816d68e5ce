"""The two classes of a data set and how a label is written in an array."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

UNLABELLED: Final = -1
NEGATIVE: Final = 0
POSITIVE: Final = 1

# Words that mean 'the finding is there', in the order in which they win. Compared in lower case.
_POSITIVE_WORDS: Final = (
    "1", "positive", "pos", "tumour", "tumor", "cancer", "malignant", "metastasis", "idc",
    "pneumonia", "disease", "diseased", "abnormal", "true", "yes", "sick", "lesion",
)  # fmt: skip
_NEGATIVE_WORDS: Final = (
    "0", "negative", "neg", "normal", "benign", "healthy", "none", "background", "false", "no",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClassNames:
    """What the data set calls its two classes."""

    negative: str = "negative"
    positive: str = "positive"

    def of(self, label: int) -> str:
        """Return the name of a label; 'unlabelled' for `UNLABELLED`."""
        return {NEGATIVE: self.negative, POSITIVE: self.positive}.get(label, "unlabelled")


def guess_positive(names: Sequence[str]) -> str:
    """Return which of two class names is the positive one, by the usual words.

    The last name in sorted order is taken where the words say nothing, as with 'a' and 'b'.
    """
    for word in _POSITIVE_WORDS:
        for name in names:
            if name.strip().lower() == word:
                return name
    rest = [name for name in names if name.strip().lower() not in _NEGATIVE_WORDS]
    return max(rest or names)
