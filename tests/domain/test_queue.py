"""The retraining queue: what waits, and what can be trained on."""

import numpy as np
import pytest

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.queue import queued, trainable
from histoviewer.domain.tiles import ProblemFlag, Split, TileTable
from histoviewer.domain.verdicts import TileStates


def table(
    *, given: int = 0, split: Split = Split.TRAIN, problems: ProblemFlag = ProblemFlag.NONE
) -> TileTable:
    """A project of one tile."""
    return TileTable(
        ids=["a"],
        locations=["a.tif"],
        given=np.array([given], np.int8),
        splits=np.array([split], np.int8),
        groups=np.array([-1], np.int32),
        group_names=[],
        problems=np.array([problems], np.uint16),
    )


def waits(
    tiles: TileTable,
    *,
    decided: int = UNLABELLED,
    decided_at: int = 0,
    learned: int | None = None,
    learned_through: int = 0,
) -> bool:
    states = TileStates.blank(1)
    states.decided[0], states.decided_at[0] = decided, decided_at
    known = None if learned is None else np.array([learned], np.int8)
    found = queued(tiles=tiles, states=states, learned=known, learned_through=learned_through)
    return bool(found[0])


def test_an_undecided_tile_does_not_wait() -> None:
    assert not waits(table(), learned=0, learned_through=9)


def test_every_verdict_waits_before_there_is_a_champion() -> None:
    assert waits(table(), decided=0, decided_at=1)


def test_a_verdict_newer_than_the_champion_waits_even_if_it_confirms() -> None:
    assert waits(table(), decided=0, decided_at=5, learned=0, learned_through=4)


def test_a_verdict_the_champion_learned_does_not_wait() -> None:
    assert not waits(table(), decided=1, decided_at=5, learned=1, learned_through=5)


def test_an_undone_verdict_that_the_champion_learned_waits() -> None:
    assert waits(table(given=0), learned=1, learned_through=5)


def test_an_old_verdict_waits_when_the_champion_did_not_learn_its_label() -> None:
    assert waits(table(given=0), decided=1, decided_at=2, learned=0, learned_through=5)


def test_a_given_label_that_the_champion_did_not_use_does_not_wait() -> None:
    assert not waits(table(given=1), learned=UNLABELLED, learned_through=5)


@pytest.mark.parametrize("split", [Split.VALIDATION, Split.TEST])
def test_only_training_tiles_wait(split: Split) -> None:
    assert not waits(table(split=split), decided=1, decided_at=1)


def test_a_tile_with_bad_pixels_does_not_wait() -> None:
    assert not waits(table(problems=ProblemFlag.CONSTANT), decided=1, decided_at=1)


@pytest.mark.parametrize(
    ("problems", "label", "expected"),
    [
        (ProblemFlag.NONE, 1, True),
        (ProblemFlag.ODD_SIZE | ProblemFlag.DUPLICATE, 0, True),
        (ProblemFlag.NONE, UNLABELLED, False),
        (ProblemFlag.UNREADABLE, 1, False),
    ],
)
def test_what_can_be_trained_on(problems: ProblemFlag, label: int, expected: bool) -> None:
    tiles = table(problems=problems)
    effective = np.array([label], np.int8)

    assert trainable(tiles=tiles, effective=effective, split=Split.TRAIN)[0] == expected
    assert not trainable(tiles=tiles, effective=effective, split=Split.TEST)[0]
