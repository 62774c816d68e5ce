"""Class names, and the guess which class is the positive one."""

import pytest

from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames, guess_positive


@pytest.mark.parametrize(
    ("names", "positive"),
    [
        (["0", "1"], "1"),
        (["NORMAL", "PNEUMONIA"], "PNEUMONIA"),
        (["Tumour", "Stroma"], "Tumour"),
        (["benign", "malignant"], "malignant"),
        (["normal", "adenosis"], "adenosis"),
        (["zebra", "normal"], "zebra"),
        ([" Cancer ", "zz"], " Cancer "),
        (["a", "b"], "b"),
        (["normal", "benign"], "normal"),
    ],
)
def test_the_usual_words_say_which_class_is_positive(names: list[str], positive: str) -> None:
    assert guess_positive(names) == positive
    assert guess_positive(names[::-1]) == positive


def test_labels_have_names() -> None:
    names = ClassNames(negative="normal", positive="tumour")

    assert [names.of(label) for label in (NEGATIVE, POSITIVE, UNLABELLED)] == [
        "normal",
        "tumour",
        "unlabelled",
    ]
