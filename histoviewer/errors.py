"""Errors that say whose fault they are.

The tree::

    HistoViewerError
    ├── UserError          shown as one sentence and what to do; exit code 2
    │   ├── InputError     the data set, file or option given is wrong
    │   │   ├── InUseError a project is open elsewhere; it can still be opened for reading only
    │   │   └── NotEmbeddedError  there are no embeddings, or old ones: embedding makes them
    │   ├── StorageError   the disk is full, read-only or locked
    │   └── DeviceError    the GPU stopped answering in the middle of a job
    ├── JobError           a background job failed; carries its last log lines; exit code 1
    └── JobCancelled       a job ended because somebody asked it to

Everything else that escapes is a bug of ours: it is logged with its traceback, exit code 1.
"""

import errno


class HistoViewerError(Exception):
    """Base of all errors raised on purpose."""


class UserError(HistoViewerError):
    """A fault outside the program.

    Args:
        message: One sentence that says what is wrong, ending in a full stop.
        hint: One sentence that says what to do about it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return message and hint as they are shown to the user."""
        return f"{self.message} {self.hint}".strip()


class InputError(UserError):
    """What the user gave cannot be used as it is."""


class InUseError(InputError):
    """A project is open for writing in another window or program."""


class NotEmbeddedError(InputError):
    """What is asked for needs embeddings, which are missing, out of date or damaged."""


class StorageError(UserError):
    """The disk or the database cannot take what must be written."""


class DeviceError(UserError):
    """The device that a job computed on stopped answering; its process is of no more use."""


class JobError(HistoViewerError):
    """A background job failed.

    Args:
        message: One sentence.
        log_tail: The last lines that the compute process wrote, newest last.
    """

    def __init__(self, message: str, log_tail: tuple[str, ...] = ()) -> None:
        super().__init__(message, log_tail)
        self.message = message
        self.log_tail = log_tail

    def __str__(self) -> str:
        """Return the sentence followed by the log lines."""
        return "\n".join((self.message, *self.log_tail))


class JobCancelled(HistoViewerError):
    """The job ended because it was asked to."""


def storage_error(error: OSError, what: str) -> StorageError:
    """Translate an operating system error met while writing `what` into a sentence.

    Args:
        error: The error as raised by the operating system.
        what: What was being written, as the user would call it.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        message = f"There is no space left to write {what}."
        return StorageError(message, "Free some space and try again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        message = f"There is no right to write {what} ({error.filename or what})."
        return StorageError(message, "Choose a folder that you may write to.")
    message = f"Writing {what} failed: {error.strerror or error}."
    return StorageError(message, "Check the disk and try again.")
