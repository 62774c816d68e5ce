"""Entry point: verbs, exit codes, and what is said when something goes wrong.

Exit codes: 0 done; 2 wrong input, or a disk or GPU that fails, one clear sentence on stderr; 1 a
fault of ours or a job that failed, with the traceback in the log, whose path is said on stderr; 130
interrupted.
"""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from histoviewer.errors import JobCancelled, JobError, UserError
from histoviewer.logs import log_file, start_logging

log = logging.getLogger(__name__)

DONE, FAULT, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb, or open the window, and return the exit code.

    Args:
        arguments: As after the program's name; those of the process for None.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    start_logging()
    try:
        return _open_window(words) if _only_opens_window(words) else _run(words)
    except UserError as error:
        _say(str(error))
        return WRONG_INPUT
    except (JobCancelled, KeyboardInterrupt):
        _say("Stopped. What was finished before is kept.")
        return INTERRUPTED
    except JobError as error:
        log.exception("a job failed")
        _say(f"{error}\nThe log is {log_file()}")
        return FAULT
    except Exception:
        log.exception("unexpected error")
        _say(f"HistoViewer met an error of its own. The log with its details is {log_file()}")
        return FAULT


def _only_opens_window(words: list[str]) -> bool:
    """Return whether there is no doubt that the words name no verb, but at most a path."""
    if not words:
        return True
    path = Path(words[0])
    is_path = path.suffix == ".histo" or path.name != words[0]
    return len(words) == 1 and is_path and not words[0].startswith("-")


def _open_window(words: list[str]) -> int:
    """Open the window past the verbs: what they import would double the time to the first paint."""
    from histoviewer.app import run

    return run(Path(words[0]) if words else None)


def _run(words: list[str]) -> int:
    from histoviewer.cli.verbs import make_app

    try:
        make_app()(_with_verb(words), prog_name="histoviewer")
    except SystemExit as end:  # how Typer returns, also for a wrong option (2)
        return end.code if isinstance(end.code, int) else DONE
    return DONE


def _with_verb(words: list[str]) -> list[str]:
    """Return the words with the verb that opens the window where they name none.

    `histoviewer PATH` and `histoviewer` alone open the window; a path that is called like a verb
    can be given as `./train`.
    """
    from histoviewer.cli.verbs import FIRST_WORDS

    if words and (words[0] in FIRST_WORDS or words[0] in ("--help", "--version")):
        return words
    return ["open", *words]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
