"""The model that comes with the program: what it weighs, what it says of itself, what it sees."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.golden import golden_tiles
from histoviewer.domain.labels import UNLABELLED
from histoviewer.ml.metrics import evaluate_scores
from histoviewer.ml.predicting import load_model, score_tiles
from histoviewer.ml.probing import probe_model
from histoviewer.ml.requests import ProbeRequest
from histoviewer.resources import resource
from histoviewer.services.bundles.learned import Taught
from histoviewer.services.bundles.manifest import CARD, LEARNED, MODEL, SUFFIX, Manifest
from histoviewer.services.bundles.unpacking import open_bundle, read_manifest, unpack
from histoviewer.tiles.tables import read_id_list
from tests.ml.test_published import read_tiles

BUNDLE = resource("models", f"starter{SUFFIX}")
MOST_BYTES = 2_000_000
REAL_TILES = 200

Starter = tuple[Manifest, Path]


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Starter:
    """What it says of itself, and the folder of its files."""
    folder = tmp_path_factory.mktemp("starter")
    with open_bundle(BUNDLE) as archive:
        manifest = read_manifest(archive)
        unpack(archive, manifest, folder)
    return manifest, folder


def test_it_makes_the_program_little_larger() -> None:
    assert BUNDLE.stat().st_size <= MOST_BYTES


def test_its_card_tells_of_data_figures_and_limits(starter: Starter) -> None:
    manifest, folder = starter
    _, *parts = re.split("^## ", (folder / CARD).read_text(encoding="utf-8"), flags=re.MULTILINE)
    told = {title.split()[0]: text for title, _, text in (part.partition("\n") for part in parts)}

    assert list(told) == ["Data", "Figures", "Limits"]
    assert "4,000 training tiles" in told["Data"]
    assert f"area under the ROC curve: {manifest.metrics['val_auc']:.4f}" in told["Figures"]
    assert "Not a medical device" in told["Limits"]


def test_it_computes_here_what_it_did_where_it_was_made(starter: Starter) -> None:
    manifest, folder = starter

    scores = probe_model(ProbeRequest(model=folder / MODEL, tiles=golden_tiles(manifest.tile_size)))

    np.testing.assert_allclose(scores, manifest.golden, atol=1e-3)


def test_it_ranks_real_tiles_that_it_has_never_seen(starter: Starter, pcam: Path) -> None:
    _, folder = starter
    with (pcam / "train_labels.csv").open(encoding="utf-8", newline="") as file:
        labels = {row["id"]: int(row["label"]) for row in csv.DictReader(file)}
    ids = sorted(read_id_list(pcam / "validation_ids.csv"))
    learned = Taught.read(folder / LEARNED).among(list(labels), same_tiles=False)
    assert {name for name, label in zip(labels, learned, strict=True) if label == UNLABELLED} == {
        *ids
    }

    chosen = ids[:REAL_TILES]
    tiles = read_tiles([pcam / "train" / f"{name}.tif" for name in chosen], 96)
    scores = score_tiles(load_model(folder / MODEL), tiles, np.arange(REAL_TILES))

    wanted = np.array([labels[name] for name in chosen], np.int8)
    assert evaluate_scores(wanted, scores).auc > 0.9
