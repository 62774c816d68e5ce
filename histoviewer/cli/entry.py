"""Entry point: verbs, exit codes, and what is said when something goes wrong.

Exit codes: 0 done; 2 wrong input, one clear sentence on stderr; 1 a fault of ours or of the
machine, with the traceback in the log, whose path is said on stderr; 130 interrupted.
"""

import logging
import sys
from collections.abc import Sequence

from histoviewer.cli.verbs import VERBS, make_app
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
        return _run(_with_verb(words))
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


def _run(words: list[str]) -> int:
    try:
        make_app()(words, prog_name="histoviewer")
    except SystemExit as end:  # how Typer returns, also for a wrong option (2)
        return end.code if isinstance(end.code, int) else DONE
    return DONE


def _with_verb(words: list[str]) -> list[str]:
    """Return the words with the verb that opens the window where they name none.

    `histoviewer PATH` and `histoviewer` alone open the window; a path that is called like a verb
    can be given as `./train`.
    """
    if words and (words[0] in VERBS or words[0] in ("--help", "--version")):
        return words
    return ["open", *words]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
