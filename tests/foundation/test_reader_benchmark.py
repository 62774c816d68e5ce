"""The simulated reader from folder to page, on a few small tiles that are told apart at once."""

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import reader, reader_errors, reader_labels, reader_nets
from benchmarks.reader_report import BEGIN, END
from benchmarks.reader_tiles import Tiles, read
from histoviewer.domain.strategies import Strategy
from tests.ml.helpers import TINY

TRAIN, VALIDATION, SIDE = 120, 30, 24
SIZES = (40, 50, 70)

# Keras calls numpy the old way.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder in Kaggle's layout: the positive tiles are the light ones."""
    folder = tmp_path / "data"
    (folder / "train").mkdir(parents=True)
    random = np.random.default_rng(0)
    rows, held = ["id,label"], []
    for number in range(TRAIN + VALIDATION):
        label, name = number % 2, f"tile{number:03}"
        tile = random.integers(40 + 120 * label, 100 + 120 * label, (SIDE, SIDE, 3))
        cv2.imwrite(str(folder / "train" / f"{name}.tif"), tile.astype(np.uint8))
        rows.append(f"{name},{label}")
        held += [name] if number >= TRAIN else []
    (folder / "train_labels.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "validation_ids.csv").write_text("\n".join(held), encoding="utf-8")
    return folder


@pytest.fixture
def tiles(data: Path) -> Tiles:
    return read(data)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return a page with a place for what the benchmark writes."""
    path = tmp_path / "docs" / "triage.md"
    path.parent.mkdir()
    path.write_text(f"before\n{BEGIN}\nof last time\n{END}\nafter\n", encoding="utf-8")
    return path


@pytest.fixture
def run(
    data: Path, tiles: Tiles, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], int]:
    """Return the benchmark with embeddings at hand and no networks to train."""
    build = tmp_path / "build"
    build.mkdir()
    noise = np.random.default_rng(1).normal(0, 0.4, (len(tiles.truth), 6))
    np.save(build / "self-supervised-1.npy", (tiles.truth[:, None] + noise).astype(np.float16))
    command = (
        f"reader --data {data} --flips 0.1 --networks , --seeds 1 --flip-seeds 1 "
        f"--pretext-epochs 1 --build {build} --out {page}"
    )
    monkeypatch.setattr(sys, "argv", command.split())
    monkeypatch.setattr(reader_labels, "SIZES", SIZES)
    monkeypatch.setattr(reader, "STRATEGIES", (Strategy.RANDOM, Strategy.MIX))
    return reader.main


def test_what_was_computed_is_in_the_page_and_is_not_computed_again(
    run: Callable[[], int], page: Path, monkeypatch: pytest.MonkeyPatch
):
    assert run() == 0
    text = page.read_text(encoding="utf-8")
    assert (text[:7], text[-7:]) == ("before\n", "\nafter\n")
    assert "of last time" not in text
    assert "12 of 120 training labels are wrong" in text
    assert "`mix` is " in text
    for picture in ("triage-errors-10.png", "triage-labels.png"):
        assert (page.parent / "images" / picture).stat().st_size > 1000

    monkeypatch.setattr(reader_errors, "review", None)
    monkeypatch.setattr(reader_labels, "run_next", None)
    assert run() == 0
    assert page.read_text(encoding="utf-8") == text


def test_a_network_is_trained_once_and_judges_what_it_did_not_learn(
    tiles: Tiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(TINY, encoding="utf-8")
    training = reader_nets.Training(recipe=str(recipe), epochs=2, folds=2)
    net = training.net(tiles.truth, tiles, title="t")
    scores = reader_nets.scored(net, tiles, tmp_path, tiles.validation, what="rest", views=True)
    assert np.corrcoef(scores, tiles.truth[tiles.validation])[0, 1] > 0.5

    monkeypatch.setattr(reader_nets, "load_recipe", None)
    again = reader_nets.scored(net, tiles, tmp_path, tiles.training, what="learned")
    assert len(again) == TRAIN
