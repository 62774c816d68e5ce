"""Sides of the split: nothing leaks, and what the data set leaks itself is named."""

from types import SimpleNamespace

import numpy as np

from histoviewer.domain.tiles import ProblemKind, Split
from histoviewer.services.splitting import settle_sides

OPEN, TRAIN, VALIDATION, TEST = Split.UNASSIGNED, Split.TRAIN, Split.VALIDATION, Split.TEST


def _settle(stated, *, groups=None, twins=None, labels=None):
    count = len(stated)
    packed = SimpleNamespace(
        clusters=np.full(count, -1) if twins is None else np.array(twins),
        flags=np.zeros(count, np.uint16),
    )
    return settle_sides(
        stated=np.array(stated, np.int8),
        labels=np.array(labels or [0] * count, np.int8),
        groups=groups or [""] * count,
        ids=[f"t{index}" for index in range(count)],
        packed=packed,
    )


def test_twin_of_a_stated_validation_tile_moves_to_it_and_both_are_named():
    sides = _settle([OPEN, OPEN, VALIDATION], twins=[0, -1, 0])
    assert sides.splits.tolist() == [VALIDATION, TRAIN, VALIDATION]
    assert [(p.kind, p.subject) for p in sides.problems] == [
        (ProblemKind.DUPLICATE_ACROSS_SPLITS, "t0"),
        (ProblemKind.DUPLICATE_ACROSS_SPLITS, "t2"),
    ]
    assert "moved to validation" in sides.problems[0].detail


def test_new_tile_follows_its_group_before_its_twin():
    sides = _settle([TRAIN, VALIDATION, OPEN], groups=["a", "b", "a"], twins=[-1, 0, 0])
    assert sides.splits.tolist() == [TRAIN, VALIDATION, TRAIN]


def test_group_that_stays_on_both_sides_is_named():
    sides = _settle([TRAIN, VALIDATION], groups=["a", "a"])
    assert [(p.kind, p.subject, p.detail) for p in sides.problems] == [
        (ProblemKind.GROUP_ON_BOTH_SIDES, "a", "it stays on both")
    ]


def test_open_part_of_a_group_follows_its_validation_part_and_is_named():
    sides = _settle([OPEN, OPEN, VALIDATION, OPEN], groups=["a", "b", "a", "a"])
    assert sides.splits.tolist() == [VALIDATION, TRAIN, VALIDATION, VALIDATION]
    assert sides.problems[0].detail == "2 tiles moved to validation"


def test_drawn_split_leaks_nothing_and_complains_of_nothing():
    groups = [f"g{index // 4}" for index in range(80)]
    sides = _settle([OPEN] * 80, groups=groups, labels=[index % 2 for index in range(80)])
    assert sides.problems == ()
    assert {TRAIN, VALIDATION} == set(sides.splits.tolist())
