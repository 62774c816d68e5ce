"""The threshold explorer, by its keys."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.operating import OperatingPoints
from histoviewer.ui.evaluate.explorer import Explored, ThresholdExplorer


def test_the_share_to_be_found_is_stepped_down_among_few_positives(qtbot: QtBot) -> None:
    explorer = ThresholdExplorer()
    qtbot.addWidget(explorer)
    scores = np.linspace(0.1, 0.9, 20, dtype=np.float32)
    points = OperatingPoints.of(np.arange(20, dtype=np.int8) % 2, scores)
    explorer.show_models([Explored("001", "1 test", points)], ClassNames("no", "yes"))
    box = explorer.sensitivity
    box.setValue(100)

    shown = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown):
        QTest.keyClick(box, key)
        shown.append(box.value())

    assert shown == [90.0, 80.0, 90.0, 80.0]
    assert explorer.value == points.at_sensitivity(0.8).threshold

    box.selectAll()
    QTest.keyClicks(box, box.locale().toString(55.0))
    QTest.keyClick(box, Qt.Key.Key_Up)  # from what was typed, which is 6 of 10
    assert box.value() == 70.0
