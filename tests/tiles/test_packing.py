"""Packing that is watched, interrupted, continued and extended."""

import errno
import itertools
import os
import shutil
import subprocess
import threading
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from histoviewer.domain.tiles import ProblemFlag
from histoviewer.errors import InputError, JobCancelled, StorageError
from histoviewer.jobs.job import Job, Lane
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Finished, Progress
from histoviewer.tiles import packing
from histoviewer.tiles.decode import Unreadable
from histoviewer.tiles.examining import PLACEHOLDER_GREY
from histoviewer.tiles.layouts import scan
from histoviewer.tiles.originals import OriginalTiles
from histoviewer.tiles.packing import check_space, pack, required_bytes
from histoviewer.tiles.reading import TileReader
from histoviewer.tiles.store import PackedTiles
from tests.tiles.helpers import kaggle_set, noise, pack_all, request_of, run, write_image

TILES = 24


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """24 tiles, one of them of another format and size, one damaged."""
    folder = kaggle_set(tmp_path_factory.mktemp("data"), train=TILES - 4, test=2)
    write_image(folder / "train" / "zz_odd.png", noise(50, 20, 9))
    (folder / "train" / "zz_bad.png").write_bytes(b"no image")
    return scan(folder)


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """Two tiles a write and one thread, so that a pack can be stopped at a known tile."""
    monkeypatch.setattr(packing, "_CHUNK_BYTES", 2 * 16 * 16 * 3)
    monkeypatch.setattr(packing, "_thread_count", lambda: 1)


def is_whole(catalogue, folder, count=None):
    """Whether every tile is packed as its file has it, and those that cannot be read are grey."""
    packed = PackedTiles.open(folder)
    index = np.arange(len(catalogue) if count is None else count)
    originals = OriginalTiles(catalogue.root, catalogue.locations, 16)
    expected = np.full((len(index), 16, 16, 3), PLACEHOLDER_GREY, np.uint8)
    for tile in index:
        with suppress(Unreadable):
            expected[tile] = originals.gather(index[tile : tile + 1])
    return packed.shape[0] == len(index) and bool((packed.gather(index) == expected).all())


class Disk:
    """Takes so many writes of tiles, then none, as a full disk does."""

    def __init__(self, monkeypatch, writes):
        self.left = writes
        self._write = packing.write_all
        monkeypatch.setattr(packing, "write_all", self)

    def __call__(self, file, tiles):
        if self.left == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.left -= 1
        self._write(file, tiles)


class Reads:
    """Counts the originals that are opened."""

    def __init__(self, monkeypatch):
        self.locations = []
        for name in ("read", "read_into"):
            monkeypatch.setattr(TileReader, name, self._counting(getattr(TileReader, name)))

    def _counting(self, method):
        def counted(reader, location, *rest):
            self.locations.append(location)
            return method(reader, location, *rest)

        return counted


def test_a_pack_leaves_only_the_store(catalogue, tmp_path):
    pack_all(catalogue, tmp_path)
    assert is_whole(catalogue, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} >= {"tiles.json", "tiles.npy", "tiles.u8"}
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".part", ".tmp", ".reserve")]


def test_many_threads_pack_the_same(catalogue, tmp_path, monkeypatch):
    one = pack_all(catalogue, tmp_path / "one")
    monkeypatch.setattr(packing, "_thread_count", lambda: 7)
    many = pack_all(catalogue, tmp_path / "many")
    assert one.problems == many.problems
    names = ("tiles.u8", "tiles.json", "tiles.npy")
    for name in names:
        one_file, other_file = tmp_path / "one" / name, tmp_path / "many" / name
        assert one_file.read_bytes() == other_file.read_bytes()


def test_progress_says_how_far_and_how_fast(catalogue, tmp_path):
    updates = list(pack(request_of(catalogue, tmp_path), lambda: False))
    assert all(isinstance(update, Progress) for update in updates)
    assert (updates[-1].done, updates[-1].total) == (TILES, TILES)
    assert updates[-1].rate > 0
    assert updates[-1].left_s == 0


@pytest.mark.timeout(60)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(0, TILES // 2 - 1), max_size=3))
def test_a_pack_goes_on_wherever_the_disk_was_full(catalogue, tmp_path_factory, monkeypatch, stops):
    folder = tmp_path_factory.mktemp("store")
    done = 0
    for stop in stops:
        with monkeypatch.context() as patch:
            Disk(patch, stop)
            if done + stop < TILES // 2:
                with pytest.raises(StorageError, match="no space left to write the packed tiles"):
                    pack_all(catalogue, folder)
                done += stop
    with monkeypatch.context() as patch:
        reads = Reads(patch)
        report = pack_all(catalogue, folder)
    assert len(set(reads.locations)) == TILES - 2 * done
    assert is_whole(catalogue, folder)
    assert report.problems == pack_all(catalogue, None).problems


def test_a_half_pack_is_no_store(catalogue, tmp_path, monkeypatch):
    Disk(monkeypatch, 5)
    with pytest.raises(StorageError):
        pack_all(catalogue, tmp_path)
    with pytest.raises(InputError, match="no packed tiles"):
        PackedTiles.open(tmp_path)


def test_cancelling_keeps_what_is_done(catalogue, tmp_path, monkeypatch):
    dropped, fourth = threading.Event(), threading.Event()
    write, drop = packing.write_all, packing._Run._drop_rest
    numbers = itertools.count(1)

    def write_slowly(file, tiles):
        write(file, tiles)
        if next(numbers) == 4:
            fourth.set()
            dropped.wait()

    monkeypatch.setattr(packing, "write_all", write_slowly)
    monkeypatch.setattr(packing._Run, "_drop_rest", lambda job: (drop(job), dropped.set()))
    body = pack(request_of(catalogue, tmp_path), lambda: False)
    next(body)
    next(body)
    fourth.wait()
    with pytest.raises(JobCancelled):
        body.throw(JobCancelled())
    reads = Reads(monkeypatch)
    pack_all(catalogue, tmp_path)
    assert len(set(reads.locations)) == TILES - 4 * 2
    assert is_whole(catalogue, tmp_path)


def test_a_killed_pack_goes_on_from_its_last_note(catalogue, tmp_path, monkeypatch):
    noted = threading.Event()
    write, note = packing.write_all, packing.PackFiles.save_progress
    numbers = itertools.count(1)

    def wait_for_the_note(file, tiles):
        write(file, tiles)
        if next(numbers) == 6:
            noted.wait()

    def take_note(files):
        note(files)
        shutil.copytree(tmp_path / "store", tmp_path / "as left", dirs_exist_ok=True)
        noted.set()

    monkeypatch.setattr(packing, "_CHECKPOINT_S", 0)
    with monkeypatch.context() as patch:
        patch.setattr(packing, "write_all", wait_for_the_note)
        patch.setattr(packing.PackFiles, "save_progress", take_note)
        pack_all(catalogue, tmp_path / "store")
    monkeypatch.setattr(packing, "_CHECKPOINT_S", 60)
    reads = Reads(monkeypatch)
    pack_all(catalogue, tmp_path / "as left")
    assert len(set(reads.locations)) < TILES
    assert is_whole(catalogue, tmp_path / "as left")


def test_a_cancel_that_is_only_asked_for_ends_it_too(catalogue, tmp_path):
    with pytest.raises(JobCancelled):
        list(pack(request_of(catalogue, tmp_path), lambda: True))


def test_an_interrupted_pack_of_other_tiles_starts_anew(catalogue, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        Disk(patch, 5)
        with pytest.raises(StorageError):
            pack_all(catalogue, tmp_path)
    pack_all(catalogue, tmp_path, count=9)
    assert is_whole(catalogue, tmp_path, 9)


@pytest.mark.parametrize("damage", ["gone", "cut", "junk"])
def test_a_damaged_note_of_progress_starts_anew(catalogue, tmp_path, monkeypatch, damage):
    with monkeypatch.context() as patch:
        Disk(patch, 5)
        with pytest.raises(StorageError):
            pack_all(catalogue, tmp_path)
    note = tmp_path / "tiles.progress"
    content = {"gone": None, "cut": note.read_bytes()[:-1], "junk": b"\0\xff"}[damage]
    note.unlink() if content is None else note.write_bytes(content)
    pack_all(catalogue, tmp_path)
    assert is_whole(catalogue, tmp_path)


def test_added_tiles_are_appended_and_only_they_are_read(catalogue, tmp_path, monkeypatch):
    pack_all(catalogue, tmp_path, count=15)
    before = PackedTiles.open(tmp_path)
    reads = Reads(monkeypatch)
    report = pack_all(catalogue, tmp_path, previous=True)
    assert set(reads.locations) == set(catalogue.locations[15:])
    assert is_whole(catalogue, tmp_path)
    assert before.gather(np.arange(15)).any()  # a reader of the old store is not disturbed
    assert report.problems == pack_all(catalogue, None).problems
    assert report.fingerprint == PackedTiles.open(tmp_path).fingerprint


@pytest.fixture
def lost(tmp_path):
    """A packed set whose first tile is damaged and whose second is gone; what they held."""
    catalogue = scan(kaggle_set(tmp_path / "data", train=6, test=0))
    files = [catalogue.root / location for location in catalogue.locations[:2]]
    content = {file: file.read_bytes() for file in files}
    files[0].write_bytes(b"no image")
    files[1].unlink()
    report = pack_all(catalogue, tmp_path / "store")
    assert report.flags.tolist() == [ProblemFlag.UNREADABLE, ProblemFlag.MISSING, 0, 0, 0, 0]
    return catalogue, content, report


def test_tiles_that_can_be_read_again_get_their_pixels(lost, tmp_path, monkeypatch):
    catalogue, content, before = lost
    for file, data in content.items():
        file.write_bytes(data)
    reads = Reads(monkeypatch)
    report = pack_all(catalogue, tmp_path / "store", previous=True)
    assert set(reads.locations) == set(catalogue.locations[:2])
    assert (report.flags == 0).all()
    assert report.fingerprint != before.fingerprint
    assert not PackedTiles.open(tmp_path / "store").faults
    assert is_whole(catalogue, tmp_path / "store")


def test_tiles_that_still_cannot_be_read_stay_as_they_were(lost, tmp_path):
    catalogue, _, before = lost
    faults = PackedTiles.open(tmp_path / "store").faults
    report = pack_all(catalogue, tmp_path / "store", previous=True)
    assert (report.problems, report.fingerprint) == (before.problems, before.fingerprint)
    assert PackedTiles.open(tmp_path / "store").faults == faults


def test_an_interrupted_append_leaves_the_old_store_and_goes_on(catalogue, tmp_path, monkeypatch):
    pack_all(catalogue, tmp_path, count=10)
    with monkeypatch.context() as patch:
        Disk(patch, 3)
        with pytest.raises(StorageError):
            pack_all(catalogue, tmp_path, previous=True)
    assert is_whole(catalogue, tmp_path, 10)
    reads = Reads(monkeypatch)
    pack_all(catalogue, tmp_path, previous=True)
    assert len(set(reads.locations)) == TILES - 10 - 6
    assert is_whole(catalogue, tmp_path)


def test_appending_to_nothing_packs_all(catalogue, tmp_path):
    pack_all(catalogue, tmp_path, previous=True)
    assert is_whole(catalogue, tmp_path)


def test_appending_to_other_tiles_is_refused(catalogue, tmp_path):
    pack_all(catalogue, tmp_path)
    with pytest.raises(InputError, match="not the first of those to be packed"):
        pack_all(catalogue, tmp_path, count=5, previous=True)
    with pytest.raises(InputError, match="not the first"):
        pack_all(catalogue, tmp_path, 8, previous=True)


def test_packing_again_replaces_the_store(catalogue, tmp_path):
    pack_all(catalogue, tmp_path, 8)
    pack_all(catalogue, tmp_path)
    assert is_whole(catalogue, tmp_path)


def test_too_small_a_disk_is_refused_before_anything_is_written(catalogue, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage._replace(free=10**7))
    with pytest.raises(StorageError, match=r"need \d+ MB; .* has \d+ MB left"):
        pack_all(catalogue, tmp_path)
    assert required_bytes(220_025, 96) > 220_025 * 27_648


def test_a_folder_without_the_right_to_write_is_said(catalogue, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="packed tiles"):
        pack_all(catalogue, tmp_path / "file" / "store")
    check_space(tmp_path, 1, 16)


def test_a_disk_that_is_really_full_is_said_and_goes_on_with_room(tmp_path, monkeypatch):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("needs the right to mount a small tmpfs")
    monkeypatch.setattr(packing, "check_space", lambda *_args: None)
    catalogue = scan(kaggle_set(tmp_path / "data", train=500, test=0, size=24))  # 0.9 MB
    try:
        (disk / "filler").write_bytes(bytes(500_000))
        with pytest.raises(StorageError, match="no space left"):
            pack_all(catalogue, disk, 24)
        (disk / "filler").unlink()
        reads = Reads(monkeypatch)
        pack_all(catalogue, disk, 24)
        assert 0 < len(set(reads.locations)) < 500
        assert PackedTiles.open(disk).shape[0] == 500
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_packing_runs_as_a_job(catalogue, tmp_path):
    job = Job(
        title="Packing",
        target="histoviewer.tiles.packing:pack",
        request=request_of(catalogue, tmp_path),
        lane=Lane.FILES,
    )
    updates = []
    with LaneProcess() as process:
        ending = process.run(job, updates.append)
    assert isinstance(ending, Finished)
    assert updates[-1].done == TILES
    assert is_whole(catalogue, tmp_path)


def test_no_tiles_are_a_store_too(tmp_path):
    (tmp_path / "data").mkdir()
    request = packing.PackRequest(
        root=tmp_path / "data", locations=[], ids=[], size=16, folder=tmp_path / "store"
    )
    run(pack(request, lambda: False))
    assert PackedTiles.open(tmp_path / "store").shape == (0, 16, 16, 3)
