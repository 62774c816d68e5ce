"""What the window remembers of each project, and what of the reader."""

import shutil
from pathlib import Path

from pytestqt.qtbot import QtBot

from histoviewer import app as composition
from histoviewer.domain.triage import State
from histoviewer.settings import Settings, load_settings, save_settings
from tests.ui.acting import Open, wait


def test_filters_belong_to_the_project_and_the_size_of_tiles_to_the_reader(
    open_window: Open, project_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = Path(shutil.copytree(project_path, tmp_path / "other.histo"))
    window = open_window(project_path)
    page = window.pages.current
    page.filters.state.choose(State.UNDECIDED)
    page.grid.set_tile_size(160)

    window.opener.open(other)
    wait(qtbot, lambda: window.windowTitle() == "other - HistoViewer")
    in_other = page.filters.query.state, page.grid.tile_size
    page.grid.set_tile_size(64)
    window.opener.open(project_path)
    wait(qtbot, lambda: window.windowTitle() == "small - HistoViewer")

    assert in_other == (None, 160)
    assert (page.filters.query.state, page.grid.tile_size) == (State.UNDECIDED, 64)


def test_the_pages_of_a_project_come_back_in_the_next_session(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    window.pages.current.filters.state.choose(State.FLAGGED)

    window.close()
    wait(qtbot, window.isHidden)

    kept = load_settings().settings.window["projects"]
    assert kept[str(project_path)]["review"]["query"]["state"] == State.FLAGGED.value


def test_a_broken_memory_keeps_the_window_from_nothing(qapp) -> None:
    save_settings(Settings(window={"pages": {"review": 3}, "projects": {"x": [1]}}))

    window = composition.make_window(qapp)

    assert window.notices.notices == []
    window.shut_down()
    window.deleteLater()
    qapp.setStyleSheet("")
