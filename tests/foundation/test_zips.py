"""Zip files from elsewhere: sound, damaged, larger than they look."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.zips import DamagedZipError, ForeignZip

CONTENT = bytes(range(256)) * 20
WAYS = {
    "stored": zipfile.ZIP_STORED,
    "deflated": zipfile.ZIP_DEFLATED,
    "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}


def packed(content: bytes = CONTENT, way: str = "deflated") -> bytearray:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", WAYS[way]) as archive:
        archive.writestr("a.txt", content)
    return bytearray(stream.getvalue())


def content_of(archive: bytes, most: int = 1 << 20) -> bytes:
    with ForeignZip(io.BytesIO(archive)) as opened:
        return opened.read("a.txt", most=most)


@pytest.mark.parametrize("way", ["stored", "deflated"])
def test_what_was_put_in_comes_out(way) -> None:
    assert content_of(packed(way=way)) == CONTENT


@pytest.mark.parametrize("way", ["bzip2", "lzma"])
def test_ways_of_packing_without_a_limit_are_refused(way) -> None:
    with pytest.raises(DamagedZipError, match=r"its a\.txt is packed in a way"):
        content_of(packed(way=way))


def test_an_encrypted_file_is_refused() -> None:
    archive = packed()
    for place in (archive.index(b"PK\3\4") + 6, archive.index(b"PK\1\2") + 8):
        archive[place] |= 1

    with pytest.raises(DamagedZipError, match=r"its a\.txt is packed in a way"):
        content_of(archive)


def test_a_file_that_is_too_large_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(DamagedZipError, match=r"its a\.txt is too large"):
        content_of(packed(bytes(1 << 20)), most=1 << 19)


def test_a_file_that_lies_about_its_size_is_damaged() -> None:
    archive = packed(bytes(1 << 20))
    for place in (archive.index(b"PK\3\4") + 22, archive.index(b"PK\1\2") + 24):
        archive[place : place + 4] = (1 << 10).to_bytes(4, "little")

    with pytest.raises(DamagedZipError):
        content_of(archive, most=1 << 19)


def test_a_file_that_is_not_there_is_named(tmp_path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed())

    with ForeignZip(path) as archive, pytest.raises(DamagedZipError, match="it lacks b"):
        archive.read("b", most=1)


def test_a_missing_zip_is_an_error_of_the_operating_system(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        ForeignZip(tmp_path / "gone.zip")


@given(
    st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 1 << 16),
    st.sampled_from(sorted(WAYS)),
)
def test_damage_is_noticed_or_does_not_matter(changes, cut, way) -> None:
    archive = packed(way=way)
    for place, value in changes:
        archive[place % len(archive)] = value
    del archive[len(archive) - cut % len(archive) // 8 :]

    try:
        found = content_of(archive)
    except DamagedZipError:
        return
    assert found == CONTENT
