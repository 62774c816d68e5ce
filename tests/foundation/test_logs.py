"""The log file takes our lines, and its loss costs nothing but the log."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from histoviewer.logs import log_file, start_logging


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    ours, root = logging.getLogger("histoviewer"), logging.getLogger()
    before, level, of_root = list(ours.handlers), ours.level, list(root.handlers)
    yield
    for logger, kept in ((ours, before), (root, of_root)):
        for handler in set(logger.handlers) - set(kept):
            logger.removeHandler(handler)
            handler.close()
    ours.setLevel(level)


def test_lines_are_written_with_their_origin() -> None:
    start_logging()
    logging.getLogger("histoviewer.jobs").info("a job began")

    assert log_file().read_text().rstrip().endswith("histoviewer.jobs: a job began")


def test_starting_twice_writes_each_line_once() -> None:
    start_logging()
    start_logging()
    logging.getLogger("histoviewer").info("once")

    assert log_file().read_text().count("once") == 1


def test_a_folder_that_cannot_be_made_does_not_stop_the_program(private_home: Path) -> None:
    private_home.mkdir()
    log_file().parent.write_text("a file where the folder should be")

    start_logging()
    logging.getLogger("histoviewer").info("goes elsewhere")
