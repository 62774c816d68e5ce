"""Command lines that can be copied."""

import shlex
from pathlib import PurePosixPath, PureWindowsPath

from histoviewer.domain.command_lines import command_line


def test_a_path_stays_one_word_whatever_it_holds() -> None:
    path = PurePosixPath("/data/Ann's tiles; $HOME/p.histo")

    line = command_line("score", path, "--model", 2, on_windows=False)

    assert shlex.split(line) == ["histoviewer", "score", str(path), "--model", "2"]


def test_plain_words_are_not_quoted() -> None:
    for on_windows in (False, True):
        line = command_line("train", "PROJECT", "--recipe", "/a/b.toml", on_windows=on_windows)
        assert line == "histoviewer train PROJECT --recipe /a/b.toml"


def test_windows_gets_its_own_quotes() -> None:
    path = PureWindowsPath(r"C:\Ann's tiles\p.histo")

    assert command_line(path, on_windows=True) == rf'histoviewer "{path}"'
