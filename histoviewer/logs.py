"""The log file: where the details of our own faults go."""

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from platformdirs import user_log_path

_FORMAT: Final = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"
_BYTES: Final = 1_000_000
_KEPT: Final = 3


def log_file() -> Path:
    """Return the path of the log; HISTOVIEWER_LOG_DIR names another folder."""
    folder = os.environ.get("HISTOVIEWER_LOG_DIR")
    return (Path(folder) if folder else user_log_path("histoviewer")) / "histoviewer.log"


def start_logging() -> None:
    """Send the program's log lines to the log file. A second call changes nothing.

    A folder that cannot be written costs the log, not the program: lines then go to stderr.
    """
    root = logging.getLogger("histoviewer")
    path = log_file()
    for handler in list(root.handlers):
        if isinstance(handler, RotatingFileHandler):
            if Path(handler.baseFilename) == path.absolute():
                return
            root.removeHandler(handler)
            handler.close()
    root.setLevel(logging.INFO)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()  # the handler would find out at the first line only
        handler = RotatingFileHandler(
            path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True
        )
    except OSError:
        logging.basicConfig()
        return
    handler.setFormatter(logging.Formatter(_FORMAT))
    root.addHandler(handler)
