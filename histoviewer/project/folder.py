"""The project folder: where everything is, making it whole or not at all, who may write."""

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from histoviewer.domain.command_lines import command_line
from histoviewer.errors import InputError, InUseError, UserError, storage_error
from histoviewer.files import is_there

SUFFIX: Final = ".histo"
PART: Final = ".part"  # ends the name of what is not whole yet
_DATABASE: Final = "project.db"
_LOCK: Final = "project.lock"


@dataclass(frozen=True, slots=True)
class ProjectFolder:
    """The paths inside a project folder.

    Args:
        path: The folder itself, absolute.
    """

    path: Path

    @property
    def name(self) -> str:
        """Return the project's name: the folder's, without its suffix."""
        return self.path.name.removesuffix(SUFFIX)

    @property
    def database(self) -> Path:
        """Return where the database is."""
        return self.path / _DATABASE

    @property
    def models(self) -> Path:
        """Return where the models are."""
        return self.path / "models"

    @property
    def exports(self) -> Path:
        """Return where exports go unless the user chooses a place."""
        return self.path / "exports"

    @property
    def derived(self) -> Path:
        """Return where derived arrays are; there is no such folder before the first of them."""
        return self.path / "triage"

    @property
    def logs(self) -> Path:
        """Return where logs go."""
        return self.path / "logs"

    def exists(self) -> bool:
        """Return whether this is a project."""
        return is_there(self.database) and self.database.is_file()

    def lock(self) -> FileLock:
        """Take the right to write, which this process then has alone; released when it dies.

        Raises:
            InUseError: The project is open elsewhere.
            StorageError: There is no right to write to the folder.
        """
        lock = FileLock(self.path / _LOCK, thread_local=False)  # any thread may give it back
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise InUseError(
                f"The project {self.name} is open in another window or program.",
                "Close it there first, or open it for reading only.",
            ) from None
        except OSError as error:
            raise storage_error(error, f"in the project {self.name}") from error
        return lock

    def remove_leftovers(self) -> None:
        """Remove what a killed run left behind: models, exports and arrays that never became whole.

        For the owner of the write lock only, at opening, when no job can be writing them. Packed
        tiles are left alone: packing goes on where it stopped.
        """
        for place in (self.models, self.exports, self.derived):
            for path in place.glob(f"*{PART}"):
                _remove(path)


def check_free(path: Path) -> None:
    """Refuse to make a project where something is already.

    Raises:
        InputError: There is a project, or something else, or no folder to make it in.
    """
    if ProjectFolder(path).exists():
        raise InputError(
            f"The project {path} exists already.",
            f"Open it: {command_line(path)}, or add new files to it: "
            f"{command_line('update', path)}",
        )
    if is_there(path) or path.is_symlink():
        raise InputError(
            f"{path} exists and is not a project.", "Choose another name for the project."
        )
    if not path.parent.is_dir():
        raise InputError(f"The folder {path.parent} does not exist.", "Make it first.")


def make_whole(path: Path, build: Callable[[ProjectFolder], None]) -> None:
    """Make a project folder under a temporary name beside its place, and rename it when whole.

    Args:
        path: The place; nothing is there.
        build: Fills the folder and closes all its files.

    Raises:
        StorageError: The disk cannot take it; nothing is left behind.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    folder = ProjectFolder(part)
    try:
        _remove_abandoned(path)
        part.mkdir()
        lock = folder.lock()  # says that somebody is at work here
        try:
            for place in (folder.models, folder.exports, folder.logs):
                place.mkdir()
            build(folder)
        finally:
            lock.release()  # Windows renames no folder with an open file in it
        part.rename(path)
        _flush_folder(path.parent)
    except OSError as error:
        _remove(part)
        raise storage_error(error, f"the project {path.name}") from error
    except BaseException:
        _remove(part)
        raise


def _remove_abandoned(path: Path) -> None:
    """Remove what attempts to make the same project left behind when they were killed."""
    for part in path.parent.iterdir():  # no glob: a project's name may hold its wild cards
        if not (part.name.startswith(f".{path.name}.") and part.name.endswith(PART)):
            continue
        try:
            ProjectFolder(part).lock().release()
        except UserError:
            continue  # at work now, or somebody else's
        _remove(part)


def _remove(path: Path) -> None:
    """Remove a file or folder where possible; what stays is removed the next time."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _flush_folder(path: Path) -> None:
    """Put a rename on the disk. Windows opens no folders and needs no such step."""
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
