"""Which searches are the same one."""

from dataclasses import replace

import numpy as np

from histoviewer.domain.recipe import read_recipe
from histoviewer.domain.search import space_of
from histoviewer.domain.tiles import Split
from histoviewer.services.searching import search_folder
from tests.ml.helpers import TINY

RECIPE = read_recipe(TINY, "tiny")


def folder_of(workspace):
    return search_folder(workspace, RECIPE, space_of(RECIPE), method="random", seed=0, epochs=None)


def test_a_verdict_on_a_tile_that_is_learned_or_judged_makes_another_search(workspace) -> None:
    session = workspace.session
    sides = (Split.TRAIN, Split.VALIDATION)
    tiles = [int(np.flatnonzero(session.tiles.splits == side)[0]) for side in sides]
    folders = [folder_of(workspace)]
    for tile in tiles:
        session.label([tile], 1 - int(session.tiles.given[tile]))
        folders.append(folder_of(workspace))

    assert len(set(folders)) == 3

    session.label(tiles, 1)
    session.undo()
    assert folder_of(workspace) == folders[-1]


def test_a_verdict_that_changes_no_label_is_the_same_search(workspace) -> None:
    session = workspace.session
    before = folder_of(workspace)

    session.label([0], int(session.tiles.given[0]))

    assert folder_of(workspace) == before


def test_a_tile_on_the_other_side_makes_another_search(workspace) -> None:
    tiles, before = workspace.session.tiles, folder_of(workspace)
    other = np.flatnonzero(tiles.splits == Split.TRAIN)[0]
    splits = tiles.splits.copy()
    splits[other] = Split.VALIDATION

    workspace.session.replace_tiles(replace(tiles, splits=splits))

    assert folder_of(workspace) != before
