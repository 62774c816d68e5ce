import cv2
import numpy as np
import pytest

from histoviewer.tiles import tiff
from histoviewer.tiles.decode import Missing, Unreadable, decode_rgb, read_rgb
from tests.tiles.helpers import noise, sha1_name, write_image

LOSSLESS = ("tif", "tiff", "png", "bmp")


def encoded(suffix, image, *options):
    return cv2.imencode(f".{suffix}", image, options)[1].tobytes()


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_colours_arrive_as_rgb(suffix, tmp_path):
    rgb = noise(1, 9, 7)
    assert (read_rgb(write_image(tmp_path / f"a.{suffix}", rgb)) == rgb).all()


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_lossy_formats_keep_red_red(suffix, tmp_path):
    red = np.full((32, 32, 3), (220, 30, 40), np.uint8)
    found = read_rgb(write_image(tmp_path / f"a.{suffix}", red)).mean(axis=(0, 1))
    assert np.abs(found - red[0, 0]).max() < 8


def test_lossless_webp_is_exact():
    rgb = noise(2)
    data = encoded("webp", rgb[..., ::-1], cv2.IMWRITE_WEBP_QUALITY, 101)
    assert (decode_rgb(data) == rgb).all()


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_grey_becomes_three_equal_channels(suffix):
    grey = noise(3)[..., 0]
    assert (decode_rgb(encoded(suffix, grey)) == grey[..., None]).all()


def test_transparent_is_white_and_half_is_between():
    rgba = np.zeros((1, 3, 4), np.uint8)
    rgba[0, :, 0] = 200  # blue, in OpenCV's order
    rgba[0, :, 3] = (0, 128, 255)
    assert decode_rgb(encoded("png", rgba))[0].tolist() == [
        [255, 255, 255],
        [127, 127, 227],
        [0, 0, 200],
    ]


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_16_bits_are_scaled_by_full_range(suffix):
    grey = np.array([[0, 128, 129, 257, 32768, 65535]], np.uint16)
    assert decode_rgb(encoded(suffix, grey))[0, :, 0].tolist() == [0, 0, 1, 1, 128, 255]


def test_16_bit_colour_keeps_its_order():
    bgr = np.zeros((2, 2, 3), np.uint16)
    bgr[..., 2] = 65535
    assert decode_rgb(encoded("png", bgr))[0, 0].tolist() == [255, 0, 0]


def test_an_orientation_in_exif_is_not_applied():
    data = encoded("jpg", np.zeros((8, 16, 3), np.uint8))
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    block = b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif
    assert decode_rgb(data[:2] + block + data[2:]).shape == (8, 16, 3)


@pytest.mark.parametrize("suffix", [*LOSSLESS, "jpg", "webp"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.98])
def test_truncated_files_are_unreadable(suffix, share):
    data = encoded(suffix, noise(4, 40))
    with pytest.raises(Unreadable):
        decode_rgb(data[: int(len(data) * share)])


def test_damage_inside_a_png_is_found():
    data = bytearray(encoded("png", noise(5, 40)))
    data[len(data) // 2] ^= 255
    with pytest.raises(Unreadable, match="damaged PNG"):
        decode_rgb(bytes(data))


def test_bad_files_print_nothing(capfd):
    for suffix in (*LOSSLESS, "webp"):
        data = bytearray(encoded(suffix, noise(6, 40)))
        data[len(data) // 2 : len(data) // 2 + 20] = b"\xff" * 20
        for sample in (bytes(data), bytes(data[:200]), b"no image"):
            try:
                decode_rgb(sample)
            except Unreadable:
                continue
    assert capfd.readouterr() == ("", "")


def test_floats_are_refused_by_name():
    with pytest.raises(Unreadable, match="float32 pixels"):
        decode_rgb(encoded("tif", np.zeros((4, 4, 3), np.float32)))


def test_a_missing_file_is_told_from_a_bad_one(tmp_path):
    with pytest.raises(Missing):
        read_rgb(tmp_path / "no.png")
    with pytest.raises(Unreadable, match="directory"):
        read_rgb(tmp_path)


def test_names_outside_ascii_are_read(tmp_path):
    rgb = noise(7)
    assert (read_rgb(write_image(tmp_path / "Gewebe-Ü 組織.png", rgb)) == rgb).all()


def test_real_tiles_have_the_pixels_of_their_name(shared_data):
    for path in (shared_data / "kaggle_mini" / "train").iterdir():
        assert sha1_name(read_rgb(path)) == path.stem


def test_our_tiff_is_read_by_opencv():
    rgb = noise(8, 5, 9)
    assert (decode_rgb(tiff.encode(rgb)) == rgb).all()
