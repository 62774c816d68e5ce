"""Colours of labels and marks can be told apart and read, in both themes."""

import pytest
from PySide6.QtGui import QColor, QPalette

from histoviewer.ui.review import colours
from histoviewer.ui.review.colours import LabelColours, contrast
from histoviewer.ui.theme import palette_of
from histoviewer.ui.tokens import DARK, LIGHT, Tokens

SCHEMES = [(colours.LIGHT, LIGHT), (colours.DARK, DARK)]


@pytest.mark.parametrize(("scheme", "tokens"), SCHEMES, ids=["light", "dark"])
def test_labels_stand_out_from_the_ground_and_carry_text(
    scheme: LabelColours, tokens: Tokens
) -> None:
    for colour in (scheme.positive, scheme.negative, scheme.unlabelled):
        for ground in (tokens.base, tokens.window):
            assert contrast(colour, QColor(ground)) >= 4.5
        assert contrast(colour, scheme.on_label) >= 4.5


@pytest.mark.parametrize("mark", [colours.ON_PLATE, colours.QUEUED, colours.FLAGGED])
def test_marks_are_seen_on_their_plate_over_white_and_black(mark: QColor) -> None:
    share = colours.PLATE.alphaF()
    for tissue in (0, 255):
        level = round(tissue * (1 - share))
        assert contrast(mark, QColor(level, level, level)) >= 4.5


@pytest.mark.parametrize(("scheme", "tokens"), SCHEMES, ids=["light", "dark"])
def test_the_scheme_follows_the_palette(scheme: LabelColours, tokens: Tokens) -> None:
    assert colours.label_colours(palette_of(tokens)) is scheme


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert colours.is_dark(QPalette(QColor("black")))
