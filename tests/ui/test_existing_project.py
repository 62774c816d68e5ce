"""A project that exists already is opened or updated from the window, never made anew."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import POSITIVE
from histoviewer.errors import JobCancelled
from histoviewer.jobs.job import Job
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Ending, Update
from histoviewer.jobs.runner import drive
from histoviewer.project.project import Project
from histoviewer.services.importing import ImportOptions, import_dataset, update
from histoviewer.services.recipes import own_recipe_file
from histoviewer.ui.dialogs.new_project import NewProjectDialog
from histoviewer.ui.models.page import ModelsPage
from histoviewer.ui.models.recipes.panel import RecipesPanel
from histoviewer.ui.window import MainWindow
from tests.operations import perform
from tests.ui.acting import Open, dialog_of, press, wait
from tests.ui.conftest import PATIENCE_MS, add_model

HELD = 5


@pytest.fixture
def grown(dataset: Path, tmp_path: Path) -> Path:
    """A data set with a project beside it that was made before the last tiles came."""
    folder = Path(shutil.copytree(dataset, tmp_path / "tiles"))
    late = sorted((folder / "train").iterdir())[:HELD]
    for file in late:
        file.rename(tmp_path / file.name)
    path = tmp_path / "tiles.histo"
    operation = import_dataset(dataset=folder, path=path, options=ImportOptions())
    perform(operation)
    for file in late:
        (tmp_path / file.name).rename(file)
    return folder


def offer(window: MainWindow, dataset: Path, qtbot: QtBot) -> NewProjectDialog:
    window.opener.open(dataset)
    dialog = dialog_of(window, NewProjectDialog, qtbot)
    assert isinstance(dialog, NewProjectDialog)
    return dialog


def test_only_a_project_that_exists_is_offered(
    window: MainWindow, dataset: Path, project_path: Path, qtbot: QtBot
) -> None:
    dialog = offer(window, dataset, qtbot)
    dialog.folder.set_path(project_path.parent)
    dialog.name.setText("other")
    before = dialog.open_existing.isVisible()
    dialog.name.setText("small")

    wait(qtbot, lambda: dialog.open_existing.isVisible() is not before)
    assert (before, dialog.update_existing.isVisible()) == (False, True)
    dialog.reject()


def test_a_project_opens_beside_an_odd_file_among_the_own_recipes(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    """It is told where the recipes are listed, as any wrong recipe is."""
    odd = own_recipe_file("odd")
    odd.parent.mkdir(parents=True)
    odd.write_text('title = "Odd"\n[[blocks]]\nkind = ["conv"]\n', encoding="utf-8")

    page = open_window(project_path).pages.show_page("models")
    assert isinstance(page, ModelsPage)
    panel = page.show_panel("recipes")
    assert isinstance(panel, RecipesPanel)

    wait(qtbot, lambda: panel.recipe is not None)
    told = [line.text() for line in panel.findChildren(QLabel)]
    assert any("odd.toml, line 3: 'blocks[1].kind' cannot be" in text for text in told)


def test_an_existing_project_can_be_opened(
    window: MainWindow, dataset: Path, project_path: Path, qtbot: QtBot
) -> None:
    dialog = offer(window, dataset, qtbot)
    dialog.folder.set_path(project_path.parent)
    dialog.name.setText("small")
    wait(qtbot, dialog.open_existing.isVisible)

    qtbot.mouseClick(dialog.open_existing, Qt.MouseButton.LeftButton)

    wait(qtbot, lambda: window.windowTitle() == "small - HistoViewer")


def test_new_files_are_added_to_an_existing_project(
    window: MainWindow, grown: Path, qtbot: QtBot
) -> None:
    dialog = offer(window, grown, qtbot)
    wait(qtbot, dialog.update_existing.isVisible)

    qtbot.mouseClick(dialog.update_existing, Qt.MouseButton.LeftButton)

    wait(qtbot, lambda: window.front.shows_project)
    wait(qtbot, lambda: len(window.pages.current.grid.order) == 72)


def test_adding_new_files_keeps_every_verdict(open_window: Open, grown: Path, qtbot: QtBot) -> None:
    window = open_window(grown.parent / "tiles.histo")
    tile = window.pages.current.grid.current
    name = window.bench.workspace.session.tiles.ids[tile]
    press(qtbot, window, Qt.Key.Key_1)

    window.commands["project.update"].trigger()

    wait(qtbot, lambda: len(window.pages.current.grid.order) == 72)
    session = window.bench.workspace.session
    assert session.states.decided[session.tiles.index_of[name]] == POSITIVE
    assert window.bench.workspace.packed.shape[0] == 72
    (notice,) = window.notices.notices
    assert notice.title == f"New files added: {HELD}. Every verdict is kept."


def add_without_packing(window: MainWindow) -> None:
    """Enter the new tiles of the open project, and stop before their pixels are packed."""
    project = window.bench.workspace.project
    before = project.tile_count

    with LaneProcess() as process:

        def run(job: Job, on_update: Callable[[Update], None]) -> Ending:
            if project.tile_count > before:
                raise JobCancelled
            return process.run(job, on_update)

        with pytest.raises(JobCancelled):
            drive(update(project=project), run=run)
    assert project.tile_count == before + HELD


def test_a_model_that_is_promoted_while_files_are_added_ranks_the_tiles_that_are_shown(
    open_window: Open, grown: Path, qtbot: QtBot
) -> None:
    path = grown.parent / "tiles.histo"
    with Project.open(path) as project:
        for number in (1, 2):
            add_model(project, number)
        project.set_champion("001-test", reason="test")
    window = open_window(path)
    bench, shown = window.bench, len(window.pages.current.grid.order)
    add_without_packing(window)

    bench.promote("002-test")
    wait(qtbot, lambda: bench.champion.number == 2)
    press(qtbot, window, Qt.Key.Key_1)

    assert len(window.pages.current.grid.order) == shown
    assert not window.notices.notices


def test_adding_files_that_is_cancelled_leaves_no_project_of_two_sizes(
    open_window: Open, grown: Path, qtbot: QtBot
) -> None:
    window = open_window(grown.parent / "tiles.histo")
    bench = window.bench
    add_without_packing(window)

    bench.update()
    assert bench.is_packing
    bench.files.cancel()

    wait(qtbot, lambda: len(window.pages.current.grid.order) == 72)
    wait(qtbot, lambda: bench.workspace.packed is not None)
    assert bench.workspace.packed.shape[0] == 72


def test_an_opening_that_the_reader_declines_adds_nothing_later(
    open_window: Open, grown: Path, qtbot: QtBot
) -> None:
    path = grown.parent / "tiles.histo"
    window = open_window(path)
    commands = window._commands
    commands._to_update = path  # as where the dialog was asked to add new files

    window.opener.stayed.emit()
    window.opener.open_again()

    with qtbot.waitSignal(window.opener.opened, timeout=PATIENCE_MS):
        pass
    assert not window.bench.is_packing


def test_that_nothing_is_new_is_said(open_window: Open, project_path: Path, qtbot: QtBot) -> None:
    window = open_window(project_path)

    window.commands["project.update"].trigger()

    wait(qtbot, lambda: bool(window.notices.notices))
    assert window.notices.notices[-1].title.startswith("There are no new files")
