"""An open project: the one door to what people decided and what models were made."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from filelock import FileLock
from sqlalchemy import Connection

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.domain.queue_weights import QueueWeight
from histoviewer.domain.regrouping import Regrouping, TileMove
from histoviewer.domain.tiles import Catalogue, Problem, TileTable
from histoviewer.domain.verdicts import Batch, VerdictLog
from histoviewer.domain.views import SavedView
from histoviewer.errors import InputError
from histoviewer.project import (
    facts,
    log_rows,
    queue_rows,
    regrouping,
    tile_rows,
    upgrading,
    view_rows,
)
from histoviewer.project.bulk import no_collection
from histoviewer.project.engine import Database
from histoviewer.project.facts import ProjectInfo
from histoviewer.project.folder import ProjectFolder, check_free, make_whole
from histoviewer.project.model_shelf import ModelShelf


class Project(ModelShelf):
    """A project folder with its database open; a context manager.

    Any thread may call its methods. Those that write return when what they wrote is on the disk,
    whole, and wait for one another. One process at a time may have a project open for writing.

    Every method that writes raises `StorageError` when the disk cannot take it (nothing is written
    then) and `InputError` when the project is open for reading only.
    """

    def __init__(self, folder: ProjectFolder, database: Database, lock: FileLock | None) -> None:
        """Use `create` or `open`."""
        super().__init__(folder, database)
        self._lock = lock
        self._refresh()

    @classmethod
    def create(cls, path: Path, *, catalogue: Catalogue, tile_size: int) -> "Project":
        """Make a project, and open it. It appears at `path` whole or not at all.

        Args:
            path: The folder to make; its name should end in '.histo'.
            catalogue: The tiles of the data set.
            tile_size: Side of a packed tile in pixels.

        Raises:
            InputError: Something is in the way, or a name in the catalogue is no text.
            StorageError: The disk cannot take it.
        """
        place = ProjectFolder(path.absolute())
        check_free(place.path)
        make_whole(place.path, lambda part: _build(part, place.name, catalogue, tile_size))
        return cls.open(place.path)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "Project":
        """Open a project, bringing an older one up to date.

        Args:
            path: The project folder.
            read_only: Needs no right to write, and disturbs nobody who has it open.

        Raises:
            InputError: It is not a project, damaged, newer than this program, or open elsewhere.
            StorageError: There is no right to write to it, or another program has locked it.
        """
        folder = ProjectFolder(path.absolute())
        if not folder.exists():
            raise InputError(
                f"{path} is not a HistoViewer project.",
                "Choose a project folder, or import the data set into a new one.",
            )
        lock = None if read_only else folder.lock()
        database = Database(folder.database, name=folder.name, read_only=read_only)
        try:
            upgrading.check_version(database)
            if not read_only:
                upgrading.check_writable(database)
                folder.remove_leftovers()
            return cls(folder, database, lock)
        except BaseException:
            database.close()
            if lock is not None:
                lock.release()
            raise

    def close(self) -> None:
        """Close the database and give up the right to write. May be called twice."""
        self._database.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()

    # --- facts and tiles

    @property
    def read_only(self) -> bool:
        """Return whether the project was opened for reading only."""
        return self._database.read_only

    def refuse_if_read_only(self) -> None:
        """Refuse what is going to write files: the database would refuse its own part too late.

        Raises:
            InputError: The project was opened for reading only.
        """
        self._database.refuse_if_read_only()

    @property
    def info(self) -> ProjectInfo:
        """Return the key facts, as of the last write of this process; reads no file."""
        return self._info

    @property
    def tile_count(self) -> int:
        """Return the number of tiles; reads no file."""
        return self._tile_count

    def tiles(self) -> TileTable:
        """Return all tiles."""
        with self._database.read() as connection:
            return tile_rows.read_tiles(connection)

    def sample_ids(self) -> tuple[str, ...]:
        """Return the ids of the sample submission in its order; empty where there is none."""
        with self._database.read() as connection:
            return tile_rows.read_sample(connection)

    def problems(self) -> list[Problem]:
        """Return what was found wrong: with the data set first, then with pixels."""
        with self._database.read() as connection:
            return tile_rows.read_problems(connection)

    def add_tiles(self, catalogue: Catalogue) -> Int64:
        """Append the tiles that are new, keeping all that exists: tiles, sides, verdicts, models.

        New is a tile at a location that the project does not have. Where its id is taken, it gets
        one that names its path. With new tiles the packed store no longer covers the project:
        `info.data_fingerprint` is None until `finish_packing`.

        Returns:
            The indexes of the new tiles.

        Raises:
            InputError: The catalogue is of another data set, or a test tile needs an id that
                another tile has.
        """
        facts.check_same_data_set(self._info, catalogue)
        with self._database.write() as connection:
            new = tile_rows.add_new_tiles(connection, catalogue)
            _store_findings(connection, catalogue)
            if len(new):
                facts.note_unpacked(connection)
        self._refresh()
        return new

    def finish_packing(
        self, *, splits: Int8, problems: Sequence[Problem], fingerprint: str
    ) -> None:
        """Store what is known once all pixels have been read.

        Args:
            splits: (N,) int8 of `Split`. Test tiles and tiles packed before must keep theirs.
            problems: All that packing found; replaces what an earlier packing found. What the scan
                of the data set found stays. A tile's flags follow from both.
            fingerprint: Fingerprint of the packed tiles.

        Raises:
            ValueError: A tile would leave a split that it keeps.
        """
        with self._database.write() as connection:
            tile_rows.assign_splits(connection, splits, fixed=self._info.packed_tiles)
            tile_rows.replace_problems(connection, tile_rows.PIXELS, problems)
            facts.note_packed(connection, fingerprint=fingerprint, tiles=len(splits))
        self._refresh()

    def regroup(self, plan: Regrouping) -> None:
        """Give tiles other groups and sides, and note what they had: all in one transaction.

        Raises:
            ValueError: The plan takes a tile away from validation or from the test.
        """
        with self._database.write() as connection:
            regrouping.write_regrouping(connection, plan)

    def part(self, plan: Regrouping) -> None:
        """Give tiles back the groups and sides that the newest regrouping took: one transaction.

        Raises:
            ValueError: The plan is not what was noted of the tiles.
        """
        with self._database.write() as connection:
            regrouping.write_parting(connection, plan)

    def regroupings(self) -> list[TileMove]:
        """Return which tiles were given another group or side, oldest first."""
        with self._database.read() as connection:
            return regrouping.read_regroupings(connection)

    # --- the verdict log

    def read_log(self) -> VerdictLog:
        """Return the verdict log, folded into the state of every tile."""
        with no_collection():
            with self._database.read() as connection:
                batches = log_rows.read_batches(connection)
            log = VerdictLog(self._tile_count)
            log.extend(batches)
        return log

    def append(self, batches: Sequence[Batch]) -> None:
        """Append the next batches to the verdict log in one transaction.

        Raises:
            ValueError: They do not follow on the batches that are stored.
        """
        if batches:
            with self._database.write() as connection:
                log_rows.append_batches(connection, batches)

    def queue_weights(self) -> list[QueueWeight]:
        """Return what readers said of how much waiting tiles weigh."""
        with self._database.read() as connection:
            return queue_rows.read_queue_weights(connection)

    def weigh(self, weights: Sequence[QueueWeight]) -> None:
        """Store weights of waiting tiles in place of those they had."""
        with self._database.write() as connection:
            queue_rows.write_queue_weights(connection, weights)

    # --- saved views

    def views(self) -> list[SavedView]:
        """Return the saved views in the order in which they were made."""
        with self._database.read() as connection:
            return view_rows.read_views(connection)

    def save_view(self, name: str, rule: Mapping[str, Any]) -> None:
        """Save what a reader asked to see; a view of that name gets the new rule.

        Args:
            name: What the reader calls it; spaces around it are dropped.
            rule: The query as plain JSON values.

        Raises:
            InputError: The name is empty.
        """
        with self._database.write() as connection:
            view_rows.write_view(connection, name, rule)

    def delete_view(self, name: str) -> None:
        """Remove a saved view.

        Raises:
            InputError: There is none of that name.
        """
        with self._database.write() as connection:
            view_rows.remove_view(connection, name)

    # --- internal

    def _refresh(self) -> None:
        with self._database.read() as connection:
            self._info = facts.read_info(connection, self._folder.name)
            self._tile_count = tile_rows.count_tiles(connection)


def _build(folder: ProjectFolder, name: str, catalogue: Catalogue, tile_size: int) -> None:
    """Fill the database of a project that nobody else sees yet."""
    database = Database(folder.database, name=name)
    try:
        upgrading.upgrade(database)
        with database.write() as connection:
            facts.write_facts(connection, catalogue=catalogue, tile_size=tile_size)
            tile_rows.add_new_tiles(connection, catalogue)
            _store_findings(connection, catalogue)
    finally:
        database.close()


def _store_findings(connection: Connection, catalogue: Catalogue) -> None:
    """Store what the scan found beside the tiles."""
    tile_rows.replace_problems(connection, tile_rows.SCAN, catalogue.problems)
    if catalogue.sample_ids:
        tile_rows.replace_sample(connection, catalogue.sample_ids)
