"""A training takes along the tiles that nobody has labelled, for recipes that adapt to them."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.labels import NEGATIVE
from histoviewer.domain.recipe import read_recipe
from histoviewer.domain.tiles import Split
from histoviewer.services.bundles.exporting import export_bundle
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.retraining import train
from histoviewer.services.training import Lesson
from tests.ml.helpers import TINY
from tests.operations import perform
from tests.tiles.helpers import kaggle_set, write_rows

ADAPTING = TINY.replace("[training]\n", '[training]\nstatistics = "unlabelled"\n')
UNLABELLED = 130


@pytest.fixture
def workspace(tmp_path: Path):
    """An open project with 40 labelled tiles and 130 others."""
    path = tmp_path / "small.histo"
    dataset = kaggle_set(tmp_path / "tiles", train=40, test=UNLABELLED)
    perform(import_dataset(dataset=dataset, path=path, options=ImportOptions()))
    with open_workspace(path, reader="AB") as opened:
        yield opened


def test_an_adapted_model_says_so_on_its_card(workspace: Workspace, tmp_path: Path) -> None:
    recipe = read_recipe(ADAPTING, "adapting")
    model = perform(train(workspace=workspace, recipe=recipe, epochs=1)).model
    assert model.metrics["unlabelled_tiles"] == 128  # whole batches
    out = tmp_path / "adapted.histomodel"
    perform(export_bundle(workspace=workspace, model_id=model.id, out=out))
    with zipfile.ZipFile(out) as archive:
        card = archive.read("card.md").decode()
    assert "- its normalisation is adapted to 128 tiles without labels" in card


def test_what_a_reader_labels_is_unlabelled_no_longer(workspace: Workspace) -> None:
    before = Lesson.of(workspace).unlabelled
    judged = int(before[0])
    workspace.session.label(np.array([judged]), NEGATIVE)
    assert len(before) == UNLABELLED
    assert Lesson.of(workspace).unlabelled.tolist() == before[1:].tolist()


def test_unreadable_tiles_are_not_adapted_to(tmp_path: Path) -> None:
    """The packed store holds plain grey in their place."""
    dataset = kaggle_set(tmp_path / "tiles", train=8, test=4)
    broken, *sound = sorted((dataset / "test").iterdir())
    broken.write_bytes(b"no image")
    path = tmp_path / "small.histo"
    perform(import_dataset(dataset=dataset, path=path, options=ImportOptions()))
    with open_workspace(path, reader="AB") as opened:
        found = [opened.session.tiles.ids[tile] for tile in Lesson.of(opened).unlabelled]
    assert sorted(found) == [file.stem for file in sound]


def test_unlabelled_tiles_of_a_validation_group_are_not_adapted_to(tmp_path: Path) -> None:
    """A reader can label one, and then models are judged by it."""
    dataset = kaggle_set(tmp_path / "tiles", train=8, test=4)
    header, *rows = (dataset / "train_labels.csv").read_text().splitlines()
    ids = [row.partition(",")[0] for row in rows]
    labelled = [row.split(",") for row in (header, *rows[:-1])]
    write_rows(dataset / "train_labels.csv", labelled)
    slide = [("id", "group"), (ids[0], "A"), (ids[-1], "A")]
    options = ImportOptions(
        validation_ids=write_rows(tmp_path / "ids.csv", [("id",), (ids[0],), (ids[1],)]),
        groups=write_rows(tmp_path / "groups.csv", slide),
    )
    path = tmp_path / "small.histo"
    perform(import_dataset(dataset=dataset, path=path, options=options))
    with open_workspace(path, reader="AB") as opened:
        tiles = opened.session.tiles
        follower = tiles.index_of[ids[-1]]
        assert (tiles.splits[follower], tiles.given[follower]) == (Split.VALIDATION, -1)
        found = Lesson.of(opened).unlabelled
    assert found.tolist() == np.flatnonzero(tiles.splits == Split.TEST).tolist()
