"""A small project whose embeddings tell the classes apart."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tiles import Split
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.ranking import find_model
from tests.operations import perform
from tests.services.triage.embedding import embed


@pytest.fixture(scope="module")
def told_apart(small_set: Path, tmp_path_factory, add_scored_model) -> Path:
    """A project whose champion's embeddings tell the classes apart. Copy it before opening it."""
    path = tmp_path_factory.mktemp("suspects") / "p.histo"
    options = ImportOptions(groups=small_set / "groups.csv")
    perform(import_dataset(dataset=small_set, path=path, options=options))
    with open_workspace(path, reader="AB") as opened:
        given = opened.session.tiles.given
        record = add_scored_model(opened, np.zeros(len(given)))
        (opened.project.model_folder(record.id) / "model.keras").write_bytes(b"network")
        rng = np.random.default_rng(0)
        values = rng.normal(size=(len(given), 6)) + 1.5 * (2 * given[:, None] - 1)
        embed(opened, record, values.astype(np.float16))
    return path


@pytest.fixture
def workspace(told_apart: Path, tmp_path: Path) -> Iterator[Workspace]:
    """The project, open."""
    path = Path(shutil.copytree(told_apart, tmp_path / "p.histo"))
    with open_workspace(path, reader="AB") as opened:
        yield opened


@pytest.fixture
def champion(workspace: Workspace) -> ModelRecord:
    """Its champion."""
    return find_model(workspace.project, None)


@pytest.fixture
def wrong(workspace: Workspace) -> int:
    """A training tile whose label is turned round."""
    tiles = workspace.session.tiles
    tile = int(np.flatnonzero(tiles.splits == Split.TRAIN)[3])
    tiles.given[tile] = 1 - tiles.given[tile]
    return tile
