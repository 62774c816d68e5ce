"""What readers think, and on which tiles they differ."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.opinions import disputed_tiles, read_opinions
from histoviewer.domain.pace import pace
from histoviewer.domain.verdicts import Action, Mode, VerdictLog
from tests.domain.plain_log import PlainLog, merged, redo, undo, verdicts

TILES = 3
OPEN, SETTLING = Mode.OPEN, Mode.SETTLING
said = st.tuples(
    st.integers(0, TILES - 1),
    st.sampled_from(Action),
    st.integers(0, 1),
    st.sampled_from(["ann", "bob", "eve"]),
)
steps = st.lists(
    st.one_of(
        st.tuples(said, st.sampled_from([OPEN, Mode.BLIND, SETTLING])),
        st.lists(st.tuples(said, st.integers(0, 20)), min_size=1, max_size=4),
        st.sampled_from(["undo", "redo"]),
    ),
    max_size=20,
)


def play(script) -> tuple[VerdictLog, PlainLog]:
    log, plain = VerdictLog(TILES), PlainLog()
    for step in script:
        if step == "undo" and log.undoable:
            undo(log)
            plain.undo()
        elif step == "redo" and log.redoable:
            redo(log)
            plain.redo()
        elif isinstance(step, list):
            log.append(merged(log, [(*row, time) for row, time in step]))
            plain.act(log.batches[-1])
        elif isinstance(step, tuple):
            (tile, action, label, reader), mode = step
            log.append(verdicts(log, {tile: (action, label)}, reader=reader, mode=mode))
            plain.act(log.batches[-1])
    return log, plain


def read(*rows: tuple[str, int] | tuple[str, int, Mode]) -> tuple[dict[str, int], bool]:
    """What readers think of a tile that they labelled one after the other, and whether they differ.

    A label of -1 stands for clearing.
    """
    log = VerdictLog(1)
    for reader, label, *mode in rows:
        row = (Action.CLEAR, 0) if label == UNLABELLED else (Action.RELABEL, label)
        how = mode[0] if mode else OPEN
        log.append(verdicts(log, {0: row}, reader=reader, mode=how))
    opinions = read_opinions(log)
    labels = zip(opinions.readers, opinions.labels[:, 0].tolist(), strict=True)
    known = {reader: label for reader, label in labels if label != UNLABELLED}
    return known, bool(opinions.disputed[0])


@given(steps)
def test_opinions_are_those_of_a_plain_replay(script) -> None:
    log, plain = play(script)
    opinions = read_opinions(log)

    for tile, expected in enumerate(plain.opinions(TILES)):
        labels = dict(zip(opinions.readers, opinions.labels[:, tile].tolist(), strict=True))
        assert {name: n for name, n in labels.items() if n != UNLABELLED} == expected.labels
        assert opinions.disputed[tile] == expected.disputed


@given(steps, st.permutations(range(TILES)))
def test_opinions_of_some_tiles_are_those_of_all(script, order) -> None:
    log, _ = play(script)
    every, some = read_opinions(log), read_opinions(log, np.array(order[:2]))

    assert some.labels.tolist() == every.labels[:, order[:2]].tolist()
    assert some.disputed.tolist() == every.disputed[order[:2]].tolist()
    assert disputed_tiles(log).tolist() == np.flatnonzero(every.disputed).tolist()


@pytest.mark.parametrize(
    ("rows", "disputed"),
    [
        ([("ann", 1), ("ann", 0)], False),
        ([("ann", 1), ("bob", 1)], False),
        ([("ann", 1), ("bob", 0)], True),
        ([("ann", 1), ("bob", 0), ("eve", 0)], False),
        ([("ann", 1), ("bob", 0), ("bob", 0)], True),
        ([("ann", 1), ("bob", 0), ("bob", 1)], False),
        ([("ann", 1), ("bob", 0), ("ann", -1)], False),
        ([("ann", 1), ("bob", 0), ("eve", -1)], True),
        ([("ann", 1), ("bob", 0), ("ann", 1, SETTLING)], False),
        ([("ann", 1), ("bob", 0), ("eve", 0), ("joe", 0)], False),
        ([("ann", 1), ("bob", 0), ("eve", 0), ("joe", 1)], True),
        ([("ann", 1), ("bob", 0), ("eve", 0), ("ann", 1)], True),
        ([("ann", 1), ("bob", 0), ("ann", 1, SETTLING), ("bob", 0)], True),
        ([("ann", 1), ("eve", 1), ("bob", 0)], True),
    ],
    ids=str,
)
def test_a_tile_is_disputed_until_somebody_settles_it(rows, disputed) -> None:
    assert read(*rows)[1] is disputed


def test_clearing_takes_back_ones_own_opinion_only() -> None:
    assert read(("ann", 1), ("bob", 0), ("ann", -1))[0] == {"bob": 0}


def test_an_older_label_of_a_reader_does_not_replace_a_newer_one() -> None:
    log = VerdictLog(1)
    log.append(merged(log, [(0, Action.RELABEL, 1, "bob", 9), (0, Action.RELABEL, 0, "bob", 8)]))

    assert read_opinions(log).labels.tolist() == [[1]]


def test_an_older_label_counts_as_its_readers_opinion_though_not_as_the_label() -> None:
    log = VerdictLog(1)
    log.append(verdicts(log, {0: (Action.RELABEL, 1)}))
    log.append(merged(log, [(0, Action.RELABEL, 0, "bob", 1)]))

    assert (log.states.decided[0], disputed_tiles(log).tolist()) == (1, [0])


def test_a_log_without_verdicts_has_no_opinions() -> None:
    opinions = read_opinions(VerdictLog(2))

    assert (opinions.readers, opinions.labels.shape) == ((), (0, 2))
    assert not opinions.disputed.any()


def test_another_thread_may_read_while_verdicts_are_given() -> None:
    log, ended, faults = VerdictLog(40), threading.Event(), []

    def read() -> None:
        try:
            while not ended.is_set():
                opinions = read_opinions(log)
                assert len(opinions.readers) == len(opinions.labels)
                assert (opinions.labels[:, disputed_tiles(log)] != UNLABELLED).any(axis=0).all()
                pace(log)
        except BaseException as fault:  # noqa: BLE001 - told by the thread that tests
            faults.append(fault)

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(1_500):
        row = {number % 40: (Action.RELABEL, number % 2)}
        log.append(verdicts(log, row, reader=f"reader {number // 30}"))
    ended.set()
    thread.join()
    assert faults == []
