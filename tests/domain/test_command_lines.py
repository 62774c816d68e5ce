"""Command lines that can be copied."""

import shlex
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from histoviewer.domain.command_lines import command_line


def test_a_path_stays_one_word_whatever_it_holds() -> None:
    path = PurePosixPath("/data/Ann's tiles; $HOME/p.histo")

    line = command_line("score", path, "--model", 2, on_windows=False)

    assert shlex.split(line) == ["histoviewer", "score", str(path), "--model", "2"]


def test_plain_words_are_not_quoted() -> None:
    for on_windows in (False, True):
        line = command_line("train", "PROJECT", "--recipe", "/a/b.toml", on_windows=on_windows)
        assert line == "histoviewer train PROJECT --recipe /a/b.toml"


@pytest.mark.parametrize("folder", ["Ann's tiles", "R&D", "a;b", "a,b", "(1)", "a^b", "@a", "a|b"])
def test_windows_gets_its_own_quotes(folder: str) -> None:
    path = PureWindowsPath("C:/", folder, "p.histo")

    assert command_line(path, on_windows=True) == rf'histoviewer "{path}"'


def test_a_plain_path_of_windows_is_not_quoted() -> None:
    path = PureWindowsPath(r"C:\Users\Jörg\my-tiles_2\p.histo")

    assert command_line(path, on_windows=True) == rf"histoviewer {path}"


@pytest.mark.parametrize(
    ("word", "quoted"),
    [("", '""'), ("R&D\\", r'"R&D\\"'), ('R&"D"', r'"R&\"D\""'), ("a b\\", r'"a b\\"')],
)
def test_quotes_on_windows_end_where_the_word_does(word: str, quoted: str) -> None:
    assert command_line(word, on_windows=True) == f"histoviewer {quoted}"
