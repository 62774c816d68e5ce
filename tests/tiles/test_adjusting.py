"""Brightness, contrast and single stains on the way to the screen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.tiles.adjusting import LIMIT, NEUTRAL, Adjustments, Channel, adjust
from histoviewer.tiles.deconvolution import Stain, show_alone

LEVELS = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(16, 16, 3)  # every grey once
PERCENT = st.integers(-LIMIT, LIMIT)


def test_unadjusted_pixels_are_the_very_same() -> None:
    assert adjust(LEVELS, NEUTRAL) is LEVELS


@given(PERCENT, PERCENT)
def test_darker_stays_darker(brightness: int, contrast: int) -> None:
    shown = adjust(LEVELS, Adjustments(brightness=brightness, contrast=contrast))

    greys = shown.reshape(256, 3).astype(int)
    assert (np.diff(greys, axis=0) >= 0).all()
    assert (greys[:, 0] == greys[:, 2]).all()


def test_contrast_doubles_the_difference_to_mid_grey() -> None:
    shown = adjust(LEVELS, Adjustments(contrast=50)).reshape(256, 3)[:, 0].astype(int)

    assert shown[[127, 128, 140, 115]].tolist() == [126, 128, 152, 102]
    assert (shown[0], shown[255]) == (0, 255)


def test_full_brightness_makes_mid_grey_white() -> None:
    shown = adjust(LEVELS, Adjustments(brightness=100)).reshape(256, 3)[:, 0]

    assert (shown[0], shown[128]) == (128, 255)


@pytest.mark.parametrize(
    ("channel", "stain"),
    [(Channel.HAEMATOXYLIN, Stain.HAEMATOXYLIN), (Channel.EOSIN, Stain.EOSIN)],
)
def test_a_channel_shows_its_stain(channel: Channel, stain: Stain) -> None:
    tile = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)

    assert (adjust(tile, Adjustments(channel=channel)) == show_alone(tile, stain)).all()


def test_steps_end_at_the_limits() -> None:
    stepped = Adjustments(brightness=95, contrast=-95).stepped(brightness=10, contrast=-10)

    assert (stepped.brightness, stepped.contrast) == (LIMIT, -LIMIT)


def test_what_no_control_leads_to_is_refused() -> None:
    with pytest.raises(ValueError, match="contrast 101"):
        Adjustments(contrast=101)


def test_channels_go_round() -> None:
    assert Channel.EOSIN.next() is Channel.COLOUR
