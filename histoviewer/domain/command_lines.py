"""Command lines that messages propose: they can be copied as they stand, whatever paths hold."""

import os
import re
import shlex
from subprocess import list2cmdline
from typing import Final

# What neither cmd nor PowerShell reads as anything but itself.
_PLAIN_ON_WINDOWS: Final = re.compile(r"[\w\\/:.-]+")


def command_line(*words: object, on_windows: bool = os.name == "nt") -> str:
    """Return a call of the program, its words quoted where the shell would part or read them.

    Args:
        words: What follows the name of the program.
        on_windows: Whether to quote for its shells. No quotes serve both of them where a word holds
            what is replaced within quotes too: `%` in cmd, `$` and the backtick in PowerShell.
    """
    line = ["histoviewer", *map(str, words)]
    return " ".join(map(_windows_word, line)) if on_windows else shlex.join(line)


def _windows_word(word: str) -> str:
    """Return a word in the quotes that cmd and PowerShell share, where it needs any.

    `list2cmdline` knows how programs read quotes and backslashes, but nothing of the shells: it
    puts only what holds a blank in quotes.
    """
    if _PLAIN_ON_WINDOWS.fullmatch(word):
        return word
    blank = " "
    return '"' + list2cmdline([blank + word]).removeprefix('"' + blank)
