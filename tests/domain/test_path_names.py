"""Names as parts of paths: what hypothesis can think of, and what file systems are known for."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from histoviewer.domain.path_names import as_path_part, is_device


@given(st.text(max_size=300))
@example("con." + "x" * 100)
@example("con" + " " * 100 + "x")
@example(". con .")
@example("名" * 99 + " .x")
@example("\ud800")
def test_what_comes_out_is_one_part_of_a_path_and_stays_as_it_is(name: str) -> None:
    part = as_path_part(name)

    assert as_path_part(part) == part
    assert 0 < len(part) <= 100
    assert len(part.encode()) <= 200
    assert not set(part) & set('/\\:*?"<>|\0\n\r\t')
    assert part == part.strip(" .")
    assert not is_device(part)


@pytest.mark.parametrize("name", ["histo-fast", "mein Netz (2)", "_é", "v1.2", "aux2", "模型"])
def test_what_every_file_system_takes_is_left_alone(name: str) -> None:
    assert as_path_part(name) == name


@pytest.mark.parametrize("name", ["COM1", "COM¹", "lpt³.txt", "CONIN$", "conout$", "nul .x"])
def test_the_name_of_a_device_gets_a_letter_before_it(name: str) -> None:
    assert as_path_part(name) == f"_{name}"
