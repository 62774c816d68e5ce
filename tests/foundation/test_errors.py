"""What goes wrong is said in one sentence and what to do."""

import errno
import pickle

import pytest

from histoviewer.errors import InputError, JobError, StorageError, storage_error


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "There is no space left to write the verdicts."),
        (errno.EDQUOT, "There is no space left to write the verdicts."),
        (errno.EACCES, "There is no right to write the verdicts (/place)."),
        (errno.EROFS, "There is no right to write the verdicts (/place)."),
        (errno.EIO, "Writing the verdicts failed: broken."),
    ],
)
def test_trouble_of_the_disk_is_said_in_a_sentence(number: int, sentence: str) -> None:
    error = storage_error(OSError(number, "broken", "/place"), "the verdicts")

    assert error.message == sentence
    assert error.hint.endswith(".")


def test_message_and_hint_are_shown_together() -> None:
    assert str(InputError("It is wrong.", "Mend it.")) == "It is wrong. Mend it."
    assert str(InputError("It is wrong.")) == "It is wrong."


@pytest.mark.parametrize(
    "error",
    [InputError("a.", "b."), StorageError("a."), JobError("a.", ("b", "c"))],
    ids=lambda error: type(error).__name__,
)
def test_errors_come_whole_out_of_another_process(error: Exception) -> None:
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
