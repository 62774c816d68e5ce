"""The model that comes with the program, in the window."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QCheckBox

from histoviewer.project.project import Project
from histoviewer.services.bundles.starter import starter_manifest
from histoviewer.services.importing import ImportOptions, create_project
from tests.operations import perform
from tests.ui.conftest import PATIENCE_MS


@pytest.fixture
def unpacked(dataset, tmp_path):
    """A project in the layout of the competition, as it is just made."""
    options = ImportOptions(groups=dataset / "groups.csv")
    path = tmp_path / "new.histo"
    perform(create_project(dataset=dataset, path=path, options=options))
    return path


def want_starter(window, wanted: bool) -> None:
    window.preferences.put(replace(window.preferences.settings, starter_model=wanted))


@pytest.mark.slow
def test_a_new_project_is_ranked_before_any_training(window, open_window, unpacked, qtbot) -> None:
    want_starter(window, wanted=True)
    open_window(unpacked)

    qtbot.waitUntil(lambda: window.bench.champion is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not window.bench.is_busy, timeout=PATIENCE_MS)

    assert window.bench.champion.recipe == starter_manifest().recipe
    assert window.bench.champion.kind == "imported"
    assert (window.bench.workspace.session.scores >= 0).all()
    assert any("ranks the grid" in notice.title for notice in window.notices.notices)


def test_it_stays_away_where_the_settings_say_so(window, open_window, unpacked, qtbot) -> None:
    with qtbot.waitSignal(window.bench.pixels_changed, timeout=PATIENCE_MS):
        open_window(unpacked)
    qtbot.waitUntil(lambda: not window.bench.is_busy, timeout=PATIENCE_MS)

    with Project.open(unpacked, read_only=True) as project:
        assert project.models() == []


def test_the_settings_page_turns_it_on_and_off(window, qtbot) -> None:
    page = window.pages.show_page("settings")
    box = page.findChild(QCheckBox)
    assert box.isChecked() is False

    box.click()

    assert window.preferences.settings.starter_model is True
