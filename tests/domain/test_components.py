"""Connected components against a walk along the edges."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.components import components

GRAPHS = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=20),
    )
)


def walk(count: int, edges: list[tuple[int, int]]) -> list[int]:
    """Return the least point that each point can be reached from."""
    found = [-1] * count
    for start in range(count):
        waiting = [start] if found[start] < 0 else []
        while waiting:
            point = waiting.pop()
            found[point] = start
            ends = [other for edge in edges if point in edge for other in edge]
            waiting += [other for other in ends if found[other] < 0]
    return found


@given(GRAPHS)
def test_points_share_a_number_where_edges_join_them(graph) -> None:
    count, edges = graph
    ends = np.array(edges, np.int64).reshape(-1, 2)

    numbers = components(count, ends[:, 0], ends[:, 1])

    least = walk(count, edges)
    assert [numbers.tolist().index(number) for number in numbers.tolist()] == least
    assert sorted(set(numbers.tolist())) == list(range(len(set(least))))


def test_a_long_chain_is_one_component() -> None:
    order = np.random.default_rng(0).permutation(100_000)

    assert not components(100_000, order[:-1], order[1:]).any()
