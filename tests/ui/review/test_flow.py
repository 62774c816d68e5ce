"""Widgets in lines: how high they are follows their width and what is shown."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from histoviewer.ui.review.flow import in_lines

WIDE, NARROW = 1_000, 170


@pytest.fixture
def parts(qtbot: QtBot) -> Iterator[list[QLabel]]:
    """Three parts of a line, in a window that is shown."""
    labels = [QLabel(f"part {number}") for number in range(3)]
    for part in labels:
        part.setFixedSize(60, 20)
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(in_lines(*labels))
    column.addStretch(1)
    window.resize(WIDE, 300)
    window.show()
    yield labels
    window.close()


def lines_of(parts: list[QLabel]) -> int:
    return len({part.y() for part in parts if not part.isHidden()})


def test_they_go_on_in_another_line_where_there_is_no_room(
    parts: list[QLabel], qtbot: QtBot
) -> None:
    assert lines_of(parts) == 1
    holder = parts[0].parentWidget()
    low = holder.height()

    parts[0].window().resize(NARROW, 300)

    assert lines_of(parts) == 2
    qtbot.waitUntil(lambda: holder.height() > low)
    parts[0].window().resize(WIDE, 300)
    qtbot.waitUntil(lambda: holder.height() == low)
    assert lines_of(parts) == 1


def test_the_height_follows_what_is_hidden_and_what_grows(
    parts: list[QLabel], qtbot: QtBot
) -> None:
    holder = parts[0].parentWidget()
    low = holder.height()
    parts[0].window().resize(NARROW, 300)
    qtbot.waitUntil(lambda: holder.height() > low)

    parts[2].hide()
    qtbot.waitUntil(lambda: holder.height() == low)
    parts[0].setFixedSize(60, 50)

    qtbot.waitUntil(lambda: holder.height() == low + 30)
