"""What packing finds wrong with tiles."""

import os

import numpy as np
import pytest

from histoviewer.domain.tiles import ProblemFlag, ProblemKind, Split
from histoviewer.jobs.messages import Note
from histoviewer.tiles import tiff
from histoviewer.tiles.duplicates import across_splits
from histoviewer.tiles.examining import PLACEHOLDER_GREY
from histoviewer.tiles.layouts import scan
from histoviewer.tiles.packing import PackRequest, pack
from histoviewer.tiles.store import PackedTiles
from tests.tiles.helpers import (
    found,
    kaggle_set,
    noise,
    pack_all,
    pack_files,
    request_of,
    run,
    sha1_name,
    write_image,
)


@pytest.fixture
def root(tmp_path):
    """A folder with one sound tile."""
    write_image(tmp_path / "data" / "sound.tif", noise(0))
    return tmp_path / "data"


def test_sound_tiles_have_no_problems(root):
    assert not pack_files(root).problems


@pytest.mark.parametrize("suffix", ["tif", "png", "jpg"])
def test_truncated_and_empty_files_become_placeholders(root, tmp_path, suffix):
    path = write_image(root / f"bad.{suffix}", noise(1))
    path.write_bytes(path.read_bytes()[:200])
    (root / f"empty.{suffix}").touch()
    report = pack_files(root, tmp_path / "store")
    assert found(report) == {("unreadable", "bad"), ("unreadable", "empty")}
    packed = PackedTiles.open(tmp_path / "store")
    assert (packed.gather(np.array([0, 1])) == PLACEHOLDER_GREY).all()
    assert set(packed.faults) == {0, 1}


def test_a_missing_file_is_named_so(root):
    request = PackRequest(root=root, locations=["no.tif"], ids=["no"], size=16, folder=None)
    report = run(pack(request, lambda: False))
    assert found(report) == {("file is missing", "no")}
    assert report.heights.tolist() == [0]


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root reads all")
def test_a_file_without_the_right_to_read_is_unreadable(root):
    write_image(root / "locked.tif", noise(1)).chmod(0)
    assert found(pack_files(root)) == {("unreadable", "locked")}


@pytest.mark.parametrize("suffix", ["tif", "png"])
@pytest.mark.parametrize("level", [0, 255, 90])
def test_plain_tiles_are_constant_and_no_duplicates(root, suffix, level):
    for name in ("x", "y"):
        write_image(root / f"{name}.{suffix}", np.full((16, 16, 3), level, np.uint8))
    report = pack_files(root)
    assert found(report) == {("constant", "x"), ("constant", "y")}
    assert report.clusters.tolist() == [-1, -1, -1]


def test_a_tile_with_one_other_pixel_is_not_constant(root):
    rgb = np.zeros((16, 16, 3), np.uint8)
    rgb[3, 5, 1] = 1
    write_image(root / "nearly.tif", rgb)
    assert not pack_files(root).problems


def test_odd_sizes_are_listed_with_their_size_and_fit(root, tmp_path):
    for number in range(4):
        write_image(root / f"usual{number}.tif", noise(number + 1))
    write_image(root / "sliver.png", noise(9, 50, 1))
    report = pack_files(root, tmp_path / "store")
    assert [(p.kind, p.subject, p.detail) for p in report.problems] == [
        (ProblemKind.ODD_SIZE, "sliver", "50x1")
    ]
    fitted = PackedTiles.open(tmp_path / "store").fitted
    assert fitted[0].how == "padded to 50x50 by reflection, shrunk to 16x16 by area"


def test_another_tile_size_does_not_make_all_tiles_odd(root, tmp_path):
    for number in range(3):
        write_image(root / f"usual{number}.tif", noise(number + 1))
    report = pack_files(root, tmp_path / "store", size=8)
    assert not report.problems
    assert len(PackedTiles.open(tmp_path / "store").fitted) == 4


def test_duplicates_name_their_twin_whatever_the_format(root):
    write_image(root / "twin.png", noise(0))
    write_image(root / "triplet.bmp", noise(0))
    report = pack_files(root)
    assert {(p.subject, p.detail) for p in report.problems} == {
        ("sound", "same pixels as triplet"),
        ("triplet", "same pixels as sound"),
        ("twin", "same pixels as sound"),
    }
    assert report.clusters.tolist() == [0, 0, 0]


def test_the_same_bytes_in_another_shape_are_no_duplicate(root):
    write_image(root / "wide.png", noise(0).reshape(8, 32, 3))
    assert pack_files(root).clusters.tolist() == [-1, -1]


def test_names_that_are_hashes_are_checked(root):
    right, swapped, damaged = noise(1), noise(2), noise(3)
    write_image(root / f"{sha1_name(right)}.tif", right)
    write_image(root / f"{sha1_name(swapped[..., ::-1])}.tif", swapped)
    write_image(root / f"{sha1_name(noise(4))}.png", damaged)
    assert found(pack_files(root)) == {
        ("wrong colour order", sha1_name(swapped[..., ::-1])),
        ("id does not match pixels", sha1_name(noise(4))),
    }


def test_kaggle_tiles_rewritten_as_bgr_are_all_found(tmp_path):
    for path in (kaggle_set(tmp_path / "data") / "train").iterdir():
        path.write_bytes(tiff.encode(tiff_pixels(path)[..., ::-1]))
    report = pack_all(scan(tmp_path / "data"), None)
    kinds = [problem.kind for problem in report.problems]
    assert kinds == [ProblemKind.WRONG_COLOUR_ORDER] * 6


def tiff_pixels(path):
    return np.frombuffer(path.read_bytes()[-16 * 16 * 3 :], np.uint8).reshape(16, 16, 3)


def test_names_that_are_some_other_hash_say_nothing(tmp_path):
    for number in range(101):
        write_image(tmp_path / f"{number:040x}.tif", noise(number, 8))
    report = pack_files(tmp_path, size=8)
    assert not report.problems
    assert report.foreign_names


def test_that_names_were_not_checked_is_said(tmp_path):
    for number in range(101):
        write_image(tmp_path / f"{number:040x}.tif", noise(number, 8))
    names = [f"{number:040x}" for number in range(101)]
    request = PackRequest(
        root=tmp_path, locations=[f"{name}.tif" for name in names], ids=names, size=8, folder=None
    )
    assert any(isinstance(update, Note) for update in pack(request, lambda: False))


def test_jpeg_names_are_not_checked(root):
    write_image(root / f"{7:040x}.jpg", noise(1))
    assert not pack_files(root).problems


def test_flags_are_the_bits_of_the_problems(root):
    write_image(root / "twin.png", noise(0))
    (root / "bad.png").touch()
    report = pack_files(root)
    ids = ["bad", "sound", "twin"]
    expected = np.zeros(3, np.uint16)
    for problem in report.problems:
        expected[ids.index(problem.subject)] |= ProblemFlag.of(problem.kind)
    assert report.flags.tolist() == expected.tolist()


def test_duplicates_across_splits_name_the_other_side():
    clusters = np.array([-1, 0, 0, 1, 1, 1])
    splits = np.array([Split.TRAIN, 0, 0, 0, Split.TEST, Split.VALIDATION], np.int8)
    problems = across_splits(clusters, splits, list("abcdef"))
    assert [(p.subject, p.detail) for p in problems] == [
        ("d", "same pixels as e (test)"),
        ("e", "same pixels as d (train)"),
        ("f", "same pixels as d (train)"),
    ]
    assert not across_splits(np.full(2, -1), splits[:2], ["a", "b"])


def test_examining_finds_what_packing_finds(root, tmp_path):
    write_image(root / "odd.png", noise(3, 5))
    (root / "bad.png").touch()
    examined, packed = pack_files(root), pack_files(root, tmp_path / "store")
    assert examined.problems == packed.problems
    assert examined.fingerprint == packed.fingerprint


def test_the_fingerprint_follows_pixels_ids_and_size(tmp_path):
    catalogue = scan(kaggle_set(tmp_path / "data"))
    first = pack_all(catalogue, None).fingerprint
    assert pack_all(catalogue, None).fingerprint == first
    assert pack_all(catalogue, None, 8).fingerprint != first
    assert pack_all(catalogue, None, count=7).fingerprint != first
    (catalogue.root / catalogue.locations[0]).write_bytes(tiff.encode(noise(77)))
    assert run(pack(request_of(catalogue, None), lambda: False)).fingerprint != first
