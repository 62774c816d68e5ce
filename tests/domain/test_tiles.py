"""Columns of tiles."""

import numpy as np

from histoviewer.domain.tiles import ProblemFlag, ProblemKind, Split, TileTable


def test_every_flag_is_that_of_the_kind_of_the_same_name() -> None:
    of_kinds = {ProblemFlag.of(kind) for kind in ProblemKind} - {ProblemFlag.NONE}

    assert of_kinds == set(ProblemFlag) - {ProblemFlag.NONE}
    assert all(ProblemFlag.of(ProblemKind[flag.name]) is flag for flag in of_kinds if flag.name)


def test_a_fault_of_the_data_set_is_no_flag_of_a_tile() -> None:
    assert ProblemFlag.of(ProblemKind.LABEL_WITHOUT_FILE) is ProblemFlag.NONE


def test_flags_fit_the_column_and_do_not_overlap() -> None:
    values = [flag.value for flag in ProblemFlag if flag]

    assert sum(values) == (1 << len(values)) - 1 <= np.iinfo(np.uint16).max


def test_a_table_knows_its_indexes_groups_and_usable_tiles() -> None:
    tiles = TileTable(
        ids=["a", "b"],
        locations=["a.png", "b.png"],
        given=np.array([0, 1], np.int8),
        splits=np.array([Split.TRAIN, Split.TEST], np.int8),
        groups=np.array([-1, 0], np.int32),
        group_names=["slide 7"],
        problems=np.array([ProblemFlag.MISSING, ProblemFlag.ODD_SIZE], np.uint16),
    )

    assert tiles.index_of == {"a": 0, "b": 1}
    assert [tiles.group_name(index) for index in (0, 1)] == ["", "slide 7"]
    assert tiles.usable.tolist() == [False, True]
