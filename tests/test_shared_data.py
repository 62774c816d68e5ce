"""The real data that other tests build on."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest


def count(folder: Path, pattern: str) -> int:
    return sum(1 for _ in folder.glob(pattern))


def test_pcam_is_unpacked_whole(pcam: Path) -> None:
    assert (count(pcam, "train/*.tif"), count(pcam, "test/*.tif")) == (5000, 800)


def test_idc_is_unpacked_whole(idc: Path) -> None:
    assert count(idc, "*/[01]/*.png") == 4154


def test_chest_xray_is_unpacked_whole(chest_xray: Path) -> None:
    assert (count(chest_xray, "train/*/*"), count(chest_xray, "test/*/*")) == (600, 200)


@pytest.mark.xvfb
def test_a_program_can_open_the_virtual_screen(virtual_screen: Mapping[str, str]) -> None:
    script = "from PySide6.QtGui import QGuiApplication as A; print(A([]).platformName())"

    ended = subprocess.run(
        [sys.executable, "-c", script],
        env=virtual_screen,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout.strip() == "xcb"
