"""The page Review of the real window on a project whose tiles are ranked."""

from pathlib import Path

import pytest

from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open


@pytest.fixture
def opened(open_window: Open, ranked_path: Path) -> MainWindow:
    return open_window(ranked_path)


@pytest.fixture
def page(opened: MainWindow) -> ReviewPage:
    shown = opened.pages.current
    assert isinstance(shown, ReviewPage)
    return shown


@pytest.fixture
def session(opened: MainWindow) -> ReviewSession:
    assert opened.bench.workspace is not None
    return opened.bench.workspace.session
