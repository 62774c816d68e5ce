"""What is exported and imported again is what it was, whatever the readers did."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.interchange.conftest import GIVEN, carry, labels_of, opinions_of

TILES = st.lists(st.integers(0, len(GIVEN) - 1), min_size=1, max_size=3, unique=True)
READERS = st.sampled_from(["Ann", "Bob", 'Ćwik; "x", y'])
DEEDS = st.one_of(
    st.tuples(st.just("label"), READERS, TILES, st.integers(0, 1)),
    st.tuples(st.sampled_from(["skip", "flag", "clear"]), READERS, TILES),
    st.tuples(st.sampled_from(["undo", "redo"]), READERS),
)
HISTORIES = st.lists(DEEDS, max_size=12)
pytestmark = pytest.mark.filterwarnings("error")
examples = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def act(session, deeds):
    for verb, reader, *rest in deeds:
        session.reader = reader
        getattr(session, verb)(*rest)


@pytest.fixture
def file():
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "verdicts.csv"


@examples
@given(deeds=HISTORIES)
def test_a_fresh_project_says_the_same(machine, file, deeds):
    origin, fresh = machine("Ann"), machine("Bob")
    act(origin, deeds)
    carry(origin, fresh, file)
    assert labels_of(fresh) == labels_of(origin)
    assert opinions_of(fresh) == opinions_of(origin)


@examples
@given(deeds=HISTORIES)
def test_a_second_import_and_the_way_back_add_nothing(machine, file, deeds):
    origin, fresh = machine("Ann"), machine("Bob")
    act(origin, deeds)
    carry(origin, fresh, file)
    steps = len(origin.log.batches), len(fresh.log.batches)
    carry(origin, fresh, file)
    carry(fresh, origin, file)
    assert (len(origin.log.batches), len(fresh.log.batches)) == steps


@examples
@given(turns=st.lists(st.tuples(st.booleans(), HISTORIES), max_size=4))
def test_two_machines_agree_once_both_have_both(machine, file, turns):
    one, other = machine("Ann"), machine("Bob")
    for is_one, deeds in turns:
        act(one if is_one else other, deeds)
    carry(one, other, file)
    carry(other, one, file)
    assert labels_of(one) == labels_of(other)
    assert opinions_of(one) == opinions_of(other)


@examples
@given(parts=st.lists(HISTORIES, min_size=2, max_size=3))
def test_later_exports_bring_another_machine_up_to_date(machine, file, parts):
    origin, other = machine("Ann"), machine("Bob")
    for deeds in parts:
        act(origin, deeds)
        carry(origin, other, file)
    assert labels_of(other) == labels_of(origin)
    assert opinions_of(other) == opinions_of(origin)
