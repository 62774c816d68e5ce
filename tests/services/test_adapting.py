"""A training takes along the tiles that nobody has labelled, for recipes that adapt to them."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.labels import NEGATIVE
from histoviewer.domain.recipe import read_recipe
from histoviewer.services.bundles.exporting import export_bundle
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.retraining import train
from histoviewer.services.training import Lesson
from tests.ml.helpers import TINY
from tests.operations import perform
from tests.tiles.helpers import kaggle_set

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
