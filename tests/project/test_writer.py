"""The writer thread: nothing is lost, reordered, or said to be saved before it is."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from queue import Queue

import pytest

from histoviewer.domain.verdicts import Batch
from histoviewer.errors import StorageError
from histoviewer.project import engine
from histoviewer.project.project import Project
from histoviewer.project.writer import VerdictWriter
from tests.project.samples import batch, catalogue, model, singles

WAIT_S = 20.0


class Disk:
    """Takes batches as a project does; a test can hold it up, fill it, and see each transaction."""

    def __init__(self) -> None:
        self.transactions: list[list[int]] = []
        self.error: Exception | None = None
        self.open = threading.Event()
        self.open.set()
        self.tries: Queue[int] = Queue()

    @property
    def written(self) -> list[int]:
        return list(chain.from_iterable(self.transactions))

    def append(self, batches: Sequence[Batch]) -> None:
        self.tries.put(len(batches))
        assert self.open.wait(WAIT_S)
        if self.error:
            raise self.error
        self.transactions.append([batch.number for batch in batches])


class Reader:
    """What the window hears from the writer."""

    def __init__(self, project, **options) -> None:
        self.saved: Queue[int] = Queue()
        self.failures: Queue[tuple[StorageError, int]] = Queue()
        self.writer = VerdictWriter(
            project,
            on_saved=self.saved.put,
            on_failed=lambda error, count: self.failures.put((error, count)),
            **options,
        )

    def put(self, batches: Sequence[Batch]) -> None:
        for one in batches:
            self.writer.put(one)


@contextmanager
def reading(project, **options) -> Iterator[Reader]:
    reader = Reader(project, **options)
    yield reader
    reader.writer.close()


FULL = StorageError("There is no space left.", "Free some.")


def test_a_batch_is_on_the_disk_when_it_is_said_to_be_saved(project) -> None:
    with reading(project) as reader:
        reader.put(singles(1))

        assert reader.saved.get(timeout=WAIT_S) == 1
        with Project.open(project.path, read_only=True) as other:
            assert len(other.read_log().batches) == 1


def test_batches_that_wait_share_one_transaction() -> None:
    disk = Disk()
    disk.open.clear()
    with reading(disk) as reader:
        reader.put(singles(1))
        disk.tries.get(timeout=WAIT_S)
        reader.put(singles(50, start=2))
        disk.open.set()
        assert reader.writer.flush(WAIT_S)

    assert disk.transactions == [[1], list(range(2, 52))]
    assert list(reader.saved.queue) == [1, 51]


def test_flush_means_saved_and_told() -> None:
    with reading(Disk()) as reader:
        reader.put(singles(20))

        assert reader.writer.flush(WAIT_S)
        assert (reader.writer.pending, reader.saved.queue[-1]) == (0, 20)


def test_flush_gives_up_when_its_time_is_over() -> None:
    disk = Disk()
    disk.open.clear()
    with reading(disk) as reader:
        reader.put(singles(3))

        assert not reader.writer.flush(0.01)
        assert reader.writer.pending == 3
        disk.open.set()


def test_a_failure_is_told_once_and_loses_nothing() -> None:
    disk = Disk()
    disk.error = FULL
    with reading(disk, first_wait_s=0.001) as reader:
        reader.put(singles(1))
        error, waiting = reader.failures.get(timeout=WAIT_S)
        for _ in range(4):  # it tries again by itself
            disk.tries.get(timeout=WAIT_S)
        reader.put(singles(4, start=2))
        disk.error = None
        while reader.saved.get(timeout=WAIT_S) < 5:
            pass

    assert (error, waiting, reader.failures.qsize()) == (FULL, 1, 0)
    assert disk.written == [1, 2, 3, 4, 5]


def test_a_new_failure_after_a_success_is_told_again() -> None:
    disk = Disk()
    with reading(disk, first_wait_s=0.001) as reader:
        for number in (1, 2):
            disk.error = FULL
            reader.put(singles(1, start=number))
            assert reader.failures.get(timeout=WAIT_S)[0] is FULL
            disk.error = None
            assert reader.saved.get(timeout=WAIT_S) == number


def test_retry_does_not_wait_for_the_next_try() -> None:
    disk = Disk()
    disk.error = FULL
    with reading(disk, first_wait_s=3600) as reader:
        reader.put(singles(1))
        reader.failures.get(timeout=WAIT_S)
        disk.error = None
        reader.writer.retry()

        assert reader.saved.get(timeout=WAIT_S) == 1


def test_flush_tries_at_once_and_reports_a_failure() -> None:
    disk = Disk()
    disk.error = FULL
    with reading(disk, first_wait_s=3600) as reader:
        reader.put(singles(1))
        reader.failures.get(timeout=WAIT_S)

        assert not reader.writer.flush(WAIT_S)
        disk.error = None
        assert reader.writer.flush(WAIT_S)


def test_closing_saves_what_waits() -> None:
    disk = Disk()
    reader = Reader(disk)
    reader.put(singles(30))

    assert reader.writer.close()
    assert disk.written == list(range(1, 31))
    assert reader.writer.close()  # closing twice does no harm


def test_closing_tries_a_last_time_and_hands_over_the_rest() -> None:
    disk = Disk()
    disk.error = FULL
    reader = Reader(disk, first_wait_s=3600)
    reader.put(singles(2))
    reader.failures.get(timeout=WAIT_S)
    tries = disk.tries.qsize()

    assert not reader.writer.close()
    assert disk.tries.qsize() == tries + 1
    assert [batch.number for batch in reader.writer.unsaved()] == [1, 2]


def test_a_closed_writer_takes_nothing() -> None:
    with reading(Disk()) as reader:
        pass

    with pytest.raises(RuntimeError, match="closed"):
        reader.put(singles(1))


@pytest.mark.expected_log("writing verdicts failed")
def test_our_own_mistake_is_logged_and_loses_no_verdict(project) -> None:
    with reading(project, first_wait_s=3600) as reader:
        reader.put([batch(1, 1, [999])])
        error, _ = reader.failures.get(timeout=WAIT_S)

        assert "could not be written" in error.message
        assert reader.writer.pending == 1


@pytest.mark.expected_log("a callback of the verdict writer failed")
def test_a_mistake_in_a_callback_does_not_stop_the_writer() -> None:
    disk = Disk()
    writer = VerdictWriter(disk, on_saved=lambda _: 1 / 0, on_failed=lambda *_: None)
    for one in singles(2):
        writer.put(one)
        assert writer.flush(WAIT_S)

    assert writer.close()


def test_many_threads_may_put_and_wait() -> None:
    disk, numbers, gate = Disk(), iter(range(1, 401)), threading.Lock()

    def review() -> None:
        for _ in range(100):
            with gate:  # the log gives out numbers in order
                reader.put(singles(1, start=next(numbers)))
        assert reader.writer.flush(WAIT_S)

    with reading(disk) as reader:
        threads = [threading.Thread(target=review) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert disk.written == list(range(1, 401))


def test_models_are_entered_while_verdicts_are_written(project) -> None:
    with reading(project) as reader:
        for number in range(1, 41):
            reader.put(singles(5, start=1 + 5 * (number - 1)))
            project.add_model(model(number))

    assert reader.failures.empty()
    assert len(project.models()) == 40
    assert len(project.read_log().batches) == 200


def test_a_database_locked_by_another_program_is_said_and_waited_for(project, monkeypatch) -> None:
    project.close()
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.05)
    with (
        Project.open(project.path) as opened,
        closing(sqlite3.connect(project.path / "project.db", isolation_level=None)) as other,
        reading(opened, first_wait_s=0.01) as reader,
    ):
        other.execute("BEGIN IMMEDIATE")
        reader.put(singles(3))
        error, _ = reader.failures.get(timeout=WAIT_S)
        other.execute("ROLLBACK")
        assert reader.saved.get(timeout=WAIT_S) == 3

    assert "locked by another program" in error.message


def test_a_full_disk_is_said_and_nothing_is_lost(small_disk) -> None:
    path = small_disk / "x.histo"
    with Project.create(path, catalogue=catalogue(), tile_size=96) as project:
        filler = small_disk / "filler"
        with reading(project, first_wait_s=3600) as reader:
            reader.put(singles(10))
            assert reader.saved.get(timeout=WAIT_S)
            fill(filler)
            reader.put(singles(5_000, start=11))
            error, _ = reader.failures.get(timeout=WAIT_S)
            filler.unlink()
            assert reader.writer.flush(WAIT_S)

    assert "no space left" in error.message
    with Project.open(path) as again:
        assert [one.number for one in again.read_log().batches] == list(range(1, 5_011))


def fill(path) -> None:
    """Fill the disk to the last byte."""
    free = shutil.disk_usage(path.parent).free
    with path.open("wb", buffering=0) as file:
        file.write(bytes(free))  # returns how much there was room for
        with pytest.raises(OSError, match="No space"):
            file.write(bytes(1))


def test_full_database(project) -> None:
    """As above, where no small disk can be had: SQLite itself is told that there is no room."""
    with reading(project, first_wait_s=3600) as reader:
        limit(project, 1)
        reader.put(singles(5_000))
        error, _ = reader.failures.get(timeout=WAIT_S)
        limit(project, 2**30)
        assert reader.writer.flush(WAIT_S)

    assert "no space left" in error.message
    assert len(project.read_log().batches) == 5_000


def limit(project, pages: int) -> None:
    """Let the database grow to so many pages; the pool lends the same connection again."""
    with project._database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
