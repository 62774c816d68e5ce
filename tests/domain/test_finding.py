"""Finding ids by a part of them, and groups by name."""

from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain import id_search
from histoviewer.domain.groups import GroupNames
from histoviewer.domain.id_search import IdSearch

words = st.text("ab-Ä", max_size=5)


@given(st.lists(st.text("ab-Ä", max_size=8), max_size=30), words)
def test_a_part_is_found_as_python_finds_it(ids: list[str], part: str) -> None:
    found = IdSearch(ids).find(part)

    assert found.tolist() == [part.lower() in name.lower() for name in ids]


def test_ids_in_several_blocks_are_all_searched(monkeypatch) -> None:
    monkeypatch.setattr(id_search, "_BLOCK", 2)

    assert IdSearch(["ab", "xab", "ba", "b", "cab"]).find("AB").tolist() == [1, 1, 0, 0, 1]


def test_a_find_does_not_reach_into_the_next_id() -> None:
    assert not IdSearch(["ab", "cd"]).find("bc").any()
    assert not IdSearch(["ab", "cd"]).find("b\nc").any()


def test_groups_are_in_the_order_people_expect() -> None:
    groups = GroupNames(["slide 10", "Slide 9", "a", "slide 9b"])

    assert [groups.name(number) for number in groups.ordered] == [
        "a",
        "Slide 9",
        "slide 9b",
        "slide 10",
    ]
    assert groups.ranks[[2, 1, 3, 0, -1]].tolist() == [0, 1, 2, 3, 4]


def test_a_group_is_found_by_its_name() -> None:
    groups = GroupNames(["one", "two"])

    assert [groups.number(name) for name in ("two", "", "three")] == [1, -1, -2]
