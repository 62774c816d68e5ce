"""What the benchmarks say of a machine that lacks what they measure."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import gpu
from benchmarks.cross_validation import read_tiles
from benchmarks.networks import SIZE, plain_recipe
from benchmarks.rows import NotMeasured, Row
from benchmarks.training import plain_network


def test_without_a_gpu_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "_ask", lambda _backend: [])

    with pytest.raises(NotMeasured, match="no GPU"):
        gpu.run()


def test_what_was_asked_for_and_cannot_be_measured_has_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def run(_name: str, **_options: object) -> list[Row]:
        raise NotMeasured("There is no GPU.")  # as the process of a benchmark raises it

    monkeypatch.setattr(benchmarks, "run_apart", run)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "gpu", "--json", str(tmp_path / "b.json")])

    assert benchmarks.main() == 2


def test_labels_stay_with_their_tiles_where_an_image_cannot_be_read(tmp_path: Path) -> None:
    names = ("a", "b", "c")
    (tmp_path / "train").mkdir()
    for value, name in enumerate(names):
        image = np.full((4, 4, 3), value, np.uint8)
        assert cv2.imwrite(str(tmp_path / "train" / f"{name}.tif"), image)
    (tmp_path / "train" / "b.tif").write_bytes(b"cut short")
    (tmp_path / "train_labels.csv").write_text("id,label\na,0\nb,0\nc,1\n", encoding="utf-8")
    (tmp_path / "validation_ids.csv").write_text("", encoding="utf-8")

    pixels, labels = read_tiles(tmp_path)

    assert pixels[:, 0, 0, 0].tolist() == [0, 2]
    assert labels.tolist() == [0, 1]


def test_plain_fit_is_given_the_network_of_the_product() -> None:
    from histoviewer.ml.building import build

    tiles = np.random.default_rng(0).integers(0, 256, (2, SIZE, SIZE, 3), np.uint8)
    plain = plain_network()
    ours = build(plain_recipe("float32"), tile_size=SIZE, policy="float32")
    ours.set_weights(plain.get_weights())

    found = np.asarray(plain(tiles.astype(np.float32) / 255.0))

    assert found == pytest.approx(np.asarray(ours(tiles)), abs=1e-5)
