"""The loop as the README shows it, a picture a station. Run by `driver` for docs/images/make.py."""

from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QListWidget

from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import SortKey
from histoviewer.ui.dialogs.export import ExportDialog
from histoviewer.ui.explain.panel import ExplainPanel
from tests.e2e.hands import Reader

EPOCHS, SHOWN_AFTER = 8, 5
LONGEST_S = 1200.0


def tour(reader: Reader) -> dict[str, float]:
    """Open the newest project from the welcome page and go once around the loop."""
    reader.patience_s = LONGEST_S
    _welcome(reader)
    _train(reader)
    _review(reader)
    _review_many(reader)
    reader.press("Ctrl+Shift+R")
    reader.wait_for_idle()
    reader.see("retrained")
    _explain(reader)
    reader.press("Ctrl+E")
    dialog = reader.dialog(ExportDialog)
    reader.see("export")
    reader.press("Escape", on=dialog)
    champion = reader.bench.champion
    assert champion is not None
    return {"val_auc": champion.val_auc}


def _explain(reader: Reader) -> None:
    """Lay over the tiles in view what the new model looked at, and look closer at one of them."""
    reader.window.notices.clear()
    became_idle = reader.bench.interactive.became_idle
    with reader.hearing(became_idle):
        reader.press("Home", "M")
    panel = reader.page.inspector.findChild(ExplainPanel)
    assert panel is not None
    with reader.hearing(became_idle):
        reader.click(panel.button)
    reader.see("maps")
    reader.click(panel.button)
    reader.press("M")


def _welcome(reader: Reader) -> None:
    recent = reader.window.welcome.findChild(QListWidget, "recent")
    assert recent is not None
    reader.wait(lambda: recent.count() > 0, recent.model().rowsInserted, what="recent projects")
    reader.see("welcome")
    first = recent.visualItemRect(recent.item(0)).center()
    reader.click(recent.viewport(), first)
    reader.wait_for_project()


def _train(reader: Reader) -> None:
    reader.press("Ctrl+L")
    points: list[object] = []
    reader.bench.batch.curve_point_added.connect(points.append)
    reader.train(epochs=EPOCHS)
    reader.wait(lambda: len(points) >= SHOWN_AFTER, reader.bench.batch.curve_point_added)
    reader.see("training")
    reader.wait_for_idle()
    reader.press("Ctrl+L")


def _review(reader: Reader) -> None:
    """Judge the training tiles on which label and model disagree most, one by one."""
    _arrange(reader, split=Split.TRAIN, sort=SortKey.DISAGREEMENT)
    reader.window.notices.clear()
    reader.press("Home", *"AAAXAAA", "F", "A", "Space", *"AAAA")
    reader.press("Home", "C")
    reader.wait_for_saved()
    reader.see("window")
    reader.press("C", "C")


def _review_many(reader: Reader) -> None:
    """Judge two rows at once around a tile whose label was wrong, in the order of the scores."""
    _arrange(reader, split=Split.TRAIN, sort=SortKey.SCORE_DOWN)
    session = reader.session
    given = session.tiles.given
    corrected = np.flatnonzero((session.states.decided == POSITIVE) & (given == NEGATIVE))
    reader.page.grid.go_to(int(corrected[np.argmax(session.scores[corrected])]))
    reader.press("Shift+Down", "Shift+Right", "Shift+Right", "A")
    reader.wait_for_saved()
    reader.see("reviewing")


def _arrange(reader: Reader, *, split: Split | None, sort: SortKey) -> None:
    page = reader.page
    query = replace(page.filters.query, split=split, sort=sort)
    page.filters.set_query(query)
    page.bar.set_sort(sort)
    with reader.hearing(page.changed_order):
        page.refresh_order()
