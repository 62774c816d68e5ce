"""How tiles are looked at, kept from one session to the next."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.tiles.adjusting import LIMIT, Adjustments, Channel
from histoviewer.ui.review.look import CentreSquare, Look
from histoviewer.ui.review.remembering import PageState, from_dict, to_dict
from histoviewer.ui.review.viewport import FIT, GREATEST, Viewport

PERCENT, SHARE = st.integers(-LIMIT, LIMIT), st.floats(0, 1)
LOOKS = st.builds(
    Look,
    centre=st.sampled_from(CentreSquare),
    adjustments=st.builds(
        Adjustments, channel=st.sampled_from(Channel), brightness=PERCENT, contrast=PERCENT
    ),
    viewport=st.builds(Viewport, zoom=st.floats(FIT, GREATEST), x=SHARE, y=SHARE),
)


@given(LOOKS)
def test_a_look_comes_back_as_it_was(look: Look) -> None:
    kept = json.loads(json.dumps(to_dict(PageState(look=look))))

    assert from_dict(kept).look == look


def test_what_an_older_version_kept_is_completed() -> None:
    assert from_dict({"look": {"contrast": 20}}).look.adjustments == Adjustments(contrast=20)
    assert from_dict({}).look == Look()


@pytest.mark.parametrize(
    "broken",
    [7, {"zoom": 99}, {"zoom": "near"}, {"channel": "violet"}, {"brightness": 300}, {"x": None}],
)
def test_a_broken_look_is_refused(broken: Any) -> None:
    with pytest.raises(ValueError, match="remembered page"):
        from_dict({"look": broken})


def test_the_centre_square_goes_round() -> None:
    assert [way.next() for way in CentreSquare] == [
        CentreSquare.BOX, CentreSquare.DIM, CentreSquare.OFF,
    ]  # fmt: skip
