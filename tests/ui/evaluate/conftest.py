"""The page Evaluate in the real window."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from histoviewer.domain.models import ExportRecord
from histoviewer.project.project import Project
from histoviewer.ui.evaluate.page import EvaluatePage
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS


@pytest.fixture
def judged_path(ranked_path: Path) -> Path:
    """Two models, one of which was exported."""
    with Project.open(ranked_path) as project:
        project.add_export(
            ExportRecord(
                path="a.csv",
                model="002-test",
                created=datetime.now(UTC),
                rows=12,
                hard=False,
                sha256="0",
            )
        )
    return ranked_path


@pytest.fixture
def page(open_window: Open, judged_path: Path, qtbot: QtBot) -> EvaluatePage:
    """The page with the champion assessed."""
    shown = open_window(judged_path).pages.show_page("evaluate")
    assert isinstance(shown, EvaluatePage)
    qtbot.waitUntil(lambda: len(shown.assessor.found) == 1, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shown._plots is not None, timeout=PATIENCE_MS)
    return shown
