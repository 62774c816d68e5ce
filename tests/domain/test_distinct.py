"""Distinct pairs, against sets."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.distinct import distinct_pairs

SMALL = st.integers(-3, 3)
ANY = st.integers(-(2**31) + 1, 2**31 - 1)


@given(st.lists(st.tuples(SMALL, SMALL) | st.tuples(ANY, ANY)))
def test_they_are_those_of_a_set_in_order_and_each_row_is_found_again(
    rows: list[tuple[int, int]],
) -> None:
    first, second = np.array(rows, np.int64).reshape(-1, 2).T

    pairs, numbers = distinct_pairs(first, second)

    assert pairs == sorted(set(rows))
    assert [pairs[number] for number in numbers.tolist()] == rows


def test_narrow_numbers_do_not_run_over() -> None:
    heights, widths = np.array([96, 96, 2000], np.uint16), np.array([96, 2000, 65_535], np.uint16)

    pairs, numbers = distinct_pairs(heights, widths)

    assert pairs == [(96, 96), (96, 2000), (2000, 65_535)]
    assert numbers.tolist() == [0, 1, 2]
