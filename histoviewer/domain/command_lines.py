"""Command lines that messages propose: they can be copied as they stand, whatever paths hold."""

import os
import shlex
from subprocess import list2cmdline


def command_line(*words: object, on_windows: bool = os.name == "nt") -> str:
    """Return a call of the program, its words quoted where the shell would part or read them.

    Args:
        words: What follows the name of the program.
        on_windows: Whether to quote for its shells, which know no apostrophes.
    """
    line = ["histoviewer", *map(str, words)]
    return list2cmdline(line) if on_windows else shlex.join(line)
