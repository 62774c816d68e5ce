import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.tiles import tiff
from histoviewer.tiles.reading import TileReader
from histoviewer.tiles.strips import StripReader, parse
from tests.tiles.helpers import noise

RGB = noise(1, 12, 10)


def opencv_tiff(image, *options):
    return cv2.imencode(".tif", image, options)[1].tobytes()


PLAIN = (cv2.IMWRITE_TIFF_COMPRESSION, 1)


def test_our_own_tiff_is_taken():
    assert (StripReader().read(tiff.encode(RGB)) == RGB).all()


def test_real_tiles_are_taken(shared_data):
    reader = StripReader()
    for path in (shared_data / "kaggle_mini" / "train").iterdir():
        assert reader.read(path.read_bytes()) is not None


def test_a_directory_behind_the_pixels_is_taken():
    layout = parse(opencv_tiff(RGB[..., ::-1], *PLAIN))
    assert layout is not None
    assert not layout.key  # nothing to recognise the next file by
    assert (StripReader().read(opencv_tiff(RGB[..., ::-1], *PLAIN)) == RGB).all()


def test_big_endian_and_several_strips_are_taken():
    data = _big_endian(RGB, strips=3)
    assert (StripReader().read(data) == RGB).all()


def test_strips_out_of_order_are_left_to_the_library():
    assert parse(_big_endian(RGB, strips=3, swap=True)) is None


@pytest.mark.parametrize(
    "data",
    [
        opencv_tiff(RGB),  # LZW
        opencv_tiff(RGB[..., 0], *PLAIN),  # grey
        opencv_tiff(RGB.astype(np.uint16), *PLAIN),
        opencv_tiff(np.dstack([RGB, RGB[..., :1]]), *PLAIN),  # RGBA
        tiff.encode(RGB)[:100],
        tiff.encode(RGB)[:-1],
        b"II*\0",
        b"",
    ],
    ids=["lzw", "grey", "16 bit", "rgba", "cut in header", "cut in pixels", "magic", "empty"],
)
def test_everything_else_is_left_to_the_library(data):
    assert StripReader().read(data) is None


def test_a_file_of_another_form_follows():
    reader = StripReader()
    for rgb in (noise(2, 8), noise(3, 9, 8), noise(4, 8)):
        assert (reader.read(tiff.encode(rgb)) == rgb).all()


@given(st.binary(max_size=300), st.integers(0, 200))
def test_no_bytes_make_it_stumble(junk, at):
    data = bytearray(tiff.encode(RGB))
    data[at : at + len(junk)] = junk
    found = StripReader().read(bytes(data))
    assert found is None or found.ndim == 3


def test_reading_into_place_takes_only_what_is_whole(tmp_path):
    rgb = [noise(seed, 12) for seed in range(4)]
    for number, pixels in enumerate(rgb):
        (tmp_path / f"{number}.tif").write_bytes(tiff.encode(pixels))
    (tmp_path / "2.tif").write_bytes(tiff.encode(rgb[2])[:-1])
    (tmp_path / "3.tif").write_bytes(opencv_tiff(rgb[3]))
    place = np.zeros((12, 12, 3), np.uint8)
    with TileReader(tmp_path) as reader:
        reader.read("0.tif")
        assert reader.read_into("1.tif", place.data.cast("B"))
        assert (place == rgb[1]).all()
        assert not any(reader.read_into(f"{n}.tif", place.data.cast("B")) for n in (2, 3, 9))


def _big_endian(rgb, *, strips, swap=False):
    """A TIFF in Motorola order with its pixels in several strips."""
    height, width = rgb.shape[:2]
    rows = height // strips
    size = rows * width * 3
    start = 8 + 2 + 12 * 9 + 4
    pixels_at = start + 6 + 8 * strips
    offsets = [pixels_at + size * number for number in range(strips)]
    if swap:
        offsets.reverse()
    entries = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, start), (259, 3, 1, 1 << 16),
        (262, 3, 1, 2 << 16), (273, 4, strips, start + 6), (277, 3, 1, 3 << 16),
        (278, 4, 1, rows), (279, 4, strips, start + 6 + 4 * strips),
    ]  # fmt: skip
    parts = [b"MM\0*", (8).to_bytes(4), (len(entries)).to_bytes(2)]
    for tag, kind, count, value in entries:
        parts += [tag.to_bytes(2), kind.to_bytes(2), count.to_bytes(4), value.to_bytes(4)]
    parts += [bytes(4), b"\0\x08" * 3]
    parts += [offset.to_bytes(4) for offset in offsets] + [size.to_bytes(4)] * strips
    return b"".join(parts) + rgb.tobytes()
