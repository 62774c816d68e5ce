"""Which tiles two models put on different sides."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.gate import SideChanges

unit = st.floats(0, 1, width=32)


@given(st.lists(st.tuples(unit, unit, st.integers(0, 1)), min_size=1, max_size=30))
def test_a_tile_changed_side_where_one_model_alone_is_right(cases) -> None:
    newer, older, labels = (np.array(column) for column in zip(*cases, strict=True))
    rows = np.arange(len(cases)) + 100

    found = SideChanges.between(newer=newer, older=older, labels=labels, rows=rows, threshold=0.5)

    right = [(scores >= 0.5) == (labels == 1) for scores in (newer, older)]
    assert found.gained == tuple(rows[right[0] & ~right[1]])
    assert found.lost == tuple(rows[right[1] & ~right[0]])
    assert found.tiles.tolist() == sorted(rows[right[0] != right[1]])
