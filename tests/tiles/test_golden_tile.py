"""One tile of which every pixel is known goes the whole way from file to packed store."""

import cv2
import numpy as np
import pytest

from histoviewer.domain.tiles import ProblemKind
from histoviewer.tiles import tiff
from histoviewer.tiles.originals import OriginalTiles
from histoviewer.tiles.store import PackedTiles
from tests.tiles.helpers import noise, pack_files, sha1_name


def golden():
    """A red, a green and a blue quarter and one of noise: no two channels alike."""
    rgb = noise(42, 24)
    rgb[:12, :12] = (250, 10, 20)
    rgb[:12, 12:] = (15, 240, 30)
    rgb[12:, :12] = (5, 25, 230)
    return rgb


def encodings(rgb):
    bgr = np.ascontiguousarray(rgb[..., ::-1])
    alpha = np.full((24, 24, 1), 255, np.uint8)
    return {
        "kaggle.tif": tiff.encode(rgb),
        "lzw.tiff": cv2.imencode(".tif", bgr)[1].tobytes(),
        "a.png": cv2.imencode(".png", bgr)[1].tobytes(),
        "alpha.png": cv2.imencode(".png", np.dstack([bgr, alpha]))[1].tobytes(),
        "deep.png": cv2.imencode(".png", bgr.astype(np.uint16) * 257)[1].tobytes(),
        "a.bmp": cv2.imencode(".bmp", bgr)[1].tobytes(),
        "a.webp": cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, 101])[1].tobytes(),
    }


@pytest.mark.parametrize("name", encodings(golden()))
def test_the_golden_tile_arrives_as_rgb(name, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    location = f"{sha1_name(golden())}.{name.rpartition('.')[2]}"
    (folder / location).write_bytes(encodings(golden())[name])
    assert not pack_files(folder, tmp_path / "store", size=24).problems
    packed = PackedTiles.open(tmp_path / "store").gather(np.array([0]))[0]
    original = OriginalTiles(folder, [location], 24).gather(np.array([0]))[0]
    assert (packed == golden()).all()
    assert (original == golden()).all()


@pytest.mark.parametrize("name", encodings(golden()))
def test_the_golden_tile_in_bgr_is_called_out(name, tmp_path):
    location = f"{sha1_name(golden())}.{name.rpartition('.')[2]}"
    (tmp_path / location).write_bytes(encodings(golden()[..., ::-1])[name])
    report = pack_files(tmp_path, size=24)
    assert [problem.kind for problem in report.problems] == [ProblemKind.WRONG_COLOUR_ORDER]
